//! How findings look.

mod text;

pub use text::text;
