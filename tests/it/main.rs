//! One integration-test binary; each module tests one thing a user does, or a law of the house.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, and so may what it stands on"
)]
#![expect(clippy::needless_raw_string_hashes, reason = "that is how snapbox writes snapshots")]

mod architecture;
mod edit;
mod example;
mod failures_page;
mod files;
#[expect(dead_code, unused_imports, reason = "the tests of the commands need the rest")]
mod harness;
mod server;
mod transport;
