//! The person's editor, on a temporary file that only they can read.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{env, interrupt};

/// Why nothing came back from an editor.
#[derive(Debug)]
pub enum EditorError {
    /// None is set.
    None,
    /// It could not be started, or ended with an error.
    Failed(String),
}

/// Opens a text in `$VISUAL` or else `$EDITOR` and returns it as it was saved. `suffix` is the ending of
/// the temporary file, by which editors choose their colours.
///
/// # Errors
/// When there is no editor, or it fails.
pub fn edit(text: &str, suffix: &str) -> Result<String, EditorError> {
    let failed = |error: io::Error| EditorError::Failed(error.to_string());
    let editor = env::setting("VISUAL").or_else(|| env::setting("EDITOR")).ok_or(EditorError::None)?;
    let mut file = tempfile::Builder::new().prefix("hooks-").suffix(suffix).tempfile().map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(failed)?;
    // Ctrl-C is the editor's to understand.
    let held = interrupt::hold().map_err(failed)?;
    let status = command(&editor, file.path()).status().map_err(failed)?;
    drop(held);
    if !status.success() {
        return Err(EditorError::Failed(format!("it ended with {status}")));
    }
    // Many editors put a new file in the place of the old one: it is read by its name.
    let bytes = std::fs::read(file.path()).map_err(failed)?;
    String::from_utf8(bytes).map_err(|_| EditorError::Failed("what it saved is not UTF-8".to_owned()))
}

/// The variable holds words, as in `code --wait`.
fn command(editor: &str, path: &Path) -> Command {
    if cfg!(windows) {
        let mut words = editor.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or(editor));
        command.args(words).arg(path);
        return command;
    }
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(path);
    command
}

/// Keeps a text in a file of its own, so that nothing typed is lost.
///
/// # Errors
/// When it cannot be written.
pub fn keep(text: &str, suffix: &str) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new().prefix("hooks-").suffix(suffix).tempfile()?;
    file.write_all(text.as_bytes())?;
    let (_, path) = file.keep().map_err(|error| error.error)?;
    Ok(path)
}
