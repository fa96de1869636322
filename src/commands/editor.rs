//! `hooks edit --editor`: the block of one webhook in the person's own editor.

use crate::core::definitions::Definitions;
use crate::core::definitions::edit::{self, Change};
use crate::core::diagnostic::Diagnostic;
use crate::core::text::one_line;
use crate::effects::editor;
use crate::face::pick;
use crate::face::view::Done;

use super::args::ChangeArgs;
use super::change;
use super::context::Context;
use super::error::{Error, Result};
use super::exit::Exit;

/// Runs it.
///
/// # Errors
/// When there is no editor, or what comes back from it is no such webhook and is given up.
pub fn run(cx: &mut Context, how: &ChangeArgs, definitions: &Definitions, handle: &str) -> Result {
    let before = block_of(definitions, handle)?;
    let mut text = before.clone();
    loop {
        text = edited(&text)?;
        if text == before {
            cx.ui.status("nothing was changed");
            return Ok(Exit::Success);
        }
        // The file may have been changed by another program while the editor was open.
        let today = cx.definitions_to_edit()?;
        if block_of(&today, handle).ok().as_ref() != Some(&before) {
            return Err(changed_meanwhile(definitions, handle, &text));
        }
        let changes = [Change::Replace { handle: handle.to_owned(), block: text.clone() }];
        match change::rehearse(cx, &changes) {
            Ok(_) => {
                let done = [Done { webhook: handle.to_owned(), what: "changed", to: None }];
                return change::write(cx, how, &changes, &done);
            }
            Err(error) => {
                if !cx.ui.can_ask() {
                    return Err(error);
                }
                error.report(&mut cx.ui);
                if !pick::confirm("Go back to the editor?", true, cx.ui.paint_err().is_on)? {
                    return Err(given_up(&text));
                }
            }
        }
    }
}

fn block_of(definitions: &Definitions, handle: &str) -> Result<String> {
    let text = definitions.source.text();
    let Some(spans) = edit::block(text, handle) else {
        // The editor of definitions has the words for an unknown handle.
        let change = [Change::Remove { handle: handle.to_owned() }];
        let error = edit::apply(text, &change).err();
        let finding = error.map(|error| error.to_diagnostic(&definitions.source));
        return Err(finding
            .unwrap_or_else(|| {
                Diagnostic::error(
                    "unknown-webhook",
                    format!("no webhook has the handle `{}`", one_line(handle)),
                )
            })
            .into());
    };
    Ok(spans.into_iter().map(|span| &text[span]).collect())
}

fn edited(text: &str) -> Result<String> {
    editor::edit(text, ".toml").map_err(|error| match error {
        editor::EditorError::None => Error::Usage {
            message: "there is no editor".to_owned(),
            help: "set `VISUAL` or `EDITOR`, as in `EDITOR=nano`".to_owned(),
        },
        editor::EditorError::Failed(why) => {
            Error::Other(anyhow::anyhow!("the editor failed: {why}; nothing was changed"))
        }
    })
}

fn changed_meanwhile(definitions: &Definitions, handle: &str, text: &str) -> Error {
    let file = one_line(definitions.source.name()).into_owned();
    let message = format!("`{handle}` in `{file}` was changed by another program meanwhile");
    Diagnostic::error("file-changed", message).help(kept(text)).into()
}

fn given_up(text: &str) -> Error {
    Error::Refused { message: "nothing was written".to_owned(), help: kept(text) }
}

/// Keeps what was typed, and says where.
fn kept(text: &str) -> String {
    match editor::keep(text, ".toml") {
        Ok(path) => format!("what you wrote is kept in `{}`", one_line(&path.display().to_string())),
        Err(_) => "what you wrote could not be kept".to_owned(),
    }
}
