//! Words as PowerShell reads them (`about_Quoting_Rules`, `about_Parsing`). Nothing is expanded: a variable or a
//! subexpression becomes a mask, since its value is unknown.

use crate::core::secrets::MASK;

use super::tokens::{LexError, Lexed, Token, Word, control_character, operator};

/// The tokens from a place to the end of the command: a line feed outside of quotes without a backtick before it.
pub(super) fn lex(text: &str, start: usize) -> Result<Lexed, LexError> {
    let mut lexer = Lexer { text, at: start, tokens: Vec::new() };
    lexer.run()?;
    Ok(Lexed { tokens: lexer.tokens, end: lexer.at })
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

/// The argument that curl gets. PowerShell 7.3 passes a text as it is; before, quotes have to be written with a
/// backslash for the C runtime, which also halves the backslashes before them. In JSON, none is before the first quote.
fn unescape(text: String) -> String {
    if !text.split_once('"').is_some_and(|(before, _)| before.ends_with('\\')) {
        return text;
    }
    let mut value = String::with_capacity(text.len());
    let mut parts = text.split('"').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            value.push_str(part);
            break;
        }
        let plain = part.trim_end_matches('\\');
        value.push_str(plain);
        value.push_str(&"\\".repeat((part.len() - plain.len()) / 2));
        value.push('"');
    }
    value
}

type Lex<T = ()> = Result<T, LexError>;

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn starts(&self, start: &str) -> bool {
        self.rest().starts_with(start)
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn run(&mut self) -> Lex {
        loop {
            let Some(next) = self.rest().chars().next() else { return Ok(()) };
            match next {
                ' ' | '\t' | '\r' => self.at += 1,
                '\n' => {
                    self.at += 1;
                    return Ok(());
                }
                '`' if self.starts("`\n") => self.at += 2,
                '`' if self.starts("`\r\n") => self.at += 3,
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '|' | '&' | ';' | '>' | '<' | '(' | ')' => self.operator(),
                _ => {
                    let word = self.word()?;
                    // The stream that is redirected is no word.
                    let is_stream = matches!(word.value.as_slice(), [b'1'..=b'6' | b'*']) && self.starts(">");
                    if !is_stream {
                        self.tokens.push(Token::Word(word));
                    }
                }
            }
        }
    }

    fn operator(&mut self) {
        let (token, length) = operator(self.rest(), &["||", "&&", ">>", ">&"]);
        self.tokens.push(token);
        self.at += length;
    }

    fn word(&mut self) -> Lex<Word> {
        let start = self.at;
        let mut value = String::new();
        if self.starts("@'\n") || self.starts("@\"\n") || self.starts("@'\r\n") || self.starts("@\"\r\n") {
            self.here_string(&mut value)?;
        }
        while let Some(next) = self.rest().chars().next() {
            match next {
                ' ' | '\t' | '\r' | '\n' | '|' | '&' | ';' | '<' | '>' | '(' | ')' => break,
                '\'' => self.single_quoted(&mut value)?,
                '"' => self.double_quoted(&mut value)?,
                '`' if self.starts("`\n") || self.starts("`\r\n") => break,
                '`' => self.escape(&mut value),
                '$' => self.dollar(&mut value)?,
                _ => {
                    value.push(next);
                    self.at += next.len_utf8();
                }
            }
        }
        let value = unescape(value).into_bytes();
        Ok(Word { value, span: start..self.at.max(start + 1) })
    }

    fn single_quoted(&mut self, value: &mut String) -> Lex {
        let start = self.at;
        self.at += 1;
        loop {
            match self.next() {
                None => return Err(LexError::unclosed(start, "this single quote is not closed")),
                Some('\'') if self.starts("'") => {
                    value.push('\'');
                    self.at += 1;
                }
                Some('\'') => return Ok(()),
                Some(other) => value.push(other),
            }
        }
    }

    fn double_quoted(&mut self, value: &mut String) -> Lex {
        let start = self.at;
        self.at += 1;
        loop {
            match self.rest().chars().next() {
                None => return Err(LexError::unclosed(start, "this double quote is not closed")),
                Some('"') if self.starts("\"\"") => {
                    value.push('"');
                    self.at += 2;
                }
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('`') => self.escape(value),
                Some('$') => self.dollar(value)?,
                Some(other) => {
                    value.push(other);
                    self.at += other.len_utf8();
                }
            }
        }
    }

    /// A backtick and what it escapes.
    fn escape(&mut self, value: &mut String) {
        self.at += 1;
        match self.next() {
            None => value.push('`'),
            Some('0') => value.push('\0'),
            Some('u') if self.starts("{") => {
                let code = self.rest().get(1..8).and_then(|rest| rest.split_once('}'));
                let code =
                    code.map_or(self.rest()[1..].split('}').next().unwrap_or_default(), |(code, _)| code);
                let length = code.len();
                let c = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
                match c {
                    Some(c) => {
                        value.push(c);
                        self.at += length + 2;
                    }
                    None => value.push('u'),
                }
            }
            Some(other) => value.push(control_character(other).unwrap_or(other)),
        }
    }

    /// A variable, a subexpression, or a dollar sign.
    fn dollar(&mut self, value: &mut String) -> Lex {
        let start = self.at;
        let rest = &self.text[start + 1..];
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        if rest.starts_with('{') {
            let length =
                rest.find('}').ok_or_else(|| LexError::unclosed(start, "this `${` is not closed"))?;
            self.at = start + 1 + length + 1;
        } else if rest.starts_with('(') {
            let mut depth = 0usize;
            let end = rest.char_indices().find(|(_, c)| {
                depth += usize::from(*c == '(');
                depth -= usize::from(*c == ')' && depth > 0);
                depth == 0
            });
            let (end, _) = end.ok_or_else(|| LexError::unclosed(start, "this `$(` is not closed"))?;
            self.at = start + 1 + end + 1;
        } else if rest.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            self.at = start + 1 + rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        } else {
            value.push('$');
            self.at += 1;
            return Ok(());
        }
        value.push_str(MASK);
        Ok(())
    }

    /// `@'` and a line feed, up to a line that begins with `'@`; the same with double quotes.
    fn here_string(&mut self, value: &mut String) -> Lex {
        let start = self.at;
        let quote = &self.rest()[1..2].to_owned();
        let end = format!("\n{quote}@");
        let text = &self.text[start + 2..];
        let length =
            text.find(&end).ok_or_else(|| LexError::unclosed(start, "this here-string is not closed"))?;
        let inner = text[..length].trim_end_matches('\r');
        let inner = inner.strip_prefix("\r\n").or_else(|| inner.strip_prefix('\n')).unwrap_or(inner);
        value.push_str(inner);
        self.at = start + 2 + length + end.len();
        Ok(())
    }
}
