//! Words as the Windows command prompt and the C runtime of curl read them. First `cmd` removes its carets and finds the
//! end of the command, then the runtime splits the rest by its rules for quotes and backslashes.

use crate::core::secrets::MASK;

use super::tokens::{LexError, Lexed, Token, Word, line_end, operator};

/// The tokens from `start` to the end of the command: a line feed without a caret before it.
pub(super) fn lex(text: &str, start: usize) -> Result<Lexed, LexError> {
    let mut tokens = Vec::new();
    let mut command: Vec<(u8, usize)> = Vec::new();
    let bytes = text.as_bytes();
    let (mut at, mut in_quotes) = (start, false);
    while at < bytes.len() {
        let byte = bytes[at];
        if let Some(length) = line_end(bytes, at) {
            at += length;
            break;
        }
        match byte {
            b'^' if !in_quotes => {
                at += 1;
                // A caret at the end of a line continues it; the first character of the next line is literal.
                at += line_end(bytes, at).unwrap_or(0);
                if let Some(length) = line_end(bytes, at) {
                    command.push((b'\n', at));
                    at += length;
                } else if let Some(escaped) = bytes.get(at) {
                    command.push((*escaped, at));
                    at += 1;
                }
                continue;
            }
            b'"' => in_quotes = !in_quotes,
            b'|' | b'&' | b'<' | b'>' if !in_quotes => {
                words(&command, at, &mut tokens)?;
                command.clear();
                let (token, length) = operator(&text[at..]);
                tokens.push(token);
                at += length;
                continue;
            }
            b'%' => {
                if let Some(length) = variable(&bytes[at..]) {
                    command.extend(MASK.bytes().map(|byte| (byte, at)));
                    at += length;
                    continue;
                }
            }
            _ => {}
        }
        command.push((byte, at));
        at += 1;
    }
    words(&command, at, &mut tokens)?;
    Ok(Lexed { tokens, end: at })
}

/// The length of `%NAME%`, if a text begins with that.
fn variable(bytes: &[u8]) -> Option<usize> {
    let name = bytes[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let begins = bytes.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    (begins && bytes.get(name + 1) == Some(&b'%')).then_some(name + 2)
}

/// Splits a command line as the C runtime does.
fn words(command: &[(u8, usize)], end: usize, tokens: &mut Vec<Token>) -> Result<(), LexError> {
    let mut at = 0;
    let place = |at: usize| command.get(at).map_or(end, |(_, place)| *place);
    loop {
        while matches!(command.get(at), Some((b' ' | b'\t', _))) {
            at += 1;
        }
        if at >= command.len() {
            return Ok(());
        }
        let start = place(at);
        let (value, next) = word(command, at)?;
        at = next;
        tokens.push(Token::Word(Word { value, span: start..place(at).max(start + 1) }));
    }
}

/// One word, and where it ends.
fn word(command: &[(u8, usize)], mut at: usize) -> Result<(Vec<u8>, usize), LexError> {
    let mut value = Vec::new();
    let mut quote = None;
    while let Some((byte, place)) = command.get(at).copied() {
        match byte {
            b' ' | b'\t' if quote.is_none() => break,
            b'\\' => {
                let run = command[at..].iter().take_while(|(byte, _)| *byte == b'\\').count();
                at += run;
                let is_before_quote = matches!(command.get(at), Some((b'"', _)));
                value.extend(std::iter::repeat_n(b'\\', if is_before_quote { run / 2 } else { run }));
                if is_before_quote && run % 2 == 1 {
                    value.push(b'"');
                    at += 1;
                }
                continue;
            }
            b'"' if quote.is_some() && matches!(command.get(at + 1), Some((b'"', _))) => {
                value.push(b'"');
                at += 1;
            }
            b'"' => quote = if quote.is_some() { None } else { Some(place) },
            _ => value.push(byte),
        }
        at += 1;
    }
    match quote {
        Some(place) => Err(LexError::unclosed(place, "this double quote is not closed")),
        None => Ok((value, at)),
    }
}
