//! One integration-test binary; each module tests one thing a user does.

mod export;
mod fixture;
mod rendering;
