//! A prepared request: what goes in, what comes out, what is refused and where.

mod address;
mod compiled;
mod headers;
mod secrets;
mod templates;
mod values;
