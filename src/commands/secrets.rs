//! Keeps credentials out of the definitions: `${NAME}` there, the value in `.env`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::edit::Change;
use crate::core::definitions::{DotEnv, Draft, append_dotenv, parse_dotenv};
use crate::core::secrets::{Secret, environment_name};
use crate::core::text::{Source, one_line};
use crate::io::env::{LARGEST_DOTENV, dotenv_path};
use crate::io::files::{self, Update};
use crate::io::{env, repository};
use crate::output::json::Done;

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

    /// Writes the values, says so, and warns if the file would get into the repository.
    ///
    /// # Errors
    /// If the file cannot be written, or another program gave a name another value meanwhile; it is unchanged then.
    fn write(&self, cx: &mut Context) -> Result<()> {
        let shown = one_line(&self.path.display().to_string()).into_owned();
        if self.path.exists() {
            let update = Update::open(&self.path, LARGEST_DOTENV, || {})?;
            let before = Arc::new(files::decode(&shown, update.bytes().to_vec())?);
            update.write(append_dotenv(&before, &self.added)?.as_bytes())?;
        } else {
            let text = append_dotenv(&Arc::new(Source::new(shown.as_str(), "")), &self.added)?;
            files::create_new(&self.path, text.as_bytes(), MODE)?;
        }
        for (name, _) in &self.added {
            cx.printer.status(&format!("put the value of `{name}` into `{shown}`"));
        }
        let directory =
            self.path.parent().filter(|own| !own.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if repository::ignores_env(directory) == Some(false) {
            cx.printer.warning("`.env` is not in `.gitignore`: git would take the secret in");
        }
        if files::is_open_to_others(&self.path) {
            cx.printer.warning(&format!(
                "other users of this machine may read `{shown}`; `chmod 600` keeps it to yourself"
            ));
        }
        Ok(())
    }
}

/// Refuses credentials from the command line that are empty: the shell has expanded `${NAME}`.
pub fn require_values(draft: &Draft, before: &Draft, how: SecretArgs) -> Result<()> {
    let Some((what, scheme)) = draft.missing_credential(before).filter(|_| !how.literal) else {
        return Ok(());
    };
    let message = match scheme.as_str() {
        "" => format!("{what} is empty"),
        scheme => format!("{what} has no credential after `{scheme}`"),
    };
    let help = "put the option in single quotes: in double quotes the shell replaces `${NAME}`; `--literal` leaves the value as it is";
    Err(usage(message).help(help))
}

/// Moves the literal credentials in the fields that `before` does not have, or in all with `--to-env`, if the person
/// agrees.
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
    let nothing = Draft::default();
    for literal in draft.literals(if how.to_env { &nothing } else { before }) {
        let name = environment_name(handle, &literal.name);
        if how.to_env || wants_move(cx, &literal.what, &name)? {
            let name = moves.take(&name, draft.value_of(&literal));
            draft.replace(&literal, &format!("${{{name}}}"));
        }
    }
    Ok(())
}

fn wants_move(cx: &mut Context, what: &str, name: &str) -> Result<bool> {
    let message = format!("{what} looks like a credential");
    if !cx.printer.can_ask() {
        return Err(usage(message).help(format!(
            "write `${{{name}}}` in its place, or let `--to-env` put the value into `.env`; `--literal` leaves it as it is"
        )));
    }
    cx.printer.status(&message);
    Ok(cx.prompt().confirm(&format!("Put it into `.env`, with `${{{name}}}` in its place?"), true)?)
}

/// Makes changes, with `.env` written before the definitions that name what is in it: should the second
/// fail, there is a value too many, never a name without one. What is sure to be refused is refused first.
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
