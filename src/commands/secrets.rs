//! Keeps credentials out of the definitions: `${NAME}` there, the value in `.env`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::edit::Change;
use crate::core::definitions::{DotEnv, Draft, dotenv_line, parse_dotenv};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::secrets::{
    Secret, credentials, empty_parameter, environment_name, lacks_credential, url_credentials,
};
use crate::core::text::{Source, Span, one_line};
use crate::io::environment::{LARGEST_DOTENV, dotenv_path};
use crate::io::files::{self, Update};
use crate::io::{env, repository};
use crate::output::text::Done;

use super::args::{ChangeArgs, SecretArgs};
use super::change;
use super::context::Context;
use super::error::{Result, usage};

/// Only the person who owns it reads it.
const MODE: u32 = 0o600;

/// Values on their way into `.env`.
#[derive(Debug)]
pub struct Moves {
    path: PathBuf,
    /// The values that the file sets; read when the first value is moved.
    known: Option<DotEnv>,
    /// Names and values to be added.
    pub added: Vec<(String, Secret)>,
}

impl Moves {
    /// Nothing yet, for the `.env` of the definitions.
    pub fn new(definitions: &Path) -> Self {
        Self { path: dotenv_path(definitions), known: None, added: Vec::new() }
    }

    /// Takes a value in, under this name or, where it has another value already, one with a number; says
    /// which. The process environment counts, for it comes before `.env`.
    pub fn take(&mut self, name: &str, value: &str) -> String {
        let value = Secret::new(value);
        // A file that cannot be read cannot be written either, which is reported then.
        let known = self.known.get_or_insert_with(|| {
            let source = files::read_settled_source(&self.path, LARGEST_DOTENV);
            source.map(|source| parse_dotenv(&Arc::new(source))).unwrap_or_default()
        });
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let candidates = std::iter::once(name.to_owned()).chain(numbered);
        for candidate in candidates {
            let outer = env::variable(&candidate).map(Secret::new);
            if outer.is_some_and(|outer| outer != value) {
                continue;
            }
            let taken = self.added.iter().find(|(own, _)| *own == candidate).map(|(_, value)| value);
            match taken.or_else(|| known.get(&candidate)) {
                Some(own) if *own == value => return candidate,
                Some(_) => {}
                None => {
                    self.added.push((candidate.clone(), value));
                    return candidate;
                }
            }
        }
        name.to_owned()
    }

    /// Writes what was taken in; says so, and warns when the file would get into the repository.
    ///
    /// # Errors
    /// When the file cannot be written, or another program gave a name another value meanwhile; it is as
    /// it was then.
    fn write(&self, cx: &mut Context) -> Result<()> {
        let shown = one_line(&self.path.display().to_string()).into_owned();
        if self.path.exists() {
            let update = Update::open(&self.path, LARGEST_DOTENV, || {})?;
            let before = files::decode(&shown, update.bytes().to_vec())?;
            self.require_addable(&before)?;
            let after = self.appended_to(&before);
            update.write(after.as_bytes())?;
        } else {
            let lines = self.lines("\n");
            files::create_new(&self.path, lines.as_bytes(), MODE)?;
        }
        for (name, _) in &self.added {
            cx.printer.status(&format!("put the value of `{name}` into `{shown}`"));
        }
        let folder =
            self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if repository::ignores_env(folder) == Some(false) {
            cx.printer.warning("`.env` is not in `.gitignore`: git would take the secret in");
        }
        if files::is_open_to_others(&self.path) {
            cx.printer.warning(&format!(
                "other users of this machine may read `{shown}`; `chmod 600` keeps it to yourself"
            ));
        }
        Ok(())
    }

    /// The lines that set the values that were moved.
    fn lines(&self, line_ending: &str) -> String {
        self.added.iter().map(|(name, value)| dotenv_line(name, value.reveal(), line_ending)).collect()
    }

    /// The text with the new lines appended, with the line endings of the file.
    fn appended_to(&self, before: &Source) -> String {
        let line_ending = if before.text().contains("\r\n") { "\r\n" } else { "\n" };
        let mut text = before.whole().to_owned();
        if !before.text().is_empty() && !text.ends_with('\n') {
            text.push_str(line_ending);
        }
        text.push_str(&self.lines(line_ending));
        text
    }

    /// Fails if an unclosed quote would absorb the new lines, or if a name that is about to be set has another value by
    /// now, which would be lost.
    fn require_addable(&self, source: &Source) -> Result<()> {
        let shown = source.name();
        let now = parse_dotenv(&Arc::new(Source::new(shown, source.whole())));
        if now.has_open_quote {
            let message = format!("cannot add a line to `{shown}`: a quote in it is not closed");
            let finding = now.problems.into_iter().map(|own| Diagnostic { level: Level::Error, ..own });
            let own = Diagnostic::error("dotenv-syntax", message).help("close the quote, then try again");
            return Err(finding.chain([own]).collect::<Vec<_>>().into());
        }
        let is_taken = |(name, value): &(String, Secret)| now.get(name).is_some_and(|own| own != value);
        if !self.added.iter().any(is_taken) {
            return Ok(());
        }
        Err(Diagnostic::error("file-changed", format!("another program changed `{shown}` in the meantime"))
            .help("try again")
            .into())
    }
}

/// Refuses credentials from the command line that are empty: the shell has expanded `${NAME}`.
///
/// # Errors
/// The first among the fields that `before` does not have.
pub fn require_values(draft: &Draft, before: &Draft, how: SecretArgs) -> Result<()> {
    if how.literal {
        return Ok(());
    }
    let new = |own: &[(String, String)], before: &[(String, String)]| {
        let lacking = own.iter().find(|(name, value)| {
            lacks_credential(name, value) && !before.iter().any(|(own, text)| own == name && text == value)
        });
        lacking.cloned()
    };
    let url = draft.payload_url.as_deref().filter(|_| draft.payload_url != before.payload_url);
    let (what, value) = if let Some(parameter) = url.and_then(empty_parameter) {
        (format!("the parameter `{}` of the payload URL", one_line(&parameter)), String::new())
    } else if let Some((name, value)) = new(&draft.header, &before.header) {
        (format!("the header `{}`", one_line(&name)), value)
    } else if let Some((key, value)) = new(&draft.body, &before.body) {
        (format!("the body field `{}`", one_line(&key)), value)
    } else {
        return Ok(());
    };
    let message = match value.trim() {
        "" => format!("{what} is empty"),
        scheme => format!("{what} has no credential after `{scheme}`"),
    };
    let help = "put the option in single quotes: in double quotes the shell replaces `${NAME}`; `--literal` leaves the value as it is";
    Err(usage(message).help(help.to_owned()))
}

/// Finds literal credentials in the payload URL, the headers and the body fields that `before` does not have, or in
/// all when that was asked for, and moves those that are to be moved.
///
/// # Errors
/// When nobody said what to do with one, and nobody can be asked.
pub fn keep_out(
    cx: &mut Context,
    handle: &str,
    draft: &mut Draft,
    before: &Draft,
    how: SecretArgs,
    moves: &mut Moves,
) -> Result<()> {
    if how.literal {
        return Ok(());
    }
    let is_new = how.to_env || draft.payload_url != before.payload_url;
    if let Some(url) = draft.payload_url.as_mut().filter(|_| is_new) {
        for found in url_credentials(url).into_iter().rev() {
            let what = if found.is_user_info {
                format!("the {} in the payload URL", found.name)
            } else {
                format!("the parameter `{}` of the payload URL", one_line(&found.name))
            };
            keep_one_out(cx, &what, &environment_name(handle, &found.name), url, found.span, how, moves)?;
        }
    }
    let headers = draft.header.iter_mut().filter(|pair| how.to_env || !before.header.contains(pair));
    for (name, value) in headers {
        for span in credentials(name, value).into_iter().rev() {
            let what = format!("the value of the header `{}`", one_line(name));
            keep_one_out(cx, &what, &environment_name(handle, name), value, span, how, moves)?;
        }
    }
    let fields = draft.body.iter_mut().filter(|pair| how.to_env || !before.body.contains(pair));
    for (key, value) in fields {
        for span in credentials(key, value).into_iter().rev() {
            let what = format!("the value of the body field `{}`", one_line(key));
            keep_one_out(cx, &what, &environment_name(handle, key), value, span, how, moves)?;
        }
    }
    Ok(())
}

fn keep_one_out(
    cx: &mut Context,
    what: &str,
    name: &str,
    value: &mut String,
    span: Span,
    how: SecretArgs,
    moves: &mut Moves,
) -> Result<()> {
    if !how.to_env {
        if !cx.printer.can_ask() {
            return Err(usage(format!("{what} looks like a credential")).help(format!(
                    "write `${{{name}}}` in its place, or let `--to-env` put the value into `.env`; `--literal` leaves it as it is"
                )));
        }
        cx.printer.status(&format!("{what} looks like a credential"));
        let question = format!("Put it into `.env`, with `${{{name}}}` in its place?");
        if !cx.prompt().confirm(&question, true)? {
            return Ok(());
        }
    }
    let name = moves.take(name, &value[span.clone()]);
    value.replace_range(span, &format!("${{{name}}}"));
    Ok(())
}

/// Makes changes, with `.env` written before the definitions that name what is in it: should the second
/// fail, there is a value too many, never a name without one. What is sure to be refused is refused first.
///
/// # Errors
/// When either cannot be written.
pub fn write_with(
    cx: &mut Context,
    how: &ChangeArgs,
    moves: &Moves,
    changes: &[Change],
    done: &[Done],
) -> Result {
    if how.dry_run {
        for (name, _) in &moves.added {
            cx.printer.status(&format!("the value of `{name}` would go into `.env`"));
        }
    } else if !moves.added.is_empty() {
        change::require_writable(cx, how)?;
        change::rehearse(cx, changes)?;
        moves.write(cx)?;
    }
    change::write(cx, how, changes, done)
}
