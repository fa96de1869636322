//! The value of a header, a body field or a payload URL, taken apart once: literal text,
//! `{{variable}}` and `${NAME}`. Rendering puts values in and never looks at them again.

mod parse;

pub use parse::{Problem, Segment, Template, parse};
