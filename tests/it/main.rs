//! One integration-test binary; each module tests one thing a user does, or a law of the house.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, and so may what it stands on"
)]

mod architecture;
