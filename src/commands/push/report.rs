//! What a push prints, and its exit code.

use crate::core::account::{PushAction, PushPlan, PushStep};
use crate::core::definitions::Definitions;
use crate::output::json::{self, Push};
use crate::output::text::{self, PushView};

use super::super::api::ApiAccess;
use super::super::context::Context;
use super::super::exit::Exit;
use super::args::PushArgs;

pub(super) fn result<'a>(
    definitions: &'a Definitions,
    access: &'a ApiAccess,
    is_dry_run: bool,
    plan: &'a PushPlan<'a>,
) -> Push<'a> {
    let api = access.api.to_string();
    Push { file: definitions.source.name(), account: &access.account, api, is_dry_run, plan }
}

fn view(cx: &Context) -> PushView {
    PushView { style: cx.printer.style(), width: cx.printer.width() }
}

/// Shows the changes before they are made: on standard error if the user is asked but cannot see standard output.
pub(super) fn show(cx: &mut Context, args: &PushArgs, push: &Push<'_>) {
    let is_asked = args.asks(cx);
    let is_elsewhere = args.format.is_json() || !cx.printer.is_out_terminal();
    if is_asked && is_elsewhere {
        let view = PushView { style: cx.printer.style_err(), width: cx.printer.width() };
        cx.printer.preformatted(&text::push_plan_text(push, view));
    } else if !args.format.is_json() {
        let view = view(cx);
        cx.printer.data(&text::push_plan_text(push, view));
    }
}

/// Prints a plan that is not carried out.
pub(super) fn report(cx: &mut Context, args: &PushArgs, push: &Push<'_>) {
    if args.format.is_json() {
        cx.printer.data(&json::push_json(push));
        return;
    }
    let view = view(cx);
    cx.printer.data(&text::push_plan_text(push, view));
    summarize(cx, push);
}

/// Prints the result, after a line for each step.
pub(super) fn finish(cx: &mut Context, args: &PushArgs, push: &Push<'_>) {
    if args.format.is_json() {
        cx.printer.data(&json::push_json(push));
    } else {
        summarize(cx, push);
    }
}

fn summarize(cx: &mut Context, push: &Push<'_>) {
    cx.printer.status(&text::push_summary(push));
    if push.plan.steps.iter().any(|step| step.action != PushAction::LeaveOut && !step.kept.is_empty()) {
        cx.printer
            .hint("run `hooks pull` to get changes made in the account, or overwrite them with `--force`");
    }
}

pub(super) fn exit(plan: &PushPlan<'_>) -> Exit {
    let is_open = |step: &PushStep<'_>| {
        let is_left = matches!(step.action, PushAction::LeaveOut | PushAction::NotInAccount);
        !step.is_done && (step.is_conflict() || is_left) || !step.kept.is_empty()
    };
    if plan.steps.iter().any(is_open) { Exit::No } else { Exit::Success }
}
