//! The account: `account`.

use crate::core::text::{count, one_line};
use crate::output::json::AccountStatus;

/// The API, the key, and what it can do.
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
        ("writing", "unknown: reading does not show it".to_owned()),
    ];
    rows.iter().map(|(label, value)| format!("{label:<8} {value}\n")).collect()
}
