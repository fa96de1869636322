//! Masks the secrets in values and URLs, but not placeholders.

use crate::core::template::{self, Segment};
use crate::core::text::Span;

use super::policy::{spans_in_field, spans_in_header, spans_in_url};
use super::secret::MASK;

/// The placeholder for a URL with a secret in a suggested command.
const URL: &str = "<URL>";

/// The value of a header, with secrets masked unless `reveal` is set. `Bearer ${CMS_TOKEN}` is unchanged.
pub fn shown_header(name: &str, value: &str, reveal: bool) -> String {
    if reveal { value.to_owned() } else { mask(value, spans_in_header(name, value, &placeholders(value))) }
}

/// The value of a body field, with secrets masked unless `reveal` is set.
pub fn shown_field(key: &str, value: &str, reveal: bool) -> String {
    if reveal { value.to_owned() } else { mask(value, spans_in_field(key, value, &placeholders(value))) }
}

/// A URL, with secrets masked unless `reveal` is set; placeholders are not masked.
pub fn shown_url(url: &str, reveal: bool) -> String {
    if reveal { url.to_owned() } else { mask(url, spans_in_url(url, &placeholders(url))) }
}

/// A value from the command line, usually a URL and possibly an invalid one, with secrets masked.
pub fn shown_argument(value: &str) -> String {
    let mut spans = spans_in_url(value, &[]);
    spans.extend(spans_in_field("", value, &[]));
    // `user:password@host`, without a scheme.
    if let Some(at) = value.rfind('@').filter(|at| spans.is_empty() && value[..*at].contains(':')) {
        spans.push(0..at);
    }
    mask(value, spans)
}

/// The words of a command line to suggest: a URL with a secret becomes a placeholder.
pub fn shown_command(words: &[String]) -> Vec<String> {
    let mut is_url = false;
    let mut shown = Vec::with_capacity(words.len());
    for word in words {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (Some(option), value),
            _ => (None, word.as_str()),
        };
        is_url |= value.contains("://") || option.is_some_and(takes_url);
        shown.push(match option {
            _ if !is_url || shown_argument(value) == value => word.clone(),
            Some(option) => format!("{option}={URL}"),
            None => URL.to_owned(),
        });
        is_url = takes_url(word);
    }
    shown
}

fn takes_url(option: &str) -> bool {
    matches!(option, "--to" | "--forward")
}

/// A text with these spans masked; adjacent ones have one mask.
pub fn mask(text: &str, spans: Vec<Span>) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for span in joined(spans) {
        masked.push_str(&text[done..span.start]);
        masked.push_str(MASK);
        done = span.end;
    }
    masked.push_str(&text[done..]);
    masked
}

/// Spans in order, adjacent ones joined.
pub fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// The placeholders of a value; none if it is malformed.
pub(super) fn placeholders(value: &str) -> Vec<Span> {
    if !value.contains(['{', '$']) {
        return Vec::new();
    }
    let template = template::parse(value).unwrap_or_default();
    let span = |segment: &Segment| match segment {
        Segment::Variable(name) | Segment::Environment(name) => Some(name.span.clone()),
        Segment::Literal(_) => None,
    };
    template.segments.iter().filter_map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_credentials_are_masked_and_placeholders_are_not() {
        for (value, shown) in [
            ("Bearer ${CMS_TOKEN}", "Bearer ${CMS_TOKEN}"),
            ("Bearer abc", "Bearer ***"),
            ("abc", "***"),
            ("abc-{{id}}", "***{{id}}"),
            ("{{id", "***"),
            ("", ""),
        ] {
            assert_eq!(shown_header("Authorization", value, false), shown);
            assert_eq!(shown_header("Content-Type", "text/plain", false), "text/plain");
            assert_eq!(shown_header("Authorization", value, true), value);
        }
    }

    #[test]
    fn credentials_in_a_url_are_masked() {
        let shown = |url| shown_url(url, false);
        assert_eq!(shown("https://user:pw@example.com/a@b?x=1"), "https://***@example.com/a@b?x=1");
        assert_eq!(
            shown("https://example.com?token=abc&x=1&key=${K}"),
            "https://example.com?token=***&x=1&key=${K}"
        );
        assert_eq!(shown("https://a/?token=pre${T}tail"), "https://a/?token=***${T}***");
        assert_eq!(shown("${BASE}/x"), "${BASE}/x");
    }

    #[test]
    fn a_suggested_command_has_a_placeholder_for_a_secret() {
        let shown = |words: &[&str]| {
            shown_command(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).join(" ")
        };
        assert_eq!(shown(&["fire", "w", "--to", "https://h/x?token=S"]), "fire w --to <URL>");
        assert_eq!(shown(&["--to=http://u:p@h", "-y"]), "--to=<URL> -y");
        assert_eq!(shown(&["--to", "u:p@h:3000/x"]), "--to <URL>");
        assert_eq!(shown(&["--to", "https://h/x?a=b"]), "--to https://h/x?a=b");
        assert_eq!(shown(&["--set", "code=5", "--set=token=a"]), "--set code=5 --set=token=a");
    }

    #[test]
    fn an_invalid_argument_is_shown_without_secrets() {
        for (value, expected) in [
            ("http://u:SECRET@[bad", "http://***@[bad"),
            ("u:SECRET@host:3000/x", "***@host:3000/x"),
            ("h/x?token=SECRET", "h/x?token=***"),
            ("ftp://h/x", "ftp://h/x"),
            ("me@example.com", "me@example.com"),
        ] {
            assert_eq!(shown_argument(value), expected);
        }
    }

    #[test]
    fn adjacent_spans_have_one_mask() {
        assert_eq!(mask("abcdef", vec![4..5, 1..2, 2..3, 1..3]), "a***d***f");
        assert_eq!(mask("ab", vec![1..1, 2..2]), "a***b***");
        assert_eq!(mask("ab", vec![]), "ab");
    }
}
