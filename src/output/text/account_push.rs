//! The text of `push`: the planned changes and the result.

use crate::core::account::{
    AccountWebhook, ChangedIn, FieldChange, FieldComparison, PushAction, PushStep, ShownComparison,
    StaleField,
};
use crate::core::text::{count, list, one_line};
use crate::output::json::Push;
use crate::output::style::Style;

use super::account::field_text;
use super::wrap::prose;

#[derive(Debug, Clone, Copy)]
pub struct PushView {
    pub style: Style,
    /// Of the terminal.
    pub width: Option<u16>,
}

/// The planned changes, webhook by webhook, without webhooks that are the same.
pub fn push_plan_text(push: &Push<'_>, view: PushView) -> String {
    let steps = push.plan.steps.iter().filter(|step| step.action != PushAction::Same && !step.is_done);
    steps.map(|step| step_text(step, push.is_dry_run, view)).collect()
}

/// The fields of one step, with their values.
pub fn push_step_text(step: &PushStep<'_>, view: PushView) -> String {
    step_text(step, true, view)
}

fn step_text(step: &PushStep<'_>, is_dry_run: bool, view: PushView) -> String {
    let style = view.style;
    let will = if is_dry_run { "would" } else { "will" };
    let number = step.id.map(|id| format!("webhook {id}")).unwrap_or_default();
    let subject = match step.handle() {
        Some(handle) if number.is_empty() || step.action == PushAction::Adopt => {
            style.strong(&one_line(handle))
        }
        Some(handle) => format!("{} ({number})", style.strong(&one_line(handle))),
        None if step.name().is_empty() => style.strong(&number),
        None => format!("{} ({})", style.strong(&number), one_line(step.name())),
    };
    let what = match step.action {
        PushAction::Create => format!("{will} be created{}", alike(&step.alike)),
        PushAction::Update => format!("{will} be changed"),
        PushAction::Adopt if step.pushed.is_empty() => {
            format!("equals {number}: its id {will} be written into the file")
        }
        PushAction::Adopt => {
            format!("{will} be tied to {number} (same URL, trigger and element), which {will} be changed")
        }
        PushAction::Delete => delete_text(step, will),
        PushAction::Same => "is the same".to_owned(),
        PushAction::Keep => "is not changed".to_owned(),
        PushAction::LeaveOut => {
            let integration =
                step.seen.as_ref().and_then(AccountWebhook::integration).unwrap_or("an integration");
            format!("is left out, because {integration} manages it; name the webhook to push it")
        }
        PushAction::NotInAccount => "is not in the account".to_owned(),
    };
    let mut text = line(&format!("{subject} {what}"), view);
    if step.action == PushAction::Create {
        text.push_str(&created_fields(step, style));
        return text;
    }
    text.push_str(&changed_fields(&step.pushed, view));
    if !step.kept.is_empty() && step.action != PushAction::LeaveOut {
        let why = "  not pushed, because it was changed in the account since the last pull or push:";
        text.push_str(&line(why, view));
        text.extend(step.kept.iter().map(|change| field_text(&change.comparison, style)));
    }
    text
}

fn alike(ids: &[u64]) -> String {
    let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
    match ids.as_slice() {
        [] => String::new(),
        [only] => format!(", although webhook {only} has the same URL, trigger and element"),
        ids => format!(", although webhooks {} have the same URL, trigger and element", plain_list(ids)),
    }
}

fn plain_list(ids: &[String]) -> String {
    list(ids, "and").replace('`', "")
}

fn delete_text(step: &PushStep<'_>, will: &str) -> String {
    match (step.seen.is_some(), step.removes_definition) {
        (true, true) => format!("{will} be deleted, and its definition removed from the file"),
        (true, false) => format!("{will} be deleted"),
        (false, true) => format!("is not in the account: its definition {will} be removed from the file"),
        (false, false) => "is not in the account".to_owned(),
    }
}

/// The fields of a new webhook, one per line.
fn created_fields(step: &PushStep<'_>, style: Style) -> String {
    let names: Vec<String> = step
        .pushed
        .iter()
        .map(|change| one_line(&change.comparison.field.to_string()).into_owned())
        .collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let row = |(name, change): (&String, &FieldChange)| {
        let values = change.comparison.shown().file;
        let values: Vec<_> = values.iter().map(|text| one_line(text)).collect();
        let gap = " ".repeat(width - name.chars().count());
        format!("  {}{gap}  {}", style.name(name), values.join(", ")).trim_end().to_owned() + "\n"
    };
    names.iter().zip(&step.pushed).map(row).collect()
}

/// The fields, grouped by where they were changed.
fn changed_fields(changes: &[FieldChange], view: PushView) -> String {
    let mut text = String::new();
    for (changed_in, why) in [
        (ChangedIn::File, ""),
        (ChangedIn::Both, "changed in the file and in the account since the last pull or push:"),
        (ChangedIn::Account, "changed in the account since the last pull or push:"),
        (
            ChangedIn::Unknown,
            "different; without an earlier pull or push, hooks cannot tell where it was changed:",
        ),
    ] {
        let own: Vec<&FieldComparison> =
            changes.iter().filter(|own| own.changed_in == changed_in).map(|own| &own.comparison).collect();
        if !own.is_empty() && !why.is_empty() {
            text.push_str(&line(&format!("  {why}"), view));
        }
        text.extend(own.into_iter().map(|own| field_text(own, view.style)));
    }
    text
}

fn line(text: &str, view: PushView) -> String {
    prose(text, view.width) + "\n"
}

/// A line for a step that is done.
pub fn push_done_text(step: &PushStep<'_>, view: PushView) -> String {
    let style = view.style;
    let number = step.id.map(|id| format!("webhook {id}")).unwrap_or_default();
    let subject = match step.handle() {
        Some(handle) => format!("{} ({number})", style.strong(&one_line(handle))),
        None => style.strong(&number),
    };
    let fields: Vec<String> = step
        .pushed
        .iter()
        .map(|change| one_line(&change.comparison.field.to_string()).into_owned())
        .collect();
    let what = match step.action {
        PushAction::Create => style.success("created"),
        PushAction::Adopt if fields.is_empty() => style.success("tied to the webhook"),
        PushAction::Adopt => {
            format!("{}: {}", style.success("tied to the webhook, which was changed"), fields.join(", "))
        }
        PushAction::Delete if step.seen.is_none() => style.success("removed from the file"),
        PushAction::Delete if step.removes_definition => style.success("deleted and removed from the file"),
        PushAction::Delete => style.success("deleted"),
        _ => format!("{}: {}", style.success("changed"), fields.join(", ")),
    };
    line(&format!("{subject} {what}"), view)
}

/// The number of webhooks created, changed, tied and deleted.
pub fn push_summary(push: &Push<'_>) -> String {
    let is_counted = |step: &&PushStep<'_>| push.is_dry_run || step.is_done;
    let of = |action: PushAction| {
        push.plan.steps.iter().filter(is_counted).filter(|step| step.action == action).count()
    };
    let parts: Vec<String> = [
        (PushAction::Create, "created", "to create"),
        (PushAction::Update, "changed", "to change"),
        (PushAction::Adopt, "tied", "to tie"),
        (PushAction::Delete, "deleted", "to delete"),
    ]
    .into_iter()
    .filter(|(action, ..)| of(*action) > 0)
    .map(|(action, done, planned)| format!("{} {}", of(action), if push.is_dry_run { planned } else { done }))
    .collect();
    let left = push.plan.steps.iter().filter(|step| step.action.is_step() && !step.is_done).count();
    match (parts.as_slice(), push.is_dry_run) {
        ([], false) if left > 0 => format!("nothing was pushed; {} left", count(left, "webhook")),
        ([], _) => {
            let same = push.plan.steps.iter().filter(|step| step.action == PushAction::Same).count();
            match same {
                0 => "nothing to push".to_owned(),
                same => format!("nothing to push ({} the same)", count(same, "webhook")),
            }
        }
        (parts, true) => format!("nothing was pushed; {}", parts.join(", ")),
        (parts, false) if left > 0 => format!("webhooks pushed: {}; {left} left", parts.join(", ")),
        (parts, false) => format!("webhooks pushed: {}", parts.join(", ")),
    }
}

/// The fields that have changed in the account since they were read, with the values in the file, before and now.
pub fn stale_text(fields: &[StaleField], view: PushView) -> String {
    fields.iter().map(|own| stale_field(own, view.style)).collect()
}

fn stale_field(own: &StaleField, style: Style) -> String {
    let field = style.name(&one_line(&own.field));
    let same = || vec!["(as in the file)".to_owned()];
    let shown = |side: &Option<FieldComparison>| side.as_ref().map(FieldComparison::shown);
    let (before, now) = (shown(&own.before), shown(&own.now));
    let is_secret = [&before, &now].iter().any(|side| side.as_ref().is_some_and(|own| own.is_secret));
    if is_secret {
        return format!("  {field}: changed in the account (secret)\n");
    }
    let file = now.as_ref().or(before.as_ref()).map_or_else(Vec::new, |own| own.file.clone());
    let account = |side: &Option<ShownComparison>| side.as_ref().map_or_else(same, |own| own.account.clone());
    let values = |label: &str, values: &[String]| {
        let shown = match values {
            [] => "(none)".to_owned(),
            values => values.iter().map(|text| one_line(text)).collect::<Vec<_>>().join(", "),
        };
        format!("    {label:<8} {shown}\n")
    };
    format!(
        "  {field}\n{}{}{}",
        values("file", &file),
        values("before", &account(&before)),
        values("now", &account(&now))
    )
}
