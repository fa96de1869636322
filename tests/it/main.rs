//! One integration-test binary; each module tests one thing a user does.

mod edit;
mod files;
mod failures_page;
mod server;
mod transport;
