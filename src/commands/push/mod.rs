//! `hooks push`

mod apply;
mod args;
mod create;
mod plan;
mod questions;

use std::cell::RefCell;
use std::path::Path;

use crate::core::account::{PushAction, PushPlan, PushStep, Refusal};
use crate::core::definitions::Definitions;
use crate::core::diagnostic::Diagnostic;
use crate::core::text::one_line;
use crate::io::account::PushState;
use crate::output::json::{self, Push};
use crate::output::text::{self, PushView};

use self::apply::PushRun;
pub use self::args::PushArgs;
use self::plan::PushInput;
use super::api::ApiAccess;
use super::args::ChangeArgs;
use super::change;
use super::context::Context;
use super::error::{Error, Result};
use super::exit::Exit;

pub fn run(args: &PushArgs, cx: &mut Context) -> Result {
    let how = ChangeArgs { dry_run: args.dry_run, verbose: false, format: args.format.clone() };
    let definitions = cx.definitions()?;
    let input = PushInput::new(args, cx, &definitions)?;
    let access = ApiAccess::new(cx, &args.account, &input.chosen.account, &input.environment)?;
    let state = open_state(&access, &definitions, !args.dry_run)?;
    let read = access.run(cx, async |client| input.read(client).await)??;
    let mut plan = input.plan(args, cx, &read, state.as_ref())?;
    input.require_valid(&plan)?;
    questions::decide_conflicts(args, cx, &mut plan)?;
    let Some(state) = state.filter(|_| !args.dry_run) else {
        report(cx, args, &result(&definitions, &access, true, &plan));
        return Ok(exit(&plan));
    };
    if plan.steps.iter().any(|step| step.action.is_step()) {
        change::require_writable(cx, &how)?;
    }
    show(cx, args, &result(&definitions, &access, false, &plan));
    questions::confirm(args, cx, &mut plan)?;
    let steps = RefCell::new(plan.steps);
    let done = {
        let (cx, state) = (RefCell::new(&mut *cx), RefCell::new(state));
        access.run_sharing(&cx, async |client| {
            let run = PushRun {
                client,
                cx: &cx,
                how: &how,
                environment: &input.environment,
                account: &access.account,
                state: &state,
                steps: &steps,
                listed: &plan.listed,
            };
            run.apply().await
        })
    };
    let plan = PushPlan { steps: steps.into_inner(), listed: plan.listed };
    finish(cx, args, &result(&definitions, &access, false, &plan));
    done??;
    Ok(exit(&plan))
}

fn result<'a>(
    definitions: &'a Definitions,
    access: &'a ApiAccess,
    is_dry_run: bool,
    plan: &'a PushPlan<'a>,
) -> Push<'a> {
    let api = access.api.to_string();
    Push { file: definitions.source.name(), account: &access.account, api, is_dry_run, plan }
}

/// What is stored about the definitions and the account; none in a dry run if nothing is.
fn open_state(access: &ApiAccess, definitions: &Definitions, is_stored: bool) -> Result<Option<PushState>> {
    let failed = |error: std::io::Error| {
        Error::from(
            Diagnostic::error("state-unusable", format!("cannot use the state directory: {error}"))
                .help("set `XDG_STATE_HOME` to a directory that can be written"),
        )
    };
    let base = access.base_file(Path::new(definitions.source.name()), is_stored).map_err(failed)?;
    let Some(base) = base else { return Ok(None) };
    if let Some(state) = PushState::open(base, is_stored).map_err(failed)? {
        return Ok(Some(state));
    }
    let message =
        format!("another push of `{}` to this account is running", one_line(definitions.source.name()));
    Err(Error::refused(Refusal::Running.finding(message)))
}

fn view(cx: &Context) -> PushView {
    PushView { style: cx.printer.style(), width: cx.printer.width() }
}

/// Shows the changes before they are made: where the question is, if there is one.
fn show(cx: &mut Context, args: &PushArgs, push: &Push<'_>) {
    let is_asked = args.asks(cx);
    let is_elsewhere = args.format.is_json() || !cx.printer.is_out_terminal();
    if is_asked && is_elsewhere {
        let view = PushView { style: cx.printer.style_err(), width: cx.printer.width() };
        cx.printer.laid_out(&text::push_plan_text(push, view));
    } else if !args.format.is_json() {
        let view = view(cx);
        cx.printer.data(&text::push_plan_text(push, view));
    }
}

/// Prints what would be done.
fn report(cx: &mut Context, args: &PushArgs, push: &Push<'_>) {
    if args.format.is_json() {
        cx.printer.data(&json::push_json(push));
        return;
    }
    let view = view(cx);
    cx.printer.data(&text::push_plan_text(push, view));
    summarize(cx, push);
}

/// Prints what was done, apart from the lines that were printed with each step.
fn finish(cx: &mut Context, args: &PushArgs, push: &Push<'_>) {
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
            .hint("run `hooks pull` for changes that only the account has, or overwrite them with `--force`");
    }
}

fn exit(plan: &PushPlan<'_>) -> Exit {
    let is_open = |step: &PushStep<'_>| {
        let is_undecided = !step.is_done && step.is_conflict();
        let is_left = matches!(step.action, PushAction::LeaveOut | PushAction::NotInAccount);
        is_undecided || is_left || !step.kept.is_empty()
    };
    if plan.steps.iter().any(is_open) { Exit::No } else { Exit::Success }
}
