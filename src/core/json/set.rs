//! Changes one value in a text and keeps every other byte.

use super::quote;
use super::value::{Kind, Value, position};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetError {
    EmptyStep,
    /// The value at `reached` has no member or item `step`.
    NoSuchStep {
        /// The part of the path that exists; empty for the element itself.
        reached: String,
        /// The kind of the value there.
        kind: Kind,
        step: String,
    },
}

/// The text with `new`, a JSON value, at `path`. The last step may name a new member of an object;
/// everything before it must exist.
pub fn set(text: &str, root: Value<'_>, path: &str, new: &str) -> Result<String, SetError> {
    if path.split('.').any(str::is_empty) {
        return Err(SetError::EmptyStep);
    }
    let replace =
        |span: std::ops::Range<usize>, with: &str| [&text[..span.start], with, &text[span.end..]].concat();
    if let Some(value) = root.find(path) {
        return Ok(replace(value.span(), new));
    }
    let (reached, object, step) = deepest(root, path);
    if object.kind() != Kind::Object || step.contains('.') {
        let step = step.split('.').next().unwrap_or(step).to_owned();
        return Err(SetError::NoSuchStep { reached: reached.to_owned(), kind: object.kind(), step });
    }
    let comma = if object.members().next().is_some() { "," } else { "" };
    let close = object.span().end - 1;
    let content_end = text[..close].trim_end_matches([' ', '\t', '\r', '\n']).len();
    Ok(replace(content_end..content_end, &format!("{comma}{}:{new}", quote(step))))
}

/// The path to the last value that exists, the value, and the rest of the path.
fn deepest<'a, 'p>(root: Value<'a>, path: &'p str) -> (&'p str, Value<'a>, &'p str) {
    let mut reached = (0, root);
    let mut start = 0;
    while let Some(dot) = path[start..].find('.') {
        let Some(next) = reached.1.step(&path[start..start + dot]) else { break };
        start += dot + 1;
        reached = (start - 1, next);
    }
    let left = &path[start..];
    debug_assert!(
        reached.1.kind() != Kind::List || position(left).is_none() || reached.1.find(left).is_none()
    );
    (&path[..reached.0], reached.1, left)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    fn changed(text: &str, path: &str, new: &str) -> Result<String, SetError> {
        set(text, check(text).unwrap().root(text), path, new)
    }

    #[test]
    fn only_the_named_value_changes() {
        let text = "{ \"a\" : 1.10,\n  \"b\": {\"c d\": [1, 2]} }";
        assert_eq!(
            changed(text, "b.c d.1", "\"x\"").unwrap(),
            "{ \"a\" : 1.10,\n  \"b\": {\"c d\": [1, \"x\"]} }"
        );
        assert_eq!(changed(text, "a", "null").unwrap(), "{ \"a\" : null,\n  \"b\": {\"c d\": [1, 2]} }");
    }

    #[test]
    fn a_new_member_goes_to_the_end_of_its_object() {
        assert_eq!(changed("{\"p\": {}}", "p.n", "1").unwrap(), "{\"p\": {\"n\":1}}");
        assert_eq!(changed("{\n  \"p\": 1\n}\n", "q", "2").unwrap(), "{\n  \"p\": 1,\"q\":2\n}\n");
    }

    #[test]
    fn an_invalid_path_says_which_part_exists() {
        let text = "{\"a\": 1, \"l\": [0], \"o\": {}}";
        let no_step = |reached: &str, kind, step: &str| {
            Err(SetError::NoSuchStep { reached: reached.into(), kind, step: step.into() })
        };
        assert_eq!(changed(text, "a.b", "1"), no_step("a", Kind::Number, "b"));
        assert_eq!(changed(text, "l.1", "1"), no_step("l", Kind::List, "1"));
        assert_eq!(changed(text, "x.y", "1"), no_step("", Kind::Object, "x"));
        assert_eq!(changed(text, "o.x.y", "1"), no_step("o", Kind::Object, "x"));
        assert_eq!(changed(text, "o..y", "1"), Err(SetError::EmptyStep));
    }
}
