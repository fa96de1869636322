//! The outside world, one module each. Nothing here prints.

pub mod env;
pub mod environment;
pub mod files;

pub mod history;
pub mod http;
pub mod inspector;
pub mod interrupt;
pub mod limits;
pub mod pause;
pub mod receiver;
pub mod repository;
pub mod runtime;
pub mod terminal;
