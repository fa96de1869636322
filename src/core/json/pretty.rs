//! JSON laid out for reading: two spaces per level, every token as written.

use super::value::{Kind, Value};

/// Lays a value out over lines, without a line feed at the end.
pub fn pretty(value: Value<'_>) -> String {
    let mut out = String::with_capacity(value.raw().len() * 5 / 4);
    write(value, 0, &mut out);
    out
}

fn write(value: Value<'_>, depth: usize, out: &mut String) {
    let (open, close) = match value.kind() {
        Kind::Object => ('{', '}'),
        Kind::List => ('[', ']'),
        _ => return out.push_str(value.raw()),
    };
    out.push(open);
    let mut is_empty = true;
    for (raw_key, member) in value.members().raw_keys() {
        if !is_empty {
            out.push(',');
        }
        is_empty = false;
        new_line(depth + 1, out);
        if !raw_key.is_empty() {
            out.push_str(raw_key);
            out.push_str(": ");
        }
        write(member, depth + 1, out);
    }
    if !is_empty {
        new_line(depth, out);
    }
    out.push(close);
}

fn new_line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use proptest::prelude::*;

    fn laid_out(text: &str) -> String {
        pretty(check(text).unwrap().root(text))
    }

    #[test]
    fn layout_changes_whitespace_only() {
        let text = "{\"a\":[1.10,{}, [] ],\"b\\u00e4\":{\"c\":null}}";
        let expected =
            "{\n  \"a\": [\n    1.10,\n    {},\n    []\n  ],\n  \"b\\u00e4\": {\n    \"c\": null\n  }\n}";
        assert_eq!(laid_out(text), expected);
    }

    proptest! {
        #[test]
        fn the_layout_is_that_of_serde_json(numbers in prop::collection::vec(any::<i32>(), 0..5), key in ".{0,5}") {
            let value = serde_json::json!({ key: numbers, "x": { "y": [] } });
            prop_assert_eq!(laid_out(&value.to_string()), serde_json::to_string_pretty(&value).unwrap());
        }
    }
}
