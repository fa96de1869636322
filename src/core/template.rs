//! Parses the template syntax of headers, body fields and the payload URL: literal text, `{{variable}}` and `${NAME}`
//! (`platform.md`, "Variables").

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Span, Spanned};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// In order. Spans count bytes of the value.
    pub segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Literal(String),
    /// `{{name}}`: a variable of the element. The span covers the braces.
    Variable(Spanned<String>),
    /// `${NAME}`: a variable of the environment. The span covers `${` and `}`.
    Environment(Spanned<String>),
}

impl Template {
    /// The variable, if the value is nothing else.
    pub fn sole_variable(&self) -> Option<&Spanned<String>> {
        match self.segments.as_slice() {
            [Segment::Variable(name)] => Some(name),
            _ => None,
        }
    }

    /// The template with variables as literal text, for a field in which they are not replaced.
    #[must_use]
    pub fn with_literal_variables(self, value: &str) -> Self {
        let literal = |segment| match segment {
            Segment::Variable(name) => Segment::Literal(value[name.span].to_owned()),
            other => other,
        };
        Self { segments: self.segments.into_iter().map(literal).collect() }
    }

    pub fn variables(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Variable(name) => Some(name),
            _ => None,
        })
    }

    pub fn environment_names(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Environment(name) => Some(name),
            _ => None,
        })
    }
}

/// The name, if a value is exactly `${NAME}`.
pub fn reference(value: &str) -> Option<String> {
    match parse(value).ok()?.segments.as_slice() {
        [Segment::Environment(name)] => Some(name.value.clone()),
        _ => None,
    }
}

/// The environment variable that was probably meant by `{{env.NAME}}` or `{{NAME}}`.
pub fn environment_name(variable: &str) -> Option<&str> {
    let name = variable.strip_prefix("env.").unwrap_or(variable);
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(is_capital))
        .then_some(name)
}

const MAX_NAME_LENGTH: usize = 256;

/// Parses a value. The spans of errors count bytes of the value.
pub fn parse(value: &str) -> Result<Template, Vec<Spanned<Diagnostic>>> {
    let mut parser = Parser {
        value,
        last_close: value.rfind("}}").unwrap_or(0),
        literal: String::new(),
        segments: Vec::new(),
        problems: Vec::new(),
    };
    let mut at = 0;
    while let Some(found) = value[at..].find(['{', '$']) {
        parser.literal.push_str(&value[at..at + found]);
        at += found;
        at = parser.special(at);
    }
    parser.literal.push_str(&value[at..]);
    parser.end_literal();
    if parser.problems.is_empty() { Ok(Template { segments: parser.segments }) } else { Err(parser.problems) }
}

struct Parser<'a> {
    value: &'a str,
    last_close: usize,
    literal: String,
    segments: Vec<Segment>,
    problems: Vec<Spanned<Diagnostic>>,
}

impl Parser<'_> {
    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            self.segments.push(Segment::Literal(std::mem::take(&mut self.literal)));
        }
    }

    fn problem(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Diagnostic::error(code, message).help(help).spanning(span));
    }

    /// Parses what starts with `{` or `$` and returns the offset after it.
    fn special(&mut self, at: usize) -> usize {
        let rest = &self.value[at..];
        if rest.starts_with("$${") {
            self.literal.push_str("${");
            return at + 3;
        }
        if rest.starts_with("${") {
            return self.environment(at);
        }
        if rest.starts_with("{{") {
            return self.variable(at);
        }
        self.literal.push_str(&rest[..1]);
        at + 1
    }

    fn environment(&mut self, at: usize) -> usize {
        let Some(length) = self.value[at..].find('}') else {
            let help = "close it with `}`, or write `$${` for a literal `${`";
            self.problem(at..self.value.len(), "unclosed-environment", "`${` is not closed", help);
            return self.value.len();
        };
        let (end, name) = (at + length + 1, &self.value[at + 2..at + length]);
        let is_name = !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_name {
            self.end_literal();
            self.segments.push(Segment::Environment(Spanned::new(name.to_owned(), at..end)));
        } else {
            let help = "use letters, digits and `_`, e.g. `${CMS_TOKEN}`, or write `$${` for a literal `${`";
            self.problem(at..end, "bad-environment-name", "invalid environment variable name", help);
        }
        end
    }

    fn variable(&mut self, at: usize) -> usize {
        let rest = &self.value[at + 2..];
        let skipped = usize::from(rest.starts_with('{'));
        let reopened = rest[skipped..].find("{{").map(|open| open + skipped);
        let within = &rest[..reopened.unwrap_or(rest.len())];
        // Searching only if there is an end keeps a megabyte of `{{` linear.
        let close = if at <= self.last_close { within.find("}}") } else { None };
        let Some(length) = close else {
            let end = reopened.map_or(self.value.len(), |open| at + 2 + open);
            self.problem(at..end, "unclosed-variable", "`{{` is not closed", "close it with `}}`");
            return end;
        };
        let mut end = at + 2 + length + 2;
        let inner = &rest[..length];
        if self.value[end..].starts_with('}') && inner.starts_with('{') {
            end += 1;
        }
        match unknown_syntax(inner) {
            None => {
                self.end_literal();
                let name = inner.trim_matches([' ', '\t']).to_owned();
                self.segments.push(Segment::Variable(Spanned::new(name, at..end)));
            }
            Some((message, help)) => self.problem(at..end, "unknown-template-syntax", message, help),
        }
        end
    }
}

/// What is wrong with the text between braces.
fn unknown_syntax(inner: &str) -> Option<(String, String)> {
    const PLAIN: &str = "write only the name of a variable, e.g. `{{email}}`";
    let name = inner.trim_matches([' ', '\t']);
    let problem = |message: &str, help: &str| Some((message.to_owned(), help.to_owned()));
    if name.is_empty() {
        return problem("the braces are empty", "name a variable, e.g. `{{email}}`");
    }
    if name.starts_with('{') {
        return problem("the platform does not support triple braces", "use two: `{{email}}`");
    }
    if name.starts_with(['#', '/', '^', '!', '>', '&', '%', '@', '=']) {
        return problem("the platform does not support blocks and helpers", PLAIN);
    }
    if name.contains('|') || name.contains('(') {
        return problem("the platform does not support filters and functions", PLAIN);
    }
    if let Some(odd) = name.chars().find(|c| c.is_control() || (c.is_whitespace() && *c != ' ')) {
        let message = format!("unexpected character U+{:04X} inside the braces", u32::from(odd));
        return Some((message, "type the name again: this character only looks like a space".to_owned()));
    }
    if name.contains(['{', '}']) {
        return problem("unexpected brace inside the braces", PLAIN);
    }
    if name.split('.').any(str::is_empty) {
        return problem(
            "empty step in the path",
            "write one dot between steps, e.g. `{{payload.first_name}}`",
        );
    }
    (name.len() > MAX_NAME_LENGTH).then(|| {
        (format!("the name is longer than {MAX_NAME_LENGTH} bytes"), "check for a missing `}}`".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn literal(text: &str) -> Segment {
        Segment::Literal(text.to_owned())
    }

    fn variable(name: &str, span: Span) -> Segment {
        Segment::Variable(Spanned::new(name.to_owned(), span))
    }

    #[test]
    fn a_value_is_split_into_literals_variables_and_environment() {
        let template = parse("Bearer ${CMS_TOKEN} for {{ payload.first name }}!").unwrap();
        let expected = [
            literal("Bearer "),
            Segment::Environment(Spanned::new("CMS_TOKEN".to_owned(), 7..19)),
            literal(" for "),
            variable("payload.first name", 24..48),
            literal("!"),
        ];
        assert_eq!(template.segments, expected);
        assert_eq!(parse("{{id}}").unwrap().sole_variable().unwrap().value, "id");
        assert_eq!(parse("{{id}} ").unwrap().sole_variable(), None);
    }

    #[test]
    fn other_text_is_literal() {
        for text in ["", "{", "}", "}}", "$", "$5", "a $ b", "{ {a} }", "$$", "100 %"] {
            let segments = parse(text).unwrap().segments;
            let expected = if text.is_empty() { vec![] } else { vec![literal(text)] };
            assert_eq!(segments, expected, "{text}");
        }
        assert_eq!(parse("$${NAME}").unwrap().segments, [literal("${NAME}")]);
        assert_eq!(parse("$$${NAME}").unwrap().segments, [literal("$${NAME}")]);
    }

    #[test]
    fn invalid_templates_are_errors() {
        for (text, code, span) in [
            ("a {{b", "unclosed-variable", 2..5),
            ("{{a {{b}}", "unclosed-variable", 0..4),
            ("{{}}", "unknown-template-syntax", 0..4),
            ("{{  }}", "unknown-template-syntax", 0..6),
            ("{{{x}}}", "unknown-template-syntax", 0..7),
            ("{{#if a}}", "unknown-template-syntax", 0..9),
            ("{{ x | upper }}", "unknown-template-syntax", 0..15),
            ("{{\u{a0}id}}", "unknown-template-syntax", 0..8),
            ("{{a..b}}", "unknown-template-syntax", 0..8),
            ("{{a}b}}", "unknown-template-syntax", 0..7),
            ("x ${A", "unclosed-environment", 2..5),
            ("${A-B}", "bad-environment-name", 0..6),
            ("${}", "bad-environment-name", 0..3),
            ("${1}", "bad-environment-name", 0..4),
        ] {
            let problems = parse(text).unwrap_err();
            assert_eq!((problems[0].value.code, problems[0].span.clone()), (code, span), "{text}");
        }
        assert_eq!(parse("{{a {{b}} {{#c}} ${").unwrap_err().len(), 3);
    }

    #[test]
    fn a_megabyte_of_braces_is_parsed_in_linear_time() {
        assert!(parse(&"{{".repeat(500_000)).is_err());
        assert!(parse(&"${".repeat(500_000)).is_err());
        assert!(parse(&"{{a}".repeat(250_000)).is_err());
    }

    proptest! {
        #[test]
        fn every_span_lies_on_its_placeholder(text in r"[a{}$ .|#\u{e4}]{0,30}") {
            match parse(&text) {
                Ok(template) => for name in template.variables() {
                    let written = &text[name.span.clone()];
                    prop_assert!(written.starts_with("{{") && written.ends_with("}}"));
                },
                Err(problems) => for problem in problems {
                    prop_assert!(text.get(problem.span).is_some_and(|part| !part.is_empty()));
                },
            }
        }
    }
}
