//! The laws of a prepared request: what goes in, what comes out, what is refused and where.

mod address;
mod headers;
mod plan;
mod secrets;
mod templates;
mod values;
