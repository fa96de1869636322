//! Converts between values in the file and in the account: `${NAME}` is replaced, `{{variable}}` is not.

use crate::core::request::Environment;
use crate::core::template::{Segment, parse};

/// Replaces `${NAME}` and `$${`. The error lists environment variables that are not set.
pub(super) fn resolved(written: &str, environment: &dyn Environment) -> Result<String, Vec<String>> {
    // An invalid template is sent as literal text.
    let Ok(template) = parse(written) else { return Ok(written.replace("$${", "${")) };
    let (mut text, mut unset) = (String::new(), Vec::new());
    for segment in template.segments {
        match segment {
            Segment::Literal(literal) => text.push_str(&literal),
            Segment::Variable(name) => text.push_str(&written[name.span]),
            Segment::Environment(name) => match environment.get(&name.value) {
                Some(found) => text.push_str(found.value.reveal()),
                None => unset.push(name.value),
            },
        }
    }
    if unset.is_empty() { Ok(text) } else { Err(unset) }
}

/// The text as a definition writes it, so that it resolves to itself.
pub(super) fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// The environment variables in a value.
pub(super) fn names(written: &str) -> Vec<String> {
    let segments = parse(written).unwrap_or_default().segments;
    let name = |segment| match segment {
        Segment::Environment(name) => Some(name.value),
        _ => None,
    };
    segments.into_iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use crate::core::request::{EmptyEnvironment, EnvironmentValue};
    use crate::core::secrets::Secret;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_escaped_text_resolves_to_the_original(text in r"[a{}$ .|N#\u{e4}]{0,30}") {
            prop_assert_eq!(resolved(&escaped(&text), &EmptyEnvironment), Ok(text));
        }
    }

    struct Token;

    impl Environment for Token {
        fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
            let value = Secret::new("${A} {{b}}");
            (name == "TOKEN").then_some(EnvironmentValue { value, source: Cow::Borrowed("here") })
        }

        fn own_file(&self) -> &'static str {
            ".env"
        }
    }

    #[test]
    fn environment_values_are_inserted_once_and_variables_are_kept() {
        assert_eq!(
            resolved("Bearer ${TOKEN} {{ id }} $${X}", &Token).unwrap(),
            "Bearer ${A} {{b}} {{ id }} ${X}"
        );
        assert_eq!(resolved("${A}${TOKEN}${B}", &Token), Err(vec!["A".to_owned(), "B".to_owned()]));
        assert_eq!(resolved("{{#if}} $${X}", &EmptyEnvironment).unwrap(), "{{#if}} ${X}");
        assert_eq!(escaped("a ${X} $${Y} {{z}}"), "a $${X} $$${Y} {{z}}");
        assert_eq!(names("a ${TOKEN} $${X} {{y}} ${Z}"), ["TOKEN", "Z"]);
    }
}
