//! The text of `account` and `diff`.

use crate::core::account::FieldComparison;
use crate::core::model::DEFAULT_ACCOUNT;
use crate::core::secrets::MASK;
use crate::core::text::{count, list, one_line};
use crate::output::json::{AccountDiff, AccountStatus, DiffState, WebhookDiff};
use crate::output::style::Style;

pub fn account_text(status: &AccountStatus<'_>) -> String {
    let last = status.last_four.map_or(String::new(), |last| format!(", ends in {last}"));
    let reading = match status.webhooks {
        Ok(webhooks) => format!("works: {}", count(webhooks, "webhook")),
        Err(failure) => format!("failed: {}", failure.name()),
    };
    let rows = [
        ("API", one_line(status.api).into_owned()),
        ("key", format!("from {}{last}", one_line(status.key_source))),
        ("reading", reading),
        ("writing", "unknown until the first push".to_owned()),
    ];
    let account = ("account", one_line(status.account).into_owned());
    let account = (status.account != DEFAULT_ACCOUNT).then_some(account);
    account.iter().chain(&rows).map(|(label, value)| format!("{label:<8} {value}\n")).collect()
}

/// The differences of each webhook that is not the same.
pub fn account_diff_text(diff: &AccountDiff, style: Style) -> String {
    let differing = diff.webhooks.iter().filter(|own| own.state != DiffState::Same);
    differing.map(|own| webhook_text(own, style)).collect()
}

fn webhook_text(own: &WebhookDiff, style: Style) -> String {
    let what = match own.state {
        DiffState::Same => "is the same",
        DiffState::Different => "differs",
        DiffState::NotCompared => "cannot be compared",
        DiffState::NotInAccount => "is not in the account",
        DiffState::NotInFile => "is only in the account",
        DiffState::NotTied => "has no `id`, so it is only in the file",
    };
    let number = own.id.map(|id| format!("webhook {id}"));
    let subject = match (&own.handle, number) {
        (Some(handle), Some(number)) => format!("{} ({number})", style.strong(&one_line(handle))),
        (Some(handle), None) => style.strong(&one_line(handle)),
        (None, number) => {
            let name = own.name.as_deref().map_or(String::new(), |name| format!(" ({})", one_line(name)));
            format!("{}{name}", style.strong(&number.unwrap_or_default()))
        }
    };
    let fields = own.fields.iter().map(|field| field_text(field, style));
    format!("{subject} {what}\n{}", fields.collect::<String>())
}

/// The values of a field, one below the other, unless masking hides the difference.
pub(super) fn field_text(own: &FieldComparison, style: Style) -> String {
    let field = style.name(&one_line(&own.field.to_string()));
    let shown = own.shown();
    if !own.differs() {
        let be = if own.unset.len() == 1 { "is" } else { "are" };
        return format!("  {field}: not compared, because {} {be} not set\n", list(&own.unset, "and"));
    }
    if shown.is_secret && (shown.file == shown.account || shown.account.iter().all(|text| text == MASK)) {
        let differ = match (own.file.is_empty(), own.account.is_empty()) {
            (true, _) => "only in the account (secret)",
            (_, true) => "only in the file (secret)",
            _ => "different (secret)",
        };
        return format!("  {field}: {differ}\n");
    }
    let values = |label: &str, values: &[String]| {
        let shown = match values {
            [] => "(none)".to_owned(),
            values => values.iter().map(|text| one_line(text)).collect::<Vec<_>>().join(", "),
        };
        format!("    {label:<8} {shown}\n")
    };
    format!("  {field}\n{}{}", values("file", &shown.file), values("account", &shown.account))
}

/// The number of webhooks compared, and how many differ. None if nothing was compared.
pub fn account_diff_summary(diff: &AccountDiff) -> Option<String> {
    if diff.webhooks.is_empty() {
        return None;
    }
    let all = count(diff.webhooks.len(), "webhook");
    let differing = diff.webhooks.iter().filter(|own| own.state.is_difference()).count();
    let unknown = diff.webhooks.iter().filter(|own| own.state == DiffState::NotCompared).count();
    let differ = if differing == 1 { "differs" } else { "differ" };
    Some(match (differing, unknown) {
        (0, 0) => format!("no differences in {all}"),
        (0, unknown) => format!("no differences in {all}, but {unknown} could not be compared"),
        (differing, 0) => format!("{differing} of {all} {differ}"),
        (differing, unknown) => format!("{differing} of {all} {differ}, {unknown} could not be compared"),
    })
}
