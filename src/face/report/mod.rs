//! How findings look.

mod secrecy;
mod text;

pub use text::text;
