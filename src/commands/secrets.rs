//! Keeps credentials out of the definitions file: it contains `${NAME}`, `.env` the value.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::edit::Change;
use crate::core::definitions::{DotEnv, Draft, append_dotenv, parse_dotenv};
use crate::core::secrets::{Secret, environment_name};
use crate::core::text::{Source, one_line};
use crate::io::env::{MAX_DOTENV_BYTES, dotenv_path};
use crate::io::files::{self, Update};
use crate::io::{env, repository};
use crate::output::json::Done;

use super::args::{ChangeArgs, SecretArgs};
use super::change;
use super::context::Context;
use super::error::{Result, usage};

/// Readable by the owner only.
const MODE: u32 = 0o600;

/// Values to be added to `.env`.
#[derive(Debug)]
pub struct DotEnvAdditions {
    path: PathBuf,
    /// The current contents of the file, read before the first addition.
    known: Option<DotEnv>,
    /// Names and values to be added.
    pub added: Vec<(String, Secret)>,
}

impl DotEnvAdditions {
    pub fn new(definitions: &Path) -> Self {
        Self { path: dotenv_path(definitions), known: None, added: Vec::new() }
    }

    /// Adds a value and returns its name: this one, numbered if it has another value already. Values in the process
    /// environment count, since they take precedence over `.env`.
    pub fn add(&mut self, name: &str, value: &str) -> String {
        let value = Secret::new(value);
        // If the file cannot be read, writing reports it.
        let known = self.known.get_or_insert_with(|| {
            let source = files::read_settled_source(&self.path, MAX_DOTENV_BYTES);
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

    /// Writes the values. Warns if git does not ignore the file, or if others can read it. If another program has meanwhile set a
    /// name to another value, the file stays unchanged.
    fn write(&self, cx: &mut Context) -> Result<()> {
        let shown = one_line(&self.path.display().to_string()).into_owned();
        if self.path.exists() {
            let update = Update::open(&self.path, MAX_DOTENV_BYTES, || {})?;
            let before = Arc::new(files::decode(&shown, update.bytes().to_vec())?);
            update.write(append_dotenv(&before, &self.added)?.as_bytes())?;
        } else {
            let text = append_dotenv(&Arc::new(Source::new(shown.as_str(), "")), &self.added)?;
            files::create_new(&self.path, text.as_bytes(), MODE)?;
        }
        for (name, _) in &self.added {
            cx.printer.status(&format!("stored the value of `{name}` in `{shown}`"));
        }
        let directory = files::directory_of(&self.path);
        if repository::ignores_env(directory) == Some(false) {
            cx.printer.warning("`.env` is not in `.gitignore`: add it, or git will commit the secret");
        }
        if files::is_open_to_others(&self.path) {
            cx.printer
                .warning(&format!("other users of this machine can read `{shown}`: run `chmod 600` on it"));
        }
        Ok(())
    }
}

/// Refuses empty credentials on the command line: the shell may have expanded `${NAME}`.
pub fn require_values(draft: &Draft, before: &Draft, how: SecretArgs) -> Result<()> {
    let Some((what, scheme)) = draft.missing_credential(before).filter(|_| !how.literal) else {
        return Ok(());
    };
    let message = match scheme.as_str() {
        "" => format!("{what} is empty"),
        scheme => format!("{what} has no credential after `{scheme}`"),
    };
    let help = "use single quotes: in double quotes, the shell replaces `${NAME}` (`--literal` accepts the empty value)";
    Err(usage(message).help(help))
}

/// Asks to move literal credentials in new fields to `.env`; with `--to-env`, moves all without asking.
pub fn move_to_dotenv(
    cx: &mut Context,
    handle: &str,
    draft: &mut Draft,
    before: &Draft,
    how: SecretArgs,
    moves: &mut DotEnvAdditions,
) -> Result<()> {
    if how.literal {
        return Ok(());
    }
    let nothing = Draft::default();
    for literal in draft.literals(if how.to_env { &nothing } else { before }) {
        let name = environment_name(handle, &literal.name);
        if how.to_env || wants_move(cx, handle, &literal.what, &name)? {
            let name = moves.add(&name, draft.value_of(&literal));
            draft.replace(&literal, &format!("${{{name}}}"));
        }
    }
    Ok(())
}

/// Asks whether to store a credential in `.env`.
pub fn wants_move(cx: &mut Context, handle: &str, what: &str, name: &str) -> Result<bool> {
    let message = format!("{handle}: {what} looks like a credential");
    if !cx.printer.can_ask() {
        return Err(usage(message).help(format!(
            "write `${{{name}}}` instead, or use `--to-env` to store the value in `.env`, or `--literal` to keep it"
        )));
    }
    cx.printer.status(&message);
    Ok(cx.prompt().confirm(&format!("Store it in `.env`, and write `${{{name}}}` instead?"), true)?)
}

/// Writes `.env` before the definitions: a failure can leave an unused value, but never a reference without a value.
pub fn write_with(
    cx: &mut Context,
    how: &ChangeArgs,
    moves: &DotEnvAdditions,
    changes: &[Change],
    done: &[Done],
) -> Result {
    store(cx, how, moves, Some(changes))?;
    change::write(cx, how, changes, done)
}

/// Writes `.env`. With `changes` to an existing definitions file, first refuses those that cannot succeed.
pub fn store(
    cx: &mut Context,
    how: &ChangeArgs,
    moves: &DotEnvAdditions,
    changes: Option<&[Change]>,
) -> Result<()> {
    if how.dry_run {
        for (name, _) in &moves.added {
            cx.printer.status(&format!("would store the value of `{name}` in `.env`"));
        }
    } else if !moves.added.is_empty() {
        if let Some(changes) = changes {
            change::require_writable(cx, how)?;
            change::apply_in_memory(cx, changes)?;
        }
        moves.write(cx)?;
    }
    Ok(())
}
