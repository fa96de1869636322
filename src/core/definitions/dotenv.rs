//! The `.env` file beside the definitions: names and values, never repeated in a message.

use std::collections::HashMap;
use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Secret, Source, Span};

/// What a `.env` file sets.
#[derive(Debug, Clone, Default)]
pub struct DotEnv {
    values: HashMap<String, Secret>,
}

impl DotEnv {
    /// The names that it sets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.values.get(name)
    }
}

/// Reads `NAME=value` lines: blank lines and lines that begin with `#` are passed over, `export ` before
/// a name too; `'…'` is taken as it is, `"…"` with the escapes `\n \r \t \" \\ \$`, anything else up to
/// a ` #` or the end of the line. Nothing is expanded. A later line wins.
///
/// # Errors
/// Every line that is none of this, by its place; no message repeats a value.
pub fn parse_dotenv(source: &Arc<Source>) -> Result<DotEnv, Vec<Diagnostic>> {
    let mut lines = Lines { source, at: 0 };
    let mut values = HashMap::new();
    let mut problems = Vec::new();
    while lines.at < source.text().len() {
        match lines.assignment() {
            Ok(Some((name, value))) => {
                values.insert(name, Secret::new(value));
            }
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
        lines.end_line();
    }
    if problems.is_empty() { Ok(DotEnv { values }) } else { Err(problems) }
}

/// A line for a `.env` file that sets a name to a value, with a line feed.
pub fn dotenv_line(name: &str, value: &str) -> String {
    let is_plain = !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=@%,".contains(&byte));
    if is_plain {
        return format!("{name}={value}\n");
    }
    if !value.contains('\'') {
        return format!("{name}='{value}'\n");
    }
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
    format!("{name}=\"{}\"\n", escaped.replace('\n', "\\n").replace('\r', "\\r"))
}

struct Lines<'a> {
    source: &'a Arc<Source>,
    at: usize,
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

    fn skip_blanks(&mut self) {
        self.at += self.line().len() - self.line().trim_start_matches([' ', '\t']).len();
    }

    fn problem(&self, span: Span, message: &str, help: &str) -> Diagnostic {
        Diagnostic::error("dotenv-syntax", message).at_hidden(self.source, span).help(help)
    }

    fn assignment(&mut self) -> Result<Option<(String, String)>, Diagnostic> {
        self.skip_blanks();
        if self.line().is_empty() || self.line().starts_with('#') {
            return Ok(None);
        }
        if self.line().starts_with("export ") {
            self.at += "export ".len();
            self.skip_blanks();
        }
        let line = self.line();
        let start = self.at;
        let name_length =
            line.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let name = &line[..name_length];
        self.at += name_length;
        self.skip_blanks();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !self.line().starts_with('=')
        {
            return Err(self.problem(
                start..start,
                "this line is not `NAME=value`",
                "a name is letters, digits and `_`",
            ));
        }
        self.at += 1;
        self.skip_blanks();
        Ok(Some((name.to_owned(), self.value()?)))
    }

    fn value(&mut self) -> Result<String, Diagnostic> {
        let Some(quote) = self.line().chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            let line = self.line();
            let end = if line.starts_with('#') { 0 } else { line.find(" #").unwrap_or(line.len()) };
            return Ok(line[..end].trim_end().to_owned());
        };
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((offset, c)) = characters.next() {
            if c == quote {
                self.at += offset + 1;
                self.skip_blanks();
                let left = self.line();
                if left.is_empty() || left.starts_with('#') {
                    return Ok(value);
                }
                return Err(self.problem(
                    self.at..self.at,
                    "something follows the closing quote",
                    "put the whole value in quotes",
                ));
            }
            match (c, quote) {
                ('\\', '"') => value.push_str(&unescaped(characters.next().map(|(_, c)| c))),
                _ => value.push(c),
            }
        }
        Err(self.problem(start..start, "this quote is never closed", "close it, or leave the quotes out"))
    }
}

fn unescaped(escape: Option<char>) -> String {
    match escape {
        Some('n') => "\n".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('t') => "\t".to_owned(),
        Some(c @ ('"' | '\\' | '$')) => c.to_string(),
        Some(other) => format!("\\{other}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<DotEnv, Vec<Diagnostic>> {
        parse_dotenv(&Arc::new(Source::new(".env", text)))
    }

    #[test]
    fn values_are_read_with_and_without_quotes() {
        let text = "# c\n\nA=1\nexport B = two words # not this\r\nC='#$x\\n'\nD=\"a\\n\\\"b\\\" \\$ \\q\" # c\nE=\nF=x#y\nG=\"l1\nl2\"\nA=3";
        let env = parse(text).unwrap();
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
        assert!(env.get("c").is_none());
    }

    proptest! {
        #[test]
        fn a_written_line_reads_as_what_was_written(value in "[ -~äöü\n\t\r]{0,20}") {
            let line = dotenv_line("NAME", &value);
            let read = parse(&format!("A=1\n{line}B=2\n")).unwrap();
            prop_assert_eq!(read.get("NAME").map(Secret::reveal), Some(value.as_str()), "{}", line);
            prop_assert!(read.get("B").is_some());
        }
    }

    #[test]
    fn every_bad_line_is_found_and_no_message_repeats_it() {
        let problems = parse("hunter2\nA='hunter2' hunter2\n1A=hunter2\nB=\"hunter2\n").unwrap_err();
        let places: Vec<_> =
            problems.iter().map(|p| p.primary.as_ref().unwrap().place().to_string()).collect();
        assert_eq!(places, ["1:1", "2:13", "3:1", "4:3"]);
        assert!(!format!("{problems:?}").contains("hunter2"));
    }
}
