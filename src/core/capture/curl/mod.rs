//! curl commands: the words of a shell, and the requests of a command.

mod cmd;
mod command;
mod lexer;
mod options;
mod tokens;

use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Source, Span};

use super::captured::Captured;
use command::{error, requests, typographic, typographic_error};
use tokens::{Command, LexError, Lexed, Word, commands};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Bash,
    Cmd,
    PowerShell,
}

pub(super) fn is_curl(text: &str) -> bool {
    text.lines().any(|line| begins_curl(line) || begins_pipe(line) && line.contains("| "))
        && text.contains("curl")
}

pub(super) fn parse(source: &Arc<Source>) -> Result<Vec<Captured>, Diagnostic> {
    let text = source.text();
    let mut found = Vec::new();
    let mut at = 0;
    // Other text may look like a pipeline and contain unclosed quotes.
    let mut attempts = 16;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
        let line = &text[at..end];
        let is_curl = begins_curl(line);
        if !is_curl && (attempts == 0 || !begins_pipe(line)) {
            at = end;
            continue;
        }
        let start = at + prompt_length(line);
        let lexed = match Quoting::of(text, line.trim_start(), start).lex(text, start) {
            Ok(lexed) => lexed,
            Err(wrong) if is_curl => {
                let mut words = words_before(text, start..wrong.span.start);
                if let Some((at, odd)) = words.find_map(|span| typographic(text, span)) {
                    return Err(typographic_error(source, at, odd));
                }
                return Err(error(source, "curl-quoting", wrong.span, wrong.message, wrong.help));
            }
            Err(_) => {
                attempts -= 1;
                at = end;
                continue;
            }
        };
        at = lexed.end.max(at + 1);
        for command in commands(lexed.tokens) {
            if let Some(arguments) = curl_arguments(&command) {
                found.extend(requests(arguments, command.stdin.as_ref(), source)?);
            }
        }
    }
    Ok(found)
}

/// The words of a part of a text with unknown quoting: split at whitespace.
fn words_before(text: &str, span: Span) -> impl Iterator<Item = Span> {
    let mut at = span.start;
    text[span].split_inclusive(char::is_whitespace).map(move |word| {
        let start = at;
        at += word.len();
        start..start + word.trim_end().len()
    })
}

impl Quoting {
    /// The shell that a command is written for, by its prompt, the name of the program, or the character that continues a
    /// line.
    fn of(text: &str, line: &str, start: usize) -> Self {
        let command = &text[start..];
        if line.starts_with("PS ") || command.starts_with('&') {
            return Self::PowerShell;
        }
        if line.get(1..3) == Some(":\\") {
            return Self::Cmd;
        }
        let (mut quote, mut before) = (None, ' ');
        for (at, c) in command.char_indices() {
            match (quote, c) {
                (None, '"') if command[..at].ends_with(" ^") => return Self::Cmd,
                (None, '\n') => match command[..at].trim_end_matches('\r') {
                    line if line.ends_with(" ^") => return Self::Cmd,
                    line if line.ends_with(" `") => return Self::PowerShell,
                    line if line.ends_with('\\') => {}
                    _ => break,
                },
                (None, '\'' | '"') if before != '\\' => quote = Some(c),
                (Some(open), _) if open == c && (open == '\'' || before != '\\') => quote = None,
                _ => {}
            }
            before = if before == '\\' && c == '\\' { ' ' } else { c };
        }
        let name = command.split_whitespace().find(|word| !is_prefix(word)).unwrap_or_default();
        let is_program = name.rsplit('.').next().is_some_and(|end| end.eq_ignore_ascii_case("exe"));
        if is_program { Self::PowerShell } else { Self::Bash }
    }

    /// The tokens from `start` to the end of the command.
    fn lex(self, text: &str, start: usize) -> Result<Lexed, LexError> {
        match self {
            Self::Bash => lexer::lex(true, text, start),
            Self::PowerShell => lexer::lex(false, text, start),
            Self::Cmd => cmd::lex(text, start),
        }
    }
}

fn is_curl_name(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    matches!(name.as_str(), "curl" | "curl.exe")
}

/// Words that can precede the name of a command: a call operator, an assignment, another command.
fn is_prefix(word: &str) -> bool {
    let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    is_assignment || matches!(word, "&" | "sudo" | "time" | "command" | "exec" | "env" | "!")
}

fn begins_curl(line: &str) -> bool {
    let rest = &line[prompt_length(line)..];
    let mut words = rest.split_whitespace().take(20).skip_while(|word| is_prefix(word));
    words.next().is_some_and(|word| is_curl_name(word.trim_matches(['"', '\''])))
}

/// Whether a line begins with a command that can provide the standard input of curl.
fn begins_pipe(line: &str) -> bool {
    let rest = &line[prompt_length(line)..];
    ["printf ", "echo "].iter().any(|name| rest.starts_with(name))
}

/// The length of the whitespace and the prompt at the beginning of a line.
fn prompt_length(line: &str) -> usize {
    let spaces = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
    let mut length = spaces(line);
    let rest = &line[length..];
    let prompt = if rest.starts_with("$ ") || rest.starts_with("% ") {
        2
    } else if rest.starts_with("PS ") || rest.get(1..3) == Some(":\\") {
        rest.find("> ").or_else(|| rest.find('>')).map_or(0, |at| at + 1)
    } else {
        0
    };
    length += prompt;
    length + spaces(&line[length..])
}

/// The arguments of a command that calls curl.
fn curl_arguments(command: &Command) -> Option<&[Word]> {
    let name = command.words.iter().position(|word| !is_prefix(&word.text()))?;
    is_curl_name(&command.words[name].text()).then(|| &command.words[name + 1..])
}
