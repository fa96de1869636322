//! The guided dialogue of `add` and `edit`: one question a field, with today's value to begin from, each
//! answer checked at once.

mod answers;
mod equivalent;
mod fields;
mod look;

use crate::core::definitions::{Definitions, Draft};
use crate::output::pick::NoAnswer;

use super::context::Context;
use super::error::Result;
use super::secrets::Moves;

use self::fields::{Asked, Questions};

pub use answers::require_sound;
pub use equivalent::command;
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

type Step = fn(&Questions, &mut Context, Subject<'_>, &mut Draft, &mut Moves) -> Asked;

const STEPS: [Step; 10] = [
    |questions, _, subject, _, _| match subject.handle {
        Some(_) => Ok(false),
        None => questions.handle(subject.definitions),
    },
    |questions, _, _, draft, _| questions.label(draft),
    |questions, _, _, draft, _| questions.trigger(draft),
    |questions, _, _, draft, _| questions.trigger_element(draft),
    |questions, _, _, draft, _| questions.prokey_filter(draft),
    |questions, _, _, draft, _| questions.method(draft),
    |questions, _, _, draft, _| questions.payload_url(draft),
    |questions, cx, _, draft, moves| questions.headers(cx, draft, moves),
    |questions, cx, _, draft, moves| questions.body(cx, draft, moves),
    |questions, _, subject, draft, _| if subject.is_new { Ok(false) } else { questions.active(draft) },
];

/// Asks for everything and returns the handle. Shift-Tab leads back to the previous question, with its answer to edit.
///
/// # Errors
/// When the person gives up.
pub fn run(cx: &mut Context, subject: Subject<'_>, draft: &mut Draft, moves: &mut Moves) -> Result<String> {
    let questions = Questions::new(cx.printer.style_err().is_on, subject.handle);
    cx.printer.hint("Shift-Tab goes back to the previous question, Escape leaves without writing anything");
    let (mut step, mut asked) = (0, Vec::new());
    while let Some(ask) = STEPS.get(step) {
        questions.set_can_go_back(!asked.is_empty());
        match ask(&questions, cx, subject, draft, moves) {
            Ok(is_asked) => {
                asked.extend(is_asked.then_some(step));
                step += 1;
            }
            Err(NoAnswer::Back) => step = asked.pop().unwrap_or_default(),
            Err(reason) => return Err(reason.into()),
        }
    }
    // A value that was typed and then replaced is not needed.
    let values = || draft.header.iter().chain(&draft.body).map(|(_, value)| value);
    moves.added.retain(|(name, _)| values().any(|value| value.contains(&format!("${{{name}}}"))));
    Ok(questions.into_handle())
}
