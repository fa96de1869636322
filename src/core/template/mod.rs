//! The syntax of the values of headers, body fields and the payload URL: literal text, `{{variable}}` and `${NAME}`.

mod parse;

pub use parse::{Segment, Template, parse};
