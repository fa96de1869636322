//! Rust source as words and signs with their lines: comments are gone, literals are empty.

/// A word or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) line: usize,
    /// A word, `::`, one other character, or `""` for any literal with quotes.
    pub(super) text: String,
}

/// Takes a source apart.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { rest: source, line: 1 };
    let mut tokens = Vec::new();
    while !reader.rest.is_empty() {
        let line = reader.line;
        if let Some(text) = reader.token() {
            tokens.push(Token { line, text });
        }
    }
    tokens
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn token(&mut self) -> Option<String> {
        let first = self.rest.chars().next()?;
        if first.is_whitespace() {
            self.take(first.len_utf8());
            return None;
        }
        if self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
            return None;
        }
        if self.rest.starts_with("/*") {
            self.block_comment();
            return None;
        }
        if let Some(length) = self.quoted_literal() {
            self.take(length);
            return Some("\"\"".to_owned());
        }
        if self.rest.starts_with("r#") {
            self.take(2);
            return None;
        }
        if self.rest.starts_with("::") {
            return Some(self.take(2).to_owned());
        }
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_word(first) {
            self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len())
        } else {
            first.len_utf8()
        };
        Some(self.take(length).to_owned())
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            if self.rest.starts_with("/*") {
                depth += 1;
                self.take(2);
            } else if self.rest.starts_with("*/") {
                depth -= 1;
                self.take(2);
            } else if let Some(c) = self.rest.chars().next() {
                self.take(c.len_utf8());
            } else {
                return;
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// The length of the string or character literal that begins here.
    fn quoted_literal(&self) -> Option<usize> {
        let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
            let after = self.rest.strip_prefix(prefix);
            after.is_some_and(|after| after.trim_start_matches('#').starts_with(['"', '\'']))
        })?;
        let after = &self.rest[prefix.len()..];
        let hashes = after.len() - after.trim_start_matches('#').len();
        let quoted = &after[hashes..];
        let start = prefix.len() + hashes;
        if prefix.ends_with('r') && quoted.starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            return quoted[1..].find(&end).map(|found| start + 1 + found + end.len());
        }
        if hashes > 0 {
            return None;
        }
        if quoted.starts_with('"') {
            return closing(quoted, '"').map(|length| start + length);
        }
        // `'a'` is a character, `'a` a lifetime.
        let mut characters = quoted.chars().skip(1);
        let is_character = characters.next() == Some('\\') || characters.next() == Some('\'');
        (is_character && matches!(prefix, "" | "b"))
            .then(|| closing(quoted, '\''))
            .flatten()
            .map(|length| start + length)
    }
}

/// The length of a literal from its opening quote to its closing one.
fn closing(quoted: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in quoted.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

#[test]
fn comments_and_literals_hide_what_they_hold() {
    let source =
        "// use a::b;\n/* x /* y */ z */ 'l: \"println!(\\\"\" r#\"a\"b\"# '\"' b'\\'' 'x' r#type Foo<'a>";
    let texts: Vec<_> = tokens(source).into_iter().map(|token| token.text).collect();
    assert_eq!(
        texts,
        ["'", "l", ":", "\"\"", "\"\"", "\"\"", "\"\"", "\"\"", "type", "Foo", "<", "'", "a", ">"]
    );
}

#[test]
fn lines_are_counted_through_everything() {
    let lines: Vec<_> = tokens("/*\n*/ a \"\n\n\" b\nc").into_iter().map(|token| token.line).collect();
    assert_eq!(lines, [2, 2, 4, 5]);
}
