//! One integration-test binary; each module tests one thing a user does.

mod edit;
mod export;
mod failures_page;
mod files;
mod fixture;
mod rendering;
mod server;
mod transport;
