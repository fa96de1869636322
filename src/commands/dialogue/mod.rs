//! The guided dialogue of `add` and `edit`: one question a field, with today's value to begin from, each
//! answer checked at once.

mod answers;
mod fields;
mod look;

use crate::core::definitions::{Definitions, Draft};
use crate::face::pick;

use super::context::Context;
use super::error::Result;
use super::secrets::Moves;

pub use answers::require_sound;
pub use look::confirm;

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The definitions as they are.
    pub definitions: &'a Definitions,
    /// The handle, if it is known already.
    pub handle: Option<&'a str>,
    /// Whether the webhook is to be made.
    pub is_new: bool,
}

/// Asks for everything and returns the handle.
///
/// # Errors
/// When the person gives up.
pub fn run(cx: &mut Context, subject: Subject<'_>, draft: &mut Draft, moves: &mut Moves) -> Result<String> {
    let is_coloured = cx.ui.paint_err().is_on;
    let handle = if let Some(handle) = subject.handle {
        handle.to_owned()
    } else {
        let check = |text: &str| answers::handle(text, subject.definitions);
        pick::ask("Handle, the short name that commands use", is_coloured, check)?.trim().to_owned()
    };
    let questions = fields::Questions::new(is_coloured, &handle);
    questions.label(draft)?;
    questions.trigger(draft)?;
    questions.trigger_element(draft)?;
    questions.prokey_filter(draft)?;
    questions.method(draft)?;
    questions.payload_url(draft)?;
    questions.headers(cx, draft, moves)?;
    questions.body(cx, draft, moves)?;
    if !subject.is_new {
        questions.active(draft)?;
    }
    Ok(handle)
}
