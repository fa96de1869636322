//! The questions that a push asks before it changes anything.

use crate::core::account::{Confirmation, PushAction, PushPlan, PushRefusal, PushStep};
use crate::core::text::{count, list};
use crate::output::text::{PushView, push_step_text};

use super::super::context::Context;
use super::super::error::{Error, Result, refused, usage};
use super::args::{Confirmed, PushArgs};

/// Whether to tie a definition without `id` to a webhook with the same URL, trigger and element that differs in other fields.
pub(super) fn wants_adoption(args: &PushArgs, cx: &mut Context, step: &PushStep<'_>) -> Result<bool> {
    if args.adopt || args.no_adopt {
        return Ok(args.adopt);
    }
    if args.dry_run {
        return Ok(true);
    }
    let (handle, id) = (step.handle().unwrap_or_default(), step.id.unwrap_or_default());
    if !args.asks(cx) {
        let message = format!(
            "`{handle}` has no `id`, but webhook {id} in the account has the same URL, trigger and element"
        );
        return Err(usage(message).help(
            "use `--adopt` to tie the definition to this webhook and change it, or `--no-adopt` to create another one",
        ));
    }
    let view = PushView { style: cx.printer.style_err(), width: cx.printer.width() };
    cx.printer.preformatted(&push_step_text(step, view));
    Ok(cx
        .prompt()
        .confirm(&format!("Tie `{handle}` to webhook {id} instead of creating another one?"), true)?)
}

/// Asks for each webhook with a field that was changed both in the file and in the account.
pub(super) fn decide_conflicts(args: &PushArgs, cx: &mut Context, plan: &mut PushPlan<'_>) -> Result<()> {
    if args.force || args.dry_run {
        return Ok(());
    }
    let is_asked = args.asks(cx);
    let view = PushView { style: cx.printer.style_err(), width: cx.printer.width() };
    let mut refused = Vec::new();
    for step in plan.steps.iter_mut().filter(|step| step.is_conflict()) {
        let handle = step.handle().unwrap_or_default();
        cx.printer.preformatted(&push_step_text(step, view));
        if !is_asked {
            refused.push(handle.to_owned());
        } else if !cx
            .prompt()
            .confirm(&format!("Overwrite the changes to `{handle}` in the account?"), false)?
        {
            step.keep_conflicts();
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let message =
        format!("the same fields of {} were changed in the file and in the account", list(&refused, "and"));
    Err(Error::refused(PushRefusal::Conflict.finding(message)))
}

/// Asks whether to make the changes.
pub(super) fn confirm(args: &PushArgs, cx: &mut Context, plan: &mut PushPlan<'_>) -> Result<()> {
    let (changes, needed) = (plan.changes(), plan.confirmation());
    if needed == Confirmation::NotNeeded {
        return Ok(());
    }
    let many = count(changes, "change");
    match args.yes {
        Some(Confirmed::Number(confirmed)) if confirmed == changes => return Ok(()),
        Some(Confirmed::Number(confirmed)) => {
            let message =
                format!("`--yes={confirmed}` confirms {confirmed}, but there {} {many}", be(changes));
            return Err(Error::refused(PushRefusal::Number.finding(message)));
        }
        Some(Confirmed::Few) if needed == Confirmation::Yes => return Ok(()),
        Some(Confirmed::Few) => {
            let message =
                format!("this many changes must be confirmed by their number: there {} {many}", be(changes));
            return Err(
                usage(message).help(format!("use `--yes={changes}`, or `--dry-run` to see the changes"))
            );
        }
        None => {}
    }
    if !cx.printer.can_ask() {
        let option = match needed {
            Confirmation::Number(changes) => format!("--yes={changes}"),
            _ => "--yes".to_owned(),
        };
        return Err(usage(format!("confirmation required without a terminal: {many} to push"))
            .help(format!("use `{option}` to push, or `--dry-run` to see the changes")));
    }
    for step in plan.steps.iter_mut().filter(|step| step.action == PushAction::Delete) {
        if let Some(handle) = step.handle() {
            step.removes_definition = cx
                .prompt()
                .confirm(&format!("Also remove the definition `{handle}` from the file?"), true)?;
        }
    }
    let is_confirmed = match needed {
        Confirmation::Number(changes) => {
            let check = |text: &str| match text.trim() {
                "" => Ok(()),
                text if text == changes.to_string() => Ok(()),
                _ => Err(format!("type {changes} to confirm, or leave it empty to cancel")),
            };
            let question = format!("Push {many}? Type the number of changes to confirm");
            !cx.prompt().text(&question, None, &[], check)?.trim().is_empty()
        }
        _ => cx.prompt().confirm(&format!("Push {many}?"), false)?,
    };
    if is_confirmed { Ok(()) } else { Err(refused("nothing was pushed")) }
}

fn be(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}
