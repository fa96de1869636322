//! `hooks push --plan FILE` and `hooks push FILE`: write a plan, and apply it later, once.

use std::cell::RefCell;
use std::path::Path;

use crate::core::account::{
    ChangedIn, PlanDifference, PlanFile, PlannedAction, PushAction, PushPlan, PushRefusal, PushStep,
    file_digest,
};
use crate::core::definitions::Definitions;
use crate::core::text::{list, one_line};
use crate::io::account::{PushState, random_id};
use crate::io::files;
use crate::output::text::{PushView, push_step_text};

use super::super::api::ApiAccess;
use super::super::args::ChangeArgs;
use super::super::change;
use super::super::context::Context;
use super::super::error::{Error, Result, failed, usage};
use super::super::exit::Exit;
use super::apply::{carry_out, open_state};
use super::args::PushArgs;
use super::plan::{AccountRead, PushInput};
use super::report::{exit, finish, result};

/// The size limit of a plan.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Writes a plan, with credentials masked and digests instead of values.
pub(super) fn write(
    path: &Path,
    access: &ApiAccess,
    state: &PushState,
    definitions: &Definitions,
    plan: &PushPlan<'_>,
) -> Result<()> {
    let id = random_id().map_err(|error| failed("cannot create a plan", &error))?;
    let (api, account) = (access.api.to_string(), account_digest(access)?);
    let file = PlanFile::new(&state.base.key, id, api, account, definitions, &access.account, plan);
    let text =
        serde_json::to_string_pretty(&file).map_err(|error| failed("cannot write the plan", &error))?;
    files::write_report(path, (text + "\n").as_bytes())?;
    Ok(())
}

fn account_digest(access: &ApiAccess) -> Result<String> {
    access.digest(&["plan"]).map_err(|error| failed("cannot use the state directory", &error))
}

/// Applies a plan exactly as written, or refuses it before the first change.
pub(super) fn apply(args: &PushArgs, cx: &mut Context, path: &Path) -> Result {
    args.require_plan_only()?;
    let shown = one_line(&path.display().to_string()).into_owned();
    let invalid = |reason: String| {
        Error::refused(PushRefusal::PlanInvalid.finding(format!("cannot read the plan `{shown}`: {reason}")))
    };
    let bytes = files::read(path, MAX_BYTES)?;
    let file: PlanFile = serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()))?;
    if file.version != PlanFile::VERSION || file.actions.iter().any(|own| own.kind().is_none()) {
        return Err(invalid("it was written by another version of hooks".to_owned()));
    }
    let how = ChangeArgs { dry_run: false, verbose: false, format: args.format.clone() };
    let definitions = cx.definitions()?;
    let planned = PlannedArgs::new(args, &file, &definitions);
    let input = PushInput::new(&planned.args, cx, &definitions)?;
    let access = ApiAccess::new(cx, &args.account, &input.chosen.account, &input.environment)?;
    let state = open_state(&access, &definitions, true)?;
    let Some(state) = state else { return Ok(Exit::Success) };
    require_same_origin(&file, &access, &state, &definitions)?;
    let read = access.run(cx, async |client| input.read(client).await)??;
    let steps = steps(cx, &file, &input, &read, &state, &definitions)?;
    let plan = PushPlan { steps, listed: read.listed.clone() };
    if plan.steps.iter().any(|step| !step.is_done) {
        change::require_writable(cx, &how)?;
    }
    let mut state = state;
    state.begin_plan(&file.plan).map_err(|error| failed("cannot store that the plan is applied", &error))?;
    let state = RefCell::new(state);
    let (plan, done) = carry_out(cx, &access, &how, &input.environment, &state, plan, Some(&file.plan));
    finish(cx, args, &result(&definitions, &access, false, &plan));
    done?;
    let ended = state.borrow_mut().end_plan(&file.plan);
    ended.map_err(|error| failed("cannot store that the plan was applied", &error))?;
    Ok(exit(&plan))
}

/// The arguments for pushing exactly the webhooks in a plan.
struct PlannedArgs {
    args: PushArgs,
}

impl PlannedArgs {
    fn new(args: &PushArgs, file: &PlanFile, definitions: &Definitions) -> Self {
        let mut args = args.clone();
        let is_deleted = |own: &&PlannedAction| own.kind() == Some(PushAction::Delete);
        let defined =
            file.actions.iter().filter(|own| !is_deleted(own)).filter_map(|own| own.webhook.clone());
        args.webhooks = defined.filter(|handle| definitions.get(handle).is_some()).collect();
        args.delete = file.actions.iter().filter(is_deleted).filter_map(|own| own.id).collect();
        Self { args }
    }
}

/// Refuses a plan that was applied, that is for another account, or whose definitions file has changed.
fn require_same_origin(
    file: &PlanFile,
    access: &ApiAccess,
    state: &PushState,
    definitions: &Definitions,
) -> Result<()> {
    let refused = |refusal: PushRefusal, what: &str| Err(Error::refused(refusal.finding(what)));
    if state.is_plan_ended(&file.plan) {
        return refused(PushRefusal::PlanApplied, "the plan has already been applied");
    }
    if file.api != access.api.to_string() || file.account != account_digest(access)? {
        return refused(PushRefusal::PlanStale, "the plan was written for another API, key or machine");
    }
    if file.file_digest != file_digest(&state.base.key, definitions, &access.account, &file.actions) {
        return refused(
            PushRefusal::PlanStale,
            "the definitions file has changed since the plan was written",
        );
    }
    Ok(())
}

/// The steps of a plan, with those marked as done that an interrupted run has carried out.
fn steps<'d>(
    cx: &mut Context,
    file: &PlanFile,
    input: &PushInput<'d>,
    read: &AccountRead,
    state: &PushState,
    definitions: &'d Definitions,
) -> Result<Vec<PushStep<'d>>> {
    let mut steps = Vec::new();
    for (index, action) in file.actions.iter().enumerate() {
        let mut step = input.planned(action, read, state, definitions)?;
        let is_recorded = state.is_step_done(&file.plan, index);
        step.is_done = is_recorded || (state.is_plan_begun(&file.plan) && is_achieved(&step, action));
        if !step.is_done {
            let now = PlannedAction::new(&state.base.key, &step);
            // After an interrupted create, the definition adopts the created webhook; after an interrupted deletion, only the
            // definition is left to remove.
            let is_begun = state.is_plan_begun(&file.plan);
            let is_continued = match action.kind() {
                Some(PushAction::Create) => step.action == PushAction::Adopt,
                Some(PushAction::Delete) => is_begun && step.seen.is_none(),
                _ => false,
            };
            if let Some(difference) = action.difference(&now).filter(|_| !is_continued) {
                return Err(stale(cx, &step, action, difference));
            }
        }
        steps.push(step);
    }
    Ok(steps)
}

/// Whether nothing is left to do.
fn is_achieved(step: &PushStep<'_>, action: &PlannedAction) -> bool {
    match action.kind() {
        Some(PushAction::Create) => step.id.is_some() && step.action != PushAction::Adopt,
        Some(PushAction::Delete) => step.action == PushAction::NotInAccount,
        _ => step.pushed.is_empty() && step.action != PushAction::Adopt,
    }
}

fn stale(cx: &mut Context, step: &PushStep<'_>, action: &PlannedAction, difference: PlanDifference) -> Error {
    let subject = match (&action.webhook, action.id) {
        (Some(handle), _) => format!("`{}`", one_line(handle)),
        (None, id) => format!("webhook {}", id.unwrap_or_default()),
    };
    let what = match difference {
        PlanDifference::Values(fields) => format!("the values of {} have changed", list(&fields, "and")),
        PlanDifference::Account(fields) => {
            let mut shown = step.clone();
            for change in &mut shown.pushed {
                let is_changed = fields.contains(&change.comparison.field.to_string());
                change.changed_in = if is_changed { ChangedIn::Both } else { ChangedIn::File };
            }
            let view = PushView { style: cx.printer.style_err(), width: cx.printer.width() };
            cx.printer.preformatted(&push_step_text(&shown, view));
            format!("the account now has different values of {}", list(&fields, "and"))
        }
        PlanDifference::Alike => {
            "other webhooks with the same URL, trigger and element were created or deleted".to_owned()
        }
        PlanDifference::Existence => "the webhook was created or deleted".to_owned(),
    };
    Error::refused(
        PushRefusal::PlanStale.finding(format!("{subject} has changed since the plan was written: {what}")),
    )
}

impl PushArgs {
    /// The plan to apply, if an argument contains `.` or `/`, which handles cannot.
    pub(super) fn plan_to_apply(&self) -> Option<&Path> {
        let name = self.webhooks.iter().find(|name| name.contains(['.', '/']))?;
        Some(Path::new(name))
    }

    fn require_plan_only(&self) -> Result<()> {
        let is_only = self.webhooks.len() == 1
            && self.delete.is_empty()
            && self.plan.is_none()
            && !(self.force || self.adopt || self.no_adopt || self.dry_run);
        if is_only {
            return Ok(());
        }
        Err(usage("a plan cannot be combined with other arguments").help("pass only the plan file"))
    }
}
