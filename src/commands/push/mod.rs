//! `hooks push`

mod apply;
mod args;
mod create;
mod plan;
mod plan_file;
mod questions;
mod report;

use std::cell::RefCell;

use crate::core::text::one_line;

use self::apply::{carry_out, open_state};
pub use self::args::PushArgs;
use self::plan::PushInput;
use self::report::{exit, finish, report, result, show};
use super::api::ApiAccess;
use super::args::ChangeArgs;
use super::change;
use super::context::Context;
use super::error::Result;

pub fn run(args: &PushArgs, cx: &mut Context) -> Result {
    if let Some(path) = args.plan_to_apply() {
        return plan_file::apply(args, cx, path);
    }
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
    if let Some(path) = &args.plan {
        plan_file::write(path, &access, &state, &definitions, &plan)?;
        report(cx, args, &result(&definitions, &access, true, &plan));
        let shown = path.display().to_string();
        let shown = if shown.contains(['.', '/']) { shown } else { format!("./{shown}") };
        cx.printer.status(&format!("to apply this plan: `hooks push {}`", one_line(&shown)));
        return Ok(exit(&plan));
    }
    if plan.steps.iter().any(|step| step.action.is_step()) {
        change::require_writable(cx, &how)?;
    }
    show(cx, args, &result(&definitions, &access, false, &plan));
    questions::confirm(args, cx, &mut plan)?;
    let state = RefCell::new(state);
    let (plan, done) = carry_out(cx, &access, &how, &input.environment, &state, plan, None);
    finish(cx, args, &result(&definitions, &access, false, &plan));
    done?;
    Ok(exit(&plan))
}
