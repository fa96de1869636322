//! The text of `pull`.

use crate::core::account::FieldComparison;
use crate::core::text::{count, one_line};
use crate::output::json::{Pull, PullState, WebhookPull};
use crate::output::style::Style;

use super::account::field_text;
use super::change::diff;

/// The webhooks that differ and, in a dry run, the changed lines.
pub fn pull_text(pull: &Pull<'_>, style: Style) -> String {
    let differing = pull.webhooks.iter().filter(|own| own.state != PullState::Same);
    let mut text: String = differing.map(|own| webhook_text(own, pull.is_dry_run, style)).collect();
    if pull.is_dry_run {
        text.push_str(&diff(pull.before.source.text(), pull.after.source.text(), style));
    }
    text
}

fn webhook_text(own: &WebhookPull, is_dry_run: bool, style: Style) -> String {
    let number = format!("webhook {}", own.id);
    let subject = match own.handle.as_str() {
        "" => style.strong(&number),
        handle => format!("{} ({number})", style.strong(&one_line(handle))),
    };
    let what = match (own.state, is_dry_run) {
        (PullState::Same, _) => "is the same".to_owned(),
        (PullState::Changed, false) => style.success("changed"),
        (PullState::Changed, true) => "would be changed".to_owned(),
        (PullState::Added, false) => style.success("added"),
        (PullState::Added, true) => "would be added".to_owned(),
        (PullState::Tied, false) => style.success("tied: all fields are equal"),
        (PullState::Tied, true) => "would be tied: all fields are equal".to_owned(),
        (PullState::Kept, _) => "not changed".to_owned(),
        (PullState::LeftOut, _) => {
            format!("left out: {}", one_line(own.reason.as_deref().unwrap_or_default()))
        }
        (PullState::NotInAccount, _) => "is not in the account".to_owned(),
    };
    let mut text = format!("{subject} {what}\n");
    text.extend(own.changed.iter().map(|field| field_text(field, style)));
    if own.state != PullState::LeftOut && !own.kept.is_empty() {
        let place = if own.is_conflict { "the file or in both places" } else { "the file" };
        let is_changed = own.kept.iter().any(FieldComparison::differs);
        let why = if is_changed { format!("changed in {place}") } else { "not compared".to_owned() };
        text.push_str(&format!("  not overwritten ({why}):\n"));
        text.extend(own.kept.iter().map(|field| field_text(field, style)));
    }
    text
}

/// The number of webhooks changed, added and kept.
pub fn pull_summary(pull: &Pull<'_>) -> String {
    let of = |state: PullState| pull.webhooks.iter().filter(|own| own.state == state).count();
    let kept = pull.webhooks.iter().filter(|own| own.kept.iter().any(FieldComparison::differs)).count();
    let (changed, added) = (of(PullState::Changed) + of(PullState::Tied), of(PullState::Added));
    let mut parts = Vec::new();
    let file = one_line(pull.file);
    match (changed, added) {
        (0, 0) if pull.is_new_file => parts.push(format!("nothing to write; `{file}` was not created")),
        (_, added) if pull.is_new_file && pull.is_dry_run => {
            parts.push(format!("dry run: `{file}` would be created with {}", count(added, "webhook")));
        }
        (_, added) if pull.is_new_file => {
            parts.push(format!("created `{file}` with {}", count(added, "webhook")));
        }
        (0, 0) => parts.push(format!("nothing to change in `{file}`")),
        (changed, added) if pull.is_dry_run => {
            parts.push(format!(
                "dry run: {} would be changed and {added} added in `{file}`",
                count(changed, "webhook")
            ));
        }
        (changed, added) => {
            parts.push(format!("{} changed and {added} added in `{file}`", count(changed, "webhook")));
        }
    }
    if kept > 0 {
        parts.push(format!(
            "kept the changes to {} in the file; use `--force` to overwrite them",
            count(kept, "webhook")
        ));
    }
    parts.join("; ")
}
