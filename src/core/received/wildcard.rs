//! Expected texts with wildcards: a variable without a value matches any text.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::core::request::{Origin, ValuePart};

/// A text with wildcards. It contains secrets, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The texts before, between and after the wildcards: one more than there are wildcards.
    literals: Vec<String>,
    /// How each wildcard is shown: `${NAME}`, `{{id}}`, or empty.
    wildcards: Vec<String>,
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        Self { literals: vec![text.to_owned()], wildcards: Vec::new() }
    }
}

impl Pattern {
    /// The pattern of a value. A missing `{{id}}` is a wildcard, too: answers are delivered without their id.
    pub(super) fn of(parts: &[ValuePart]) -> Self {
        let mut pattern = Self::from("");
        for part in parts {
            match &part.origin {
                Origin::Unset { name } => pattern.push_wildcard(format!("${{{name}}}")),
                Origin::Missing { name } if name == "id" => pattern.push_wildcard("{{id}}".to_owned()),
                _ => pattern.push(&part.text),
            }
        }
        pattern
    }

    fn push(&mut self, text: &str) {
        if let Some(last) = self.literals.last_mut() {
            last.push_str(text);
        }
    }

    fn push_wildcard(&mut self, shown: String) {
        self.wildcards.push(shown);
        self.literals.push(String::new());
    }

    /// The same pattern with a wildcard before it.
    fn after_anything(mut self) -> Self {
        self.wildcards.insert(0, String::new());
        self.literals.insert(0, String::new());
        self
    }

    /// Without spaces and tabs at the ends.
    pub(super) fn trimmed(mut self) -> Self {
        let spaces = [' ', '\t'];
        if let Some(first) = self.literals.first_mut() {
            *first = first.trim_start_matches(spaces).to_owned();
        }
        if let Some(last) = self.literals.last_mut() {
            *last = last.trim_end_matches(spaces).to_owned();
        }
        self
    }

    pub(super) fn percent_decoded(&self) -> Self {
        let decode = |text: &String| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Self { literals: self.literals.iter().map(decode).collect(), wildcards: self.wildcards.clone() }
    }

    /// Splits it before the first of these characters.
    fn split_before(mut self, characters: &[char]) -> (Self, Option<Self>) {
        let found = self.literals.iter().position(|text| text.contains(characters));
        let Some(index) = found else { return (self, None) };
        let at = self.literals[index].find(characters).unwrap_or_default();
        let rest = self.literals[index].split_off(at);
        let literals = std::iter::once(rest).chain(self.literals.drain(index + 1..)).collect();
        let wildcards = self.wildcards.drain(index..).collect();
        (self, Some(Self { literals, wildcards }))
    }

    pub(super) fn literals(&self) -> Vec<&str> {
        self.literals.iter().map(String::as_str).collect()
    }

    /// The text with its wildcards, for people.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        if let [text] = self.literals.as_slice() {
            return Cow::Borrowed(text);
        }
        let wildcards = self.wildcards.iter().map(String::as_str).chain([""]);
        self.literals.iter().map(String::as_str).zip(wildcards).flat_map(|(text, any)| [text, any]).collect()
    }

    /// The names of the unset environment variables among the wildcards.
    pub(super) fn unset(&self) -> impl Iterator<Item = &str> {
        self.wildcards.iter().filter_map(|shown| shown.strip_prefix("${")?.strip_suffix('}'))
    }

    pub(super) fn has_wildcards(&self) -> bool {
        !self.wildcards.is_empty()
    }

    /// Whether it matches every text.
    pub(super) fn is_anything(&self) -> bool {
        self.has_wildcards() && self.literals.iter().all(String::is_empty)
    }
}

/// Path and query of a payload URL.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct TargetPattern {
    /// None if it is unknown, and so not compared.
    pub(super) path: Option<Pattern>,
    pub(super) query: Option<Pattern>,
    /// Whether a variable without a value is a part of the host.
    pub(super) has_unknown_host: bool,
    unset: Vec<String>,
}

impl TargetPattern {
    /// The pattern of a URL without wildcards.
    pub(super) fn known(url: &url::Url) -> Self {
        let (path, query) = (Some(url.path().into()), url.query().map(Pattern::from));
        Self { path, query, has_unknown_host: false, unset: Vec::new() }
    }

    /// The pattern of a URL with wildcards. A variable at the end of the host may also contain the beginning of the path.
    pub(super) fn of(parts: &[ValuePart]) -> Self {
        const ENDS: [char; 3] = ['/', '?', '#'];
        let (mut authority, mut rest) = Pattern::of(parts).split_before(&ENDS);
        let is_scheme = |own: &Pattern| own.literals.last().is_some_and(|text| text.ends_with(':'));
        if is_scheme(&authority)
            && let Some(after) = rest.as_mut().and_then(|rest| rest.literals.first_mut())
            && after.starts_with("//")
        {
            after.drain(..2);
            (authority, rest) = rest.map_or((Pattern::from(""), None), |rest| rest.split_before(&ENDS));
        }
        let rest = rest.unwrap_or_else(|| "".into()).split_before(&['#']).0;
        let (mut path, query) = rest.split_before(&['?']);
        let query = query.map(|mut query| {
            query.literals[0].remove(0);
            query
        });
        let mut unset: Vec<String> = [Some(&path), query.as_ref()]
            .into_iter()
            .flatten()
            .flat_map(Pattern::unset)
            .map(str::to_owned)
            .collect();
        if authority.has_wildcards() && authority.literals.last().is_some_and(String::is_empty) {
            unset.extend(authority.unset().map(str::to_owned));
            path = path.after_anything();
        } else if path == Pattern::from("") {
            path = "/".into();
        }
        let path = Some(path).filter(|path| !path.is_anything());
        Self { path, query, has_unknown_host: authority.has_wildcards(), unset }
    }

    /// The names of the unset environment variables among the wildcards.
    pub(super) fn unset(&self) -> impl Iterator<Item = &str> {
        self.unset.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::received::coverage::Coverage;

    /// A value with `$NAME` for a variable that is not set.
    fn parts(text: &str) -> Vec<ValuePart> {
        let mut parts = Vec::new();
        for piece in text.split_inclusive(['/', ' ', '.', ':', '!', '?', '=', ',']) {
            let end = piece.trim_end_matches(['/', ' ', '.', ':', '!', '?', '=', ',']);
            if let Some(name) = end.strip_prefix('$') {
                parts.push(ValuePart::unset(name));
                parts.push(ValuePart::literal(&piece[end.len()..]));
            } else {
                parts.push(ValuePart::literal(piece));
            }
        }
        parts
    }

    #[test]
    fn an_unset_variable_matches_any_text_and_is_shown_as_its_name() {
        let expected = Pattern::of(&parts("Bearer $TOKEN, $ID!"));
        assert_eq!(expected.shown(), "Bearer ${TOKEN}, ${ID}!");
        assert_eq!(expected.unset().collect::<Vec<_>>(), ["TOKEN", "ID"]);
        let fits = |actual: &str| Coverage::FULL.agrees(&expected.literals(), actual);
        for actual in ["Bearer a, b!", "Bearer , !", "Bearer a, b, c!"] {
            assert!(fits(actual), "{actual}");
        }
        for actual in ["Bearer a, b", "bearer a, b!", "Bearer a b!", "", "Bearer , "] {
            assert!(!fits(actual), "{actual}");
        }
    }

    #[test]
    fn a_variable_at_the_end_of_the_host_may_contain_a_part_of_the_path() {
        for (url, path, query, is_unknown) in [
            ("$BASE", None, None, true),
            ("$BASE/hooks", Some("/hooks"), None, true),
            ("https://$HOST/hooks?a=$B", Some("/hooks"), Some("a=${B}"), true),
            ("https://cms.$HOST", None, None, true),
            ("https://$HOST.test", Some("/"), None, true),
            ("https://cms.test/$PATH/x?y", Some("/${PATH}/x"), Some("y"), false),
            ("https://cms.test:$PORT/x", Some("/x"), None, true),
        ] {
            let target = TargetPattern::of(&parts(url));
            let shown = |pattern: Option<&Pattern>| pattern.map(|own| own.shown().into_owned());
            assert_eq!(shown(target.path.as_ref()).as_deref(), path, "{url}");
            assert_eq!(shown(target.query.as_ref()).as_deref(), query, "{url}");
            assert_eq!(target.has_unknown_host, is_unknown, "{url}");
        }
        let base = TargetPattern::of(&parts("$BASE/hooks")).path.unwrap();
        assert!(Coverage::FULL.agrees(&base.literals(), "/v1/hooks"));
        assert!(!Coverage::FULL.agrees(&base.literals(), "/v1/hook"));
    }
}
