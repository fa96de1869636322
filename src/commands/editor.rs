//! `hooks edit --editor`: the block of one webhook in the person's own editor.

use crate::core::definitions::Definitions;
use crate::core::definitions::edit::{self, Change};
use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Source, one_line};
use crate::io::editor;
use crate::output::pick;
use crate::output::text::Done;

use super::args::ChangeArgs;
use super::change;
use super::context::Context;
use super::error::{Error, Result, refused, usage};
use super::exit::Exit;

/// Runs it.
///
/// # Errors
/// When there is no editor, or what comes back from it is no such webhook and is given up.
pub fn run(cx: &mut Context, how: &ChangeArgs, definitions: &Definitions, handle: &str) -> Result {
    change::require_writable(cx, how)?;
    let before = block_of(definitions, handle)?;
    let mut text = before.clone();
    loop {
        let after = edited(&text);
        text = after.map_err(|error| if text == before { error } else { with_kept(cx, error, &text) })?;
        if text == before {
            cx.printer.status("nothing was changed");
            return Ok(Exit::Success);
        }
        let Some(error) = attempt(cx, how, handle, &before, &text)? else { return Ok(Exit::Success) };
        if !cx.printer.can_ask() {
            return Err(with_kept(cx, error, &text));
        }
        error.report(&mut cx.printer);
        let answer = pick::confirm("Go back to the editor?", true, cx.printer.style_err().is_on);
        if !answer.map_err(|error| with_kept(cx, error.into(), &text))? {
            return Err(refused("nothing was written").help(kept(&text)));
        }
    }
}

/// Writes the block; the error when it is wrong in itself, so that the person can go back in.
fn attempt(
    cx: &mut Context,
    how: &ChangeArgs,
    handle: &str,
    before: &str,
    text: &str,
) -> Result<Option<Error>> {
    let changes = [Change::Replace { handle: handle.to_owned(), block: text.to_owned() }];
    let written = cx.definitions_to_edit().and_then(|today| {
        // Another program may have changed the file while the editor was open.
        require_same(&today.source, handle, before)?;
        if let Err(error) = change::rehearse(cx, &changes) {
            return Ok(Some(error));
        }
        let done = [Done { webhook: handle.to_owned(), what: "changed", to: None }];
        change::write_if(cx, how, &changes, &done, |now| require_same(now, handle, before))?;
        Ok(None)
    });
    written.map_err(|error| with_kept(cx, error, text))
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
        editor::EditorError::None => {
            usage("there is no editor").help("set `VISUAL` or `EDITOR`, as in `EDITOR=nano`")
        }
        editor::EditorError::Failed(why) => {
            Diagnostic::error("editor-failed", format!("the editor failed: {why}"))
                .help("nothing was changed; check `VISUAL` and `EDITOR`")
                .into()
        }
    })
}

/// Fails when the block is not what was given to the editor.
fn require_same(now: &Source, handle: &str, before: &str) -> Result<()> {
    let text = now.text();
    let block: Option<String> =
        edit::block(text, handle).map(|spans| spans.into_iter().map(|span| &text[span]).collect());
    if block.as_deref() == Some(before) {
        return Ok(());
    }
    let file = one_line(now.name());
    let message = format!("`{handle}` in `{file}` was changed by another program meanwhile");
    Err(Diagnostic::error("file-changed", message)
        .help("nothing was written; look at it, then try again")
        .into())
}

/// Keeps what was typed, and says where, whatever it was that went wrong.
fn with_kept(cx: &mut Context, error: Error, text: &str) -> Error {
    let kept = kept(text);
    if error.exit() == Exit::Unusable {
        return error.help(kept);
    }
    cx.printer.hint(&kept);
    error
}

fn kept(text: &str) -> String {
    match editor::keep(text, ".toml") {
        Ok(path) => format!("what you wrote is kept in `{}`", one_line(&path.display().to_string())),
        Err(_) => "what you wrote could not be kept".to_owned(),
    }
}
