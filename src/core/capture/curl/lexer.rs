//! Words as a shell reads them: bash (POSIX 2.2 and 2.3, and `$'…'`) or PowerShell (`about_Quoting_Rules`,
//! `about_Parsing`). Nothing is expanded: a variable or a command substitution becomes a mask, since its value is
//! unknown.

use crate::core::secrets::MASK;

use super::tokens::{LexError, Lexed, Token, Word, is_operator, line_end, operator};

/// The tokens from `start` to the end of the command: a line feed that is neither quoted nor escaped.
pub(super) fn lex(is_bash: bool, text: &str, start: usize) -> Result<Lexed, LexError> {
    let bytes = text.as_bytes();
    let escape = if is_bash { b'\\' } else { b'`' };
    let mut lexer =
        Lexer { is_bash, escape, text, bytes, at: start, tokens: Vec::new(), documents: Vec::new() };
    lexer.run()?;
    Ok(Lexed { tokens: lexer.tokens, end: lexer.at })
}

struct Lexer<'a> {
    /// Otherwise PowerShell.
    is_bash: bool,
    /// The character that escapes the one after it, and continues a line at its end.
    escape: u8,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    /// Here-documents whose text follows the line.
    documents: Vec<HereDocument>,
}

struct HereDocument {
    /// The index of its token.
    token: usize,
    end: Vec<u8>,
    is_indented: bool,
}

type Lex<T = ()> = Result<T, LexError>;

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts_with(&self, start: &str) -> bool {
        self.bytes[self.at..].starts_with(start.as_bytes())
    }

    fn next(&mut self, opened_at: usize, unclosed: &'static str) -> Lex<u8> {
        let byte = self.peek(0).ok_or_else(|| LexError::unclosed(opened_at, unclosed))?;
        self.at += 1;
        Ok(byte)
    }

    /// The length of an escaped line end.
    fn continuation(&self) -> Option<usize> {
        let is_escape = self.peek(0) == Some(self.escape);
        line_end(self.bytes, self.at + 1).filter(|_| is_escape).map(|length| length + 1)
    }

    fn run(&mut self) -> Lex {
        while let Some(byte) = self.peek(0) {
            if let Some(length) = self.continuation() {
                self.at += length;
            } else if let Some(length) = line_end(self.bytes, self.at) {
                self.at += length;
                self.read_documents();
                return Ok(());
            } else if matches!(byte, b' ' | b'\t') {
                self.at += 1;
            } else if byte == b'#' {
                self.at +=
                    memchr::memchr(b'\n', &self.bytes[self.at..]).unwrap_or(self.bytes.len() - self.at);
            } else if is_operator(byte) {
                self.operator()?;
            } else {
                let word = self.word()?;
                // The number of the stream that is redirected is not a word.
                let is_stream = word.span.len() == word.value.len()
                    && word.value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'*');
                if !(is_stream && matches!(self.peek(0), Some(b'<' | b'>'))) {
                    self.tokens.push(Token::Word(word));
                }
            }
        }
        Ok(())
    }

    fn operator(&mut self) -> Lex {
        if self.is_bash && self.starts_with("<<") {
            return self.here_document();
        }
        let (token, length) = operator(&self.text[self.at..]);
        self.tokens.push(token);
        self.at += length;
        Ok(())
    }

    /// `<<END`, `<<-END`, or a here-string, `<<<word`.
    fn here_document(&mut self) -> Lex {
        let is_string = self.starts_with("<<<");
        let is_indented = self.starts_with("<<-");
        self.at += if is_string || is_indented { 3 } else { 2 };
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let mut text = self.word()?.value;
        if is_string {
            text.push(b'\n');
            self.tokens.push(Token::Stdin(text));
        } else {
            self.documents.push(HereDocument { token: self.tokens.len(), end: text, is_indented });
            self.tokens.push(Token::Stdin(Vec::new()));
        }
        Ok(())
    }

    /// Reads the here-documents that begin on this line. Variables in them stay as they are.
    fn read_documents(&mut self) {
        for HereDocument { token, end, is_indented } in std::mem::take(&mut self.documents) {
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
        let (start, is_bash) = (self.at, self.is_bash);
        let mut value = Vec::new();
        if !is_bash {
            self.here_string(&mut value)?;
        }
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' => break,
                _ if is_operator(byte) || line_end(self.bytes, self.at).is_some() => break,
                b'\'' => self.single_quoted(&mut value)?,
                b'"' => self.double_quoted(&mut value)?,
                b'$' => self.dollar(&mut value, false)?,
                b'`' if !is_bash && self.continuation().is_some() => break,
                b'`' if !is_bash => self.powershell_escape(&mut value),
                b'`' => self.backticks(&mut value)?,
                b'\\' if is_bash && self.continuation().is_some() => {
                    self.at += self.continuation().unwrap_or_default();
                }
                b'\\' if is_bash => {
                    value.push(self.peek(1).unwrap_or(b'\\'));
                    self.at = (self.at + 2).min(self.bytes.len());
                }
                _ => {
                    value.push(byte);
                    self.at += 1;
                }
            }
        }
        let span = start..self.at.max(start + 1);
        Ok(if is_bash { Word { value, span } } else { Word::from_powershell(&value, span) })
    }

    fn single_quoted(&mut self, value: &mut Vec<u8>) -> Lex {
        let start = self.at;
        self.at += 1;
        loop {
            let length = memchr::memchr(b'\'', &self.bytes[self.at..])
                .ok_or_else(|| LexError::unclosed(start, "this single quote is not closed"))?;
            value.extend_from_slice(&self.bytes[self.at..self.at + length]);
            self.at += length + 1;
            if self.is_bash || self.peek(0) != Some(b'\'') {
                return Ok(());
            }
            value.push(b'\'');
            self.at += 1;
        }
    }

    fn double_quoted(&mut self, value: &mut Vec<u8>) -> Lex {
        let (start, is_bash) = (self.at, self.is_bash);
        self.at += 1;
        loop {
            let byte = self.peek(0);
            let byte = byte.ok_or_else(|| LexError::unclosed(start, "this double quote is not closed"))?;
            match byte {
                b'"' if !is_bash && self.peek(1) == Some(b'"') => {
                    value.push(b'"');
                    self.at += 2;
                }
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'$' => self.dollar(value, true)?,
                b'`' if is_bash => self.backticks(value)?,
                b'`' => self.powershell_escape(value),
                b'\\' if is_bash && self.continuation().is_some() => {
                    self.at += self.continuation().unwrap_or_default();
                }
                b'\\' if is_bash && self.peek(1).is_some_and(|next| b"$`\"\\".contains(&next)) => {
                    value.extend(self.peek(1));
                    self.at += 2;
                }
                _ => {
                    value.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    /// An expansion, a dollar sign, or in bash `$'…'` and `$"…"`.
    fn dollar(&mut self, value: &mut Vec<u8>, is_quoted: bool) -> Lex {
        let (start, is_bash) = (self.at, self.is_bash);
        let is_name = |byte: u8| match byte {
            b':' | 0x80.. => !is_bash,
            _ => byte.is_ascii_alphanumeric() || byte == b'_',
        };
        match self.peek(1) {
            Some(b'\'') if is_bash && !is_quoted => return self.ansi_quoted(value),
            Some(b'"') if is_bash && !is_quoted => {
                self.at += 1;
                return self.double_quoted(value);
            }
            Some(b'{') => {
                let length = memchr::memchr(b'}', &self.bytes[start..])
                    .ok_or_else(|| LexError::unclosed(start, "this `${` is not closed"))?;
                self.at = start + length + 1;
            }
            Some(b'(') => self.parentheses(start)?,
            Some(byte) if is_bash && (byte.is_ascii_digit() || b"@*#?$!-".contains(&byte)) => self.at += 2,
            Some(byte) if is_name(byte) && byte != b':' && !byte.is_ascii_digit() => {
                self.at += 1;
                while self.peek(0).is_some_and(is_name) {
                    self.at += 1;
                }
            }
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
    fn parentheses(&mut self, start: usize) -> Lex {
        let mut depth = 0usize;
        self.at += 1;
        loop {
            let byte = self.next(start, "this `$(` is not closed")?;
            match byte {
                b'(' => depth += 1,
                b')' if depth <= 1 => return Ok(()),
                b')' => depth -= 1,
                b'\'' => {
                    self.at -= 1;
                    self.single_quoted(&mut Vec::new())?;
                }
                _ if byte == self.escape => self.at += 1,
                _ => {}
            }
        }
    }

    /// Skips a command in backticks.
    fn backticks(&mut self, value: &mut Vec<u8>) -> Lex {
        let start = self.at;
        self.at += 1;
        loop {
            match self.next(start, "this backtick is not closed")? {
                b'`' => break,
                b'\\' => self.at += 1,
                _ => {}
            }
        }
        value.extend_from_slice(MASK.as_bytes());
        Ok(())
    }

    /// `$'…'`. A NUL ends the text in bash: what follows it in the quotes is lost.
    fn ansi_quoted(&mut self, value: &mut Vec<u8>) -> Lex {
        let start = self.at;
        self.at += 2;
        let mut inner = Vec::new();
        let mut has_ended = false;
        loop {
            let before = inner.len();
            match self.next(start, "this `$'` is not closed")? {
                b'\'' => break,
                b'\\' => self.ansi_escape(start, &mut inner)?,
                byte => inner.push(byte),
            }
            has_ended |= inner.get(before) == Some(&0);
            if has_ended {
                inner.truncate(before);
            }
        }
        value.append(&mut inner);
        Ok(())
    }

    /// What follows a backslash in `$'…'`.
    fn ansi_escape(&mut self, start: usize, value: &mut Vec<u8>) -> Lex {
        let byte = self.next(start, "this `$'` is not closed")?;
        let following = self.peek(0).unwrap_or_default();
        let push_code = |value: &mut Vec<u8>, code: u32| {
            if (0xd800..=0xdfff).contains(&code) {
                // Half of a surrogate pair is not a character, but Bash writes it as three bytes.
                let bytes = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
                return value.extend(bytes.map(|byte| (byte & 0xff) as u8));
            }
            let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        };
        if let Some(control) = control_character(if byte == b'E' { b'e' } else { byte }) {
            value.push(control);
            return Ok(());
        }
        match byte {
            b'\\' | b'\'' | b'"' | b'?' => value.push(byte),
            b'0'..=b'7' => {
                self.at -= 1;
                value.push((self.number(8, 3) & 0xff) as u8);
            }
            b'x' if following.is_ascii_hexdigit() => value.push((self.number(16, 2) & 0xff) as u8),
            b'u' if following.is_ascii_hexdigit() => push_code(value, self.number(16, 4)),
            b'U' if following.is_ascii_hexdigit() => push_code(value, self.number(16, 8)),
            b'c' if following.is_ascii_alphabetic() || b"@[]^_".contains(&following) => {
                value.push(following & 0x1f);
                self.at += 1;
            }
            _ => value.extend([b'\\', byte]),
        }
        Ok(())
    }

    /// A number of at most `most` digits.
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

    /// A backtick of PowerShell and what it escapes.
    fn powershell_escape(&mut self, value: &mut Vec<u8>) {
        self.at += 1;
        let Some(escaped) = self.peek(0) else { return value.push(b'`') };
        self.at += 1;
        let code = || self.text[self.at..].strip_prefix('{')?.split_once('}').map(|(code, _)| code);
        let character = |code: &str| u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
        match (escaped, code().and_then(|code| Some((code.len() + 2, character(code)?)))) {
            (b'0', _) => value.push(0),
            (b'u', Some((length, c))) => {
                value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                self.at += length;
            }
            _ => value.push(control_character(escaped).unwrap_or(escaped)),
        }
    }

    /// A here-string of PowerShell, if one starts here: from `@'` and a line feed up to a line that begins with `'@`, or the same
    /// with double quotes.
    fn here_string(&mut self, value: &mut Vec<u8>) -> Lex {
        let start = self.at;
        let quote = self.peek(1).filter(|quote| self.peek(0) == Some(b'@') && matches!(quote, b'\'' | b'"'));
        let (Some(quote), Some(line_end)) = (quote, line_end(self.bytes, start + 2)) else { return Ok(()) };
        let text = &self.bytes[start + 2..];
        let length = memchr::memmem::find(text, &[b'\n', quote, b'@'])
            .ok_or_else(|| LexError::unclosed(start, "this here-string is not closed"))?;
        let inner = text.get(line_end..length).unwrap_or_default();
        value.extend_from_slice(inner.strip_suffix(b"\r").unwrap_or(inner));
        self.at = start + 2 + length + 3;
        Ok(())
    }
}

/// The control character that a shell writes as an escape character and this letter.
fn control_character(letter: u8) -> Option<u8> {
    let letters = b"abefnrtv";
    let position = letters.iter().position(|own| *own == letter)?;
    Some(b"\x07\x08\x1b\x0c\n\r\t\x0b"[position])
}
