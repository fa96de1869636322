//! The output of the lexers: words with their positions, operators, and commands.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::core::text::Span;

/// A word of a command, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) value: Vec<u8>,
    pub(super) span: Span,
}

impl Word {
    pub(super) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.value)
    }

    /// The argument that curl receives. PowerShell 7.3 passes text unchanged; older versions need a backslash before each quote,
    /// which the C runtime removes, and it halves the backslashes before that. JSON has no backslash before its first quote.
    pub(super) fn from_powershell(text: &[u8], span: Span) -> Self {
        let first = memchr::memchr(b'"', text).and_then(|quote| quote.checked_sub(1));
        if first.is_none_or(|before| text[before] != b'\\') {
            return Self { value: text.to_vec(), span };
        }
        let mut value = Vec::with_capacity(text.len());
        for byte in text {
            if *byte == b'"' {
                let backslashes = value.iter().rev().take_while(|byte| **byte == b'\\').count();
                value.truncate(value.len() - backslashes.div_ceil(2));
            }
            value.push(*byte);
        }
        Self { value, span }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// `|`
    Pipe,
    /// The end of a pipeline, such as `;` or `&&`.
    Separator,
    /// A redirection, of standard input or of an output; the next word is its target.
    Redirection {
        is_input: bool,
    },
    /// Standard input in the command itself: a here-document or here-string.
    Stdin(Vec<u8>),
}

/// The tokens of a command, and where it ends.
#[derive(Debug)]
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) struct LexError {
    pub(super) span: Span,
    pub(super) message: &'static str,
    pub(super) help: &'static str,
}

impl LexError {
    pub(super) fn unclosed(at: usize, message: &'static str) -> Self {
        Self { span: at..at + 1, message, help: "the command may be truncated: pass the whole command" }
    }
}

pub(super) fn is_operator(byte: u8) -> bool {
    matches!(byte, b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>')
}

/// The operator at the start of a text, and its length.
pub(super) fn operator(text: &str) -> (Token, usize) {
    const LONG: [&str; 10] = ["||", "&&", ";;", "|&", "&>", ">&", ">>", ">|", "<&", "<>"];
    let length = if LONG.iter().any(|own| text.starts_with(own)) { 2 } else { 1 };
    let token = match &text[..length] {
        "|" | "|&" => Token::Pipe,
        own if own.contains(['<', '>']) => Token::Redirection { is_input: own.starts_with('<') },
        _ => Token::Separator,
    };
    (token, length)
}

/// The length of the line end at this offset, if any.
pub(super) fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\n'), _) => Some(1),
        (Some(b'\r'), Some(b'\n')) => Some(2),
        _ => None,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stdin {
    Known(Vec<u8>),
    Unknown,
}

#[derive(Debug, Default)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    pub(super) stdin: Option<Stdin>,
}

/// The commands of a line; in a pipeline, each reads what the one before it writes.
pub(super) fn commands(tokens: Vec<Token>) -> Vec<Command> {
    let mut all = Vec::new();
    let mut command = Command::default();
    let mut redirection = None;
    for token in tokens {
        match token {
            Token::Word(_) if redirection.is_some() => {
                if redirection.take() == Some(true) {
                    command.stdin = Some(Stdin::Unknown);
                }
            }
            Token::Word(word) => command.words.push(word),
            Token::Redirection { is_input } => redirection = Some(is_input),
            Token::Stdin(text) => command.stdin = Some(Stdin::Known(text)),
            Token::Pipe => {
                let next = Command { stdin: Some(output(&command)), ..Command::default() };
                all.push(std::mem::replace(&mut command, next));
            }
            Token::Separator => all.push(std::mem::take(&mut command)),
        }
    }
    all.push(command);
    all
}

/// The standard output of a command, if it is one of a few common ones.
fn output(command: &Command) -> Stdin {
    let words: Vec<Cow<'_, str>> = command.words.iter().map(Word::text).collect();
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let value = |index: usize| command.words.get(index).map(|word| word.value.clone()).unwrap_or_default();
    match (words.as_slice(), &command.stdin) {
        (["printf", "%s", _] | ["echo", "-n", _], _) => Stdin::Known(value(2)),
        (["printf", "%s\\n", _] | ["echo", _], _) => {
            let mut line = value(words.len() - 1);
            line.push(b'\n');
            Stdin::Known(line)
        }
        (["base64", "-d" | "-D" | "--decode"], Some(Stdin::Known(text))) => {
            let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let decoded = STANDARD.decode(text);
            decoded.map_or(Stdin::Unknown, Stdin::Known)
        }
        (["cat"] | ["cat", "-"], Some(stdin)) => stdin.clone(),
        _ => Stdin::Unknown,
    }
}
