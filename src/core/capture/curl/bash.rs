//! Words as bash reads them (POSIX 2.2 and 2.3, and bash's `$'…'`). Nothing is expanded: a variable or a command
//! substitution becomes a mask, since its value is unknown.

use crate::core::secrets::MASK;

use super::tokens::{LexError, Lexed, Token, Word, control_character, line_end, operator};

/// The tokens from a place to the end of the command: a line feed outside of quotes.
pub(super) fn lex(text: &str, start: usize) -> Result<Lexed, LexError> {
    let mut lexer =
        Lexer { text, bytes: text.as_bytes(), at: start, tokens: Vec::new(), documents: Vec::new() };
    lexer.run()?;
    Ok(Lexed { tokens: lexer.tokens, end: lexer.at })
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    /// Here-documents whose text follows the line: where their tokens are, and how they end.
    documents: Vec<Document>,
}

struct Document {
    token: usize,
    end: Vec<u8>,
    is_indented: bool,
}

type Lex<T = ()> = Result<T, LexError>;

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn run(&mut self) -> Lex {
        loop {
            match self.peek(0) {
                None => return Ok(()),
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.line_end(1).is_some() => self.at += 1 + self.line_end(1).unwrap_or(0),
                Some(b'\n' | b'\r') if self.line_end(0).is_some() => {
                    self.at += self.line_end(0).unwrap_or(1);
                    self.read_documents();
                    return Ok(());
                }
                Some(b'#') => {
                    while self.peek(0).is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                }
                Some(b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>') => self.operator()?,
                Some(_) => {
                    let word = self.word()?;
                    let is_number =
                        word.value.iter().all(u8::is_ascii_digit) && word.span.len() == word.value.len();
                    // The number of what is redirected is no word.
                    if !(is_number && matches!(self.peek(0), Some(b'<' | b'>'))) {
                        self.tokens.push(Token::Word(word));
                    }
                }
            }
        }
    }

    fn line_end(&self, ahead: usize) -> Option<usize> {
        line_end(self.bytes, self.at + ahead)
    }

    fn operator(&mut self) -> Lex {
        const LONG: [&str; 10] = ["||", "&&", ";;", "|&", "&>", ">&", ">>", ">|", "<&", "<>"];
        let rest = &self.text[self.at..];
        if rest.starts_with("<<<") {
            self.at += 3;
            return self.here_string();
        }
        if rest.starts_with("<<") {
            return self.here_document();
        }
        let (token, length) = operator(rest, &LONG);
        self.tokens.push(token);
        self.at += length;
        Ok(())
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn here_string(&mut self) -> Lex {
        self.skip_blanks();
        let mut text = self.word()?.value;
        text.push(b'\n');
        self.tokens.push(Token::Stdin(text));
        Ok(())
    }

    fn here_document(&mut self) -> Lex {
        self.at += 2;
        let is_indented = self.peek(0) == Some(b'-');
        self.at += usize::from(is_indented);
        self.skip_blanks();
        let end = self.word()?.value;
        self.documents.push(Document { token: self.tokens.len(), end, is_indented });
        self.tokens.push(Token::Stdin(Vec::new()));
        Ok(())
    }

    /// Reads the here-documents that begin on this line. Variables in them stay as they are.
    fn read_documents(&mut self) {
        for Document { token, end, is_indented } in std::mem::take(&mut self.documents) {
            let mut text = Vec::new();
            while self.at < self.bytes.len() {
                let length = memchr::memchr(b'\n', &self.bytes[self.at..]);
                let next = length.map_or(self.bytes.len(), |length| self.at + length + 1);
                let line = &self.bytes[self.at..next];
                self.at = next;
                let line = if is_indented { line.trim_ascii_start() } else { line };
                if line.trim_ascii_end() == end {
                    break;
                }
                text.extend_from_slice(line);
            }
            self.tokens[token] = Token::Stdin(text);
        }
    }

    fn word(&mut self) -> Lex<Word> {
        let start = self.at;
        let mut value = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>' => break,
                b'\r' if self.line_end(0).is_some() => break,
                b'\\' => {
                    if let Some(length) = self.line_end(1) {
                        self.at += 1 + length;
                    } else {
                        value.push(self.peek(1).unwrap_or(b'\\'));
                        self.at = (self.at + 2).min(self.bytes.len());
                    }
                }
                b'\'' => self.single_quoted(&mut value)?,
                b'"' => self.double_quoted(&mut value)?,
                b'$' => self.dollar(&mut value, false)?,
                b'`' => self.substitution(&mut value)?,
                _ => {
                    value.push(byte);
                    self.at += 1;
                }
            }
        }
        Ok(Word { value, span: start..self.at })
    }

    fn single_quoted(&mut self, value: &mut Vec<u8>) -> Lex {
        let start = self.at + 1;
        let rest = &self.bytes[start..];
        let length = memchr::memchr(b'\'', rest)
            .ok_or_else(|| LexError::unclosed(self.at, "this single quote is not closed"))?;
        value.extend_from_slice(&rest[..length]);
        self.at = start + length + 1;
        Ok(())
    }

    fn double_quoted(&mut self, value: &mut Vec<u8>) -> Lex {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                None => return Err(LexError::unclosed(start, "this double quote is not closed")),
                Some(b'"') => break,
                Some(b'\\') => match self.peek(1) {
                    Some(escaped @ (b'$' | b'`' | b'"' | b'\\')) => {
                        value.push(escaped);
                        self.at += 2;
                    }
                    _ => {
                        if let Some(length) = self.line_end(1) {
                            self.at += 1 + length;
                        } else {
                            value.push(b'\\');
                            self.at += 1;
                        }
                    }
                },
                Some(b'$') => self.dollar(value, true)?,
                Some(b'`') => self.substitution(value)?,
                Some(byte) => {
                    value.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Ok(())
    }

    /// `$'…'`, `$"…"`, an expansion, or a dollar sign.
    fn dollar(&mut self, value: &mut Vec<u8>, is_quoted: bool) -> Lex {
        let start = self.at;
        match self.peek(1) {
            Some(b'\'') if !is_quoted => {
                self.at += 2;
                return self.ansi_quoted(start, value);
            }
            Some(b'"') if !is_quoted => {
                self.at += 1;
                return self.double_quoted(value);
            }
            Some(b'{') => {
                let length = memchr::memchr(b'}', &self.bytes[start..])
                    .ok_or_else(|| LexError::unclosed(start, "this `${` is not closed"))?;
                self.at = start + length + 1;
            }
            Some(b'(') => self.parenthesis(start)?,
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.at += 1;
                while self.peek(0).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    self.at += 1;
                }
            }
            Some(byte) if byte.is_ascii_digit() || b"@*#?$!-".contains(&byte) => self.at += 2,
            _ => {
                value.push(b'$');
                self.at += 1;
                return Ok(());
            }
        }
        value.extend_from_slice(MASK.as_bytes());
        Ok(())
    }

    /// Skips `$(…)`.
    fn parenthesis(&mut self, start: usize) -> Lex {
        let mut depth = 0usize;
        let mut ignored = Vec::new();
        self.at += 1;
        loop {
            match self.peek(0) {
                None => return Err(LexError::unclosed(start, "this `$(` is not closed")),
                Some(b'(') => depth += 1,
                Some(b')') if depth <= 1 => break,
                Some(b')') => depth -= 1,
                Some(b'\'') => {
                    self.single_quoted(&mut ignored)?;
                    continue;
                }
                Some(b'\\') => self.at += 1,
                Some(_) => {}
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(())
    }

    /// Skips a command in backticks.
    fn substitution(&mut self, value: &mut Vec<u8>) -> Lex {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                None => return Err(LexError::unclosed(start, "this backtick is not closed")),
                Some(b'`') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        value.extend_from_slice(MASK.as_bytes());
        Ok(())
    }

    /// The inside of `$'…'`.
    fn ansi_quoted(&mut self, start: usize, value: &mut Vec<u8>) -> Lex {
        // A NUL ends the text in bash; what follows in the quotes is lost.
        let mut inner = Vec::new();
        let mut is_over = false;
        loop {
            let byte = self.peek(0).ok_or_else(|| LexError::unclosed(start, "this `$'` is not closed"))?;
            self.at += 1;
            let before = inner.len();
            match byte {
                b'\'' => break,
                b'\\' => self.escape(start, &mut inner)?,
                _ => inner.push(byte),
            }
            is_over |= inner.get(before) == Some(&0);
            if is_over {
                inner.truncate(before);
            }
        }
        value.append(&mut inner);
        Ok(())
    }

    /// What is after a backslash in `$'…'`.
    fn escape(&mut self, start: usize, value: &mut Vec<u8>) -> Lex {
        let byte = self.peek(0).ok_or_else(|| LexError::unclosed(start, "this `$'` is not closed"))?;
        self.at += 1;
        if let Some(c) = control_character(char::from(if byte == b'E' { b'e' } else { byte })) {
            push_code(u32::from(c), value);
            return Ok(());
        }
        match byte {
            b'\\' | b'\'' | b'"' | b'?' => value.push(byte),
            b'0'..=b'7' => {
                self.at -= 1;
                let code = self.number(8, 3);
                value.push((code & 0xff) as u8);
            }
            b'x' | b'u' | b'U' if self.peek(0).is_some_and(|digit| digit.is_ascii_hexdigit()) => match byte {
                b'x' => value.push((self.number(16, 2) & 0xff) as u8),
                b'u' => push_code(self.number(16, 4), value),
                _ => push_code(self.number(16, 8), value),
            },
            b'c' if self
                .peek(0)
                .is_some_and(|byte| byte.is_ascii_alphabetic() || b"@[]^_".contains(&byte)) =>
            {
                value.push(self.peek(0).unwrap_or_default() & 0x1f);
                self.at += 1;
            }
            _ => value.extend([b'\\', byte]),
        }
        Ok(())
    }

    /// A number of at most so many digits.
    fn number(&mut self, radix: u32, most: usize) -> u32 {
        let mut number = 0u32;
        for _ in 0..most {
            let digit = self.peek(0).and_then(|byte| char::from(byte).to_digit(radix));
            let Some(digit) = digit else { break };
            number = number.wrapping_mul(radix).wrapping_add(digit);
            self.at += 1;
        }
        number
    }
}

fn push_code(code: u32, value: &mut Vec<u8>) {
    let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
