//! The outside world, one room a thing. Effects print nothing.

pub mod files;
