//! One integration-test binary; each module tests one thing a user does.

mod failures_page;
mod server;
mod transport;
