//! The outside world, one module each. Nothing here prints.

pub mod account;
pub mod clock;
pub mod emulator;
pub mod env;
pub mod files;
pub mod history;
pub mod http;
pub mod inspector;
pub mod interrupt;
pub mod listeners;
pub mod process;
pub mod receiver;
pub mod repository;
pub mod sqlite;
pub mod web;
