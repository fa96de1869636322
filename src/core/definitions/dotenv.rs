//! Parses `.env` files and appends to them. Messages never repeat a line.

use std::collections::HashMap;
use std::sync::Arc;

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::secrets::Secret;
use crate::core::text::{Source, Span, one_line};

use super::unresolved::{backticks, expansion, name_length, reference};

#[derive(Debug, Clone, Default)]
pub struct DotEnv {
    entries: HashMap<String, DotEnvEntry>,
    /// The lines that cannot be parsed, as warnings.
    pub problems: Vec<Diagnostic>,
    /// Whether a quote is not closed. For other programs, the value then continues on the next lines.
    pub has_open_quote: bool,
}

#[derive(Debug, Clone)]
struct DotEnvEntry {
    value: Secret,
    /// A warning if the value is in the syntax of another program.
    unresolved: Option<Diagnostic>,
}

impl DotEnv {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.entries.get(name).map(|entry| &entry.value)
    }

    /// A warning if the value is in the syntax of another program, such as `op://vault/item`.
    pub fn unresolved(&self, name: &str) -> Option<&Diagnostic> {
        self.entries.get(name)?.unresolved.as_ref()
    }
}

/// Parses `NAME=value` lines as documented in `docs/env.md`. Nothing is expanded; a later line overrides an earlier one. A
/// line that cannot be parsed is skipped and reported.
pub fn parse_dotenv(source: &Arc<Source>) -> DotEnv {
    let mut lines = Lines { source, at: 0, has_open_quote: false };
    let mut parsed = DotEnv::default();
    let mut written = HashMap::new();
    while lines.at < source.text().len() {
        match lines.assignment() {
            Ok(Some((name, value))) => {
                written.insert(name, value);
            }
            Ok(None) => {}
            Err(problem) => parsed.problems.push(problem),
        }
        lines.end_line();
    }
    parsed.has_open_quote = lines.has_open_quote;
    let is_set = |name: &str| written.contains_key(name);
    parsed.entries =
        written.iter().map(|(name, value)| (name.clone(), value.entry(source, name, is_set))).collect();
    parsed
}

/// Appends lines that set these names, with the line endings of the file.
pub fn append_dotenv(source: &Arc<Source>, added: &[(String, Secret)]) -> Result<String, Vec<Diagnostic>> {
    let own = parse_dotenv(source);
    let name = one_line(source.name());
    if own.has_open_quote {
        let message = format!("cannot add a line to `{name}`: a quote in it is not closed");
        let help = "close the quote and try again";
        let lines = own.problems.into_iter().map(|own| Diagnostic { level: Level::Error, ..own });
        return Err(lines.chain([Diagnostic::error("dotenv-syntax", message).help(help)]).collect());
    }
    if added.iter().any(|(name, value)| own.get(name).is_some_and(|own| own != value)) {
        let message = format!("another program has changed `{name}`");
        return Err(vec![Diagnostic::error("file-changed", message).help("try again")]);
    }
    let line_ending = if source.text().contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = source.whole().to_owned();
    if !source.text().is_empty() && !text.ends_with('\n') {
        text.push_str(line_ending);
    }
    text.extend(added.iter().map(|(name, value)| dotenv_line(name, value.reveal(), line_ending)));
    Ok(text)
}

fn dotenv_line(name: &str, value: &str, line_ending: &str) -> String {
    let is_plain = !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=@%,".contains(&byte));
    if is_plain {
        return format!("{name}={value}{line_ending}");
    }
    if !value.contains(['\'', '\r', '\n']) {
        return format!("{name}='{value}'{line_ending}");
    }
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
    format!("{name}=\"{}\"{line_ending}", escaped.replace('\n', "\\n").replace('\r', "\\r"))
}

struct Written {
    value: String,
    /// The text between the quotes, or all of it.
    span: Span,
    quote: Option<char>,
}

impl Written {
    fn entry(&self, source: &Arc<Source>, name: &str, is_set: impl Fn(&str) -> bool) -> DotEnvEntry {
        let raw = &source.text()[self.span.clone()];
        let unresolved = reference(&self.value)
            .or_else(|| self.quote.is_none().then(|| backticks(raw))?)
            .or_else(|| (self.quote != Some('\'')).then(|| expansion(raw, is_set))?);
        let unresolved = unresolved.map(|foreign| foreign.warning(name).at_hidden(source, self.span.clone()));
        DotEnvEntry { value: Secret::new(self.value.as_str()), unresolved }
    }
}

struct Lines<'a> {
    source: &'a Arc<Source>,
    at: usize,
    has_open_quote: bool,
}

impl<'a> Lines<'a> {
    fn rest(&self) -> &'a str {
        &self.source.text()[self.at..]
    }

    fn line(&self) -> &'a str {
        let rest = self.rest();
        rest[..rest.find('\n').unwrap_or(rest.len())].trim_end_matches('\r')
    }

    fn end_line(&mut self) {
        self.at += self.rest().find('\n').map_or(self.rest().len(), |newline| newline + 1);
    }

    fn skip_whitespace(&mut self) {
        self.at += self.line().len() - self.line().trim_start().len();
    }

    fn problem(&self, at: usize, message: &str, help: &str) -> Diagnostic {
        Diagnostic::warning("dotenv-syntax", message).at_hidden(self.source, at..at).help(help)
    }

    fn assignment(&mut self) -> Result<Option<(String, Written)>, Diagnostic> {
        self.skip_whitespace();
        if self.line().is_empty() || self.line().starts_with('#') {
            return Ok(None);
        }
        let start = self.at;
        if self.line().strip_prefix("export").is_some_and(|rest| rest.starts_with(char::is_whitespace)) {
            self.at += "export".len();
            self.skip_whitespace();
        }
        let line = self.line();
        let name = &line[..name_length(line)];
        let is_name = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        self.at += name.len();
        self.skip_whitespace();
        if !is_name || !self.line().starts_with('=') {
            let problem = self.problem(
                start,
                "this line is not `NAME=value`",
                "use letters, digits and `_` in a name; start a comment with `#`",
            );
            self.skip_value();
            return Err(problem);
        }
        self.at += 1;
        self.skip_whitespace();
        Ok(Some((name.to_owned(), self.value()?)))
    }

    /// Skips the value of an invalid name, which may span several lines.
    fn skip_value(&mut self) {
        if let Some(equals) = self.line().find('=') {
            let start = self.at;
            self.at += equals + 1;
            self.skip_whitespace();
            if self.value().is_err() {
                self.at = start;
            }
        }
    }

    fn value(&mut self) -> Result<Written, Diagnostic> {
        match self.line().chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            _ => Ok(self.unquoted()),
        }
    }

    fn unquoted(&self) -> Written {
        let line = self.line();
        let mut before = ' ';
        let comment = line.char_indices().find(|(_, c)| {
            let is_start = *c == '#' && before.is_whitespace();
            before = *c;
            is_start
        });
        let value = line[..comment.map_or(line.len(), |(at, _)| at)].trim_end();
        Written { value: value.to_owned(), span: self.at..self.at + value.len(), quote: None }
    }

    fn quoted(&mut self, quote: char) -> Result<Written, Diagnostic> {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        let mut characters = self.rest().char_indices().peekable();
        while let Some((offset, c)) = characters.next() {
            match c {
                _ if c == quote => {
                    let span = start + 1..self.at + offset;
                    self.at += offset + 1;
                    return self.require_end(start).map(|()| Written { value, span, quote: Some(quote) });
                }
                // A value does not depend on the line endings of the file.
                '\r' if characters.peek().is_some_and(|(_, next)| *next == '\n') => {}
                '\\' if quote == '"' => {
                    let escape = characters.next_if(|(_, escaped)| *escaped != '\r');
                    value.push_str(&unescaped(escape.map(|(_, escaped)| escaped)));
                }
                _ => value.push(c),
            }
        }
        Err(self.unclosed(start))
    }

    /// Fails if anything but a comment follows a closing quote.
    fn require_end(&mut self, start: usize) -> Result<(), Diagnostic> {
        let closed = self.at;
        self.skip_whitespace();
        let left = self.line();
        if left.is_empty() || left.starts_with('#') {
            return Ok(());
        }
        if self.source.text()[start..closed].contains('\n') {
            // The closing quote belongs to a later line: skip only the line of the opening quote.
            return Err(self.unclosed(start));
        }
        Err(self.problem(self.at, "unexpected text after the closing quote", "put the whole value in quotes"))
    }

    fn unclosed(&mut self, start: usize) -> Diagnostic {
        self.at = start;
        self.has_open_quote = true;
        self.problem(start, "this quote is not closed", "close it, or remove it")
    }
}

fn unescaped(escape: Option<char>) -> String {
    match escape {
        Some('n') => "\n".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('t') => "\t".to_owned(),
        Some(c @ ('"' | '\\' | '$')) => c.to_string(),
        Some(other) => format!("\\{other}"),
        None => "\\".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> DotEnv {
        parse_dotenv(&Arc::new(Source::new(".env", text)))
    }

    fn places(env: &DotEnv) -> Vec<String> {
        env.problems.iter().map(|problem| problem.primary.as_ref().unwrap().start().to_string()).collect()
    }

    #[test]
    fn values_are_parsed_with_and_without_quotes() {
        let text = "# c\n\nA=1\nexport B = two words # not this\r\nC='#$x\\n'\nD=\"a\\n\\\"b\\\" \\$ \\q\" # c\nE=\nF=x#y\nG=\"l1\nl2\"\nA=3";
        let env = parse(text);
        for (name, value) in [
            ("A", "3"),
            ("B", "two words"),
            ("C", "#$x\\n"),
            ("D", "a\n\"b\" $ \\q"),
            ("E", ""),
            ("F", "x#y"),
            ("G", "l1\nl2"),
        ] {
            assert_eq!(env.get(name).map(Secret::reveal), Some(value), "{name}");
        }
        assert!(env.get("c").is_none() && env.problems.is_empty());
    }

    #[test]
    fn any_whitespace_separates() {
        let env =
            parse("A=abc\t# note\nexport\tB\t=\tx y\t\nC='q'\t#\nD=\t# note\nE=a\u{a0}# note\n \t\n\t# c\n");
        for (name, value) in [("A", "abc"), ("B", "x y"), ("C", "q"), ("D", ""), ("E", "a")] {
            assert_eq!(env.get(name).map(Secret::reveal), Some(value), "{name}");
        }
        assert_eq!(places(&env), [""; 0]);
    }

    #[test]
    fn a_value_has_the_same_line_breaks_whatever_the_line_ending_of_the_file() {
        let text = "A=\"l1\nl2\\r\\\nl3\"\nB='l1\nl2'\nC=x # c\nD=1\n";
        let (unix, windows) = (parse(text), parse(&text.replace('\n', "\r\n")));
        assert_eq!(unix.get("A").map(Secret::reveal), Some("l1\nl2\r\\\nl3"));
        for name in ["A", "B", "C", "D"] {
            assert_eq!(unix.get(name), windows.get(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_written_line_parses_as_what_was_written(value in "[ -~äöü\n\t\r]{0,20}") {
            for ending in ["\n", "\r\n"] {
                let line = dotenv_line("NAME", &value, ending);
                let read = parse(&format!("A=1{ending}{line}B=2{ending}"));
                prop_assert_eq!(read.get("NAME").map(Secret::reveal), Some(value.as_str()), "{}", line);
                prop_assert!(read.get("B").is_some() && read.problems.is_empty());
                prop_assert!(read.unresolved("NAME").is_none_or(|_| value.starts_with("ref+")));
            }
        }
    }

    #[test]
    fn quotes_are_written_only_where_needed() {
        for (value, written) in
            [("a-1_b.c", "N=a-1_b.c\n"), ("", "N=''\n"), ("a b", "N='a b'\n"), ("it's", "N=\"it's\"\n")]
        {
            assert_eq!(dotenv_line("N", value, "\n"), written);
        }
    }

    #[test]
    fn every_invalid_line_is_reported_without_its_text() {
        let env = parse("hunter2\nA='hunter2' hunter2\n1A=hunter2\nB=\"hunter2\n");
        assert_eq!(places(&env), ["1:1", "2:13", "3:1", "4:3"]);
        assert!(!format!("{:?}", env.problems).contains("hunter2"));
    }

    #[test]
    fn an_invalid_line_does_not_affect_other_lines() {
        for bad in [
            "MY-KEY=1",
            "source x",
            "export W",
            "a.b=1",
            "[default]",
            "K: v",
            "Q=\"open",
            "Q='a' b",
            "M-K=\"1\n2\"",
        ] {
            let env = parse(&format!("A=1\n{bad}\nB=\"2\"\n"));
            assert_eq!(env.problems.len(), 1, "{bad}");
            assert_eq!(
                (env.get("A"), env.get("B")),
                (Some(&Secret::new("1")), Some(&Secret::new("2"))),
                "{bad}"
            );
        }
    }

    #[test]
    fn values_for_other_programs_are_recognised() {
        for value in [
            "${BASE}/y",
            "\"${BASE}/y\"",
            "$BASE/y",
            "$(pass show x)",
            "\"a $(pass show x)\"",
            "`pass show x`",
            "op://vault/item",
            "\"encrypted:BA3x\"",
            "'encrypted:BA3x'",
            "ENC[AES256_GCM,data:x]",
            "ref+vault://a/b#c",
        ] {
            let env = parse(&format!("V={value}\nBASE=https://x.example\n"));
            let warning = env.unresolved("V").unwrap_or_else(|| panic!("{value}"));
            assert_eq!(warning.primary.as_ref().unwrap().start().line, 1, "{value}");
            assert!(
                !warning.message.contains("pass") && !warning.message.contains("BA3x"),
                "{}",
                warning.message
            );
        }
        for value in
            ["pa$word", "'${BASE}/y'", "'$(x)'", "\"\\${BASE}\"", "\"\\$(x)\"", "$", "a$", "x op://", "$$"]
        {
            assert!(parse(&format!("V={value}\nBASE=1\n")).unresolved("V").is_none(), "{value}");
        }
    }
}
