//! One integration-test binary; each module tests one thing a user does.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod export;
mod fixture;
mod rendering;
