//! The tables of a definitions file: each block under `webhooks`, the settings under `check`, and those of other tools.

use toml::de::{DeTable, DeValue};

use crate::core::model::Webhook;
use crate::core::text::{Span, Spanned, nearest};

use super::accounts::{AccountSettings, read_accounts};
use super::fields::{FIELDS, read_webhook};
use super::handle::is_handle;
use super::problems::{Problems, TomlKey, TomlValue, article};

#[derive(Default)]
pub(super) struct Tables {
    pub(super) webhooks: Vec<Webhook>,
    pub(super) check: Vec<CheckSetting>,
    pub(super) accounts: Vec<AccountSettings>,
}

#[derive(Debug, Clone)]
pub struct CheckSetting {
    /// A rule, or `strict`.
    pub key: Spanned<String>,
    pub value: Spanned<SettingValue>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    Text(String),
    Boolean(bool),
    /// Its TOML type.
    Other(&'static str),
}

pub(super) fn read_tables(problems: &mut Problems<'_>, table: &DeTable<'_>, tables: &mut Tables) {
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "webhooks" => tables.webhooks.extend(webhooks(problems, value)),
            "check" => tables.check = settings(problems, value),
            "accounts" => tables.accounts = read_accounts(problems, value),
            name => {
                let span = problems.span(key);
                check_foreign(problems, name, span, value.get_ref());
            }
        }
    }
}

fn settings(problems: &mut Problems<'_>, value: &TomlValue<'_>) -> Vec<CheckSetting> {
    let Some(table) = value.get_ref().as_table() else {
        let help = "write `[check]`, then lines such as `plain-http = \"off\"`";
        problems.wrong_type("`check` must be a table of rules and levels", value, help);
        return Vec::new();
    };
    let setting = |(key, value): (&TomlKey<'_>, &TomlValue<'_>)| {
        let setting = match value.get_ref() {
            DeValue::String(text) => SettingValue::Text(text.clone().into_owned()),
            DeValue::Boolean(value) => SettingValue::Boolean(*value),
            other => SettingValue::Other(other.type_str()),
        };
        CheckSetting {
            key: Spanned::new(key.get_ref().clone().into_owned(), problems.span(key)),
            value: Spanned::new(setting, problems.span(value)),
        }
    };
    table.iter().map(setting).collect()
}

/// Reports a top-level key that looks like a typo; others belong to other tools.
fn check_foreign(problems: &mut Problems<'_>, name: &str, span: Span, value: &DeValue<'_>) {
    let is_near = matches!(name, "hook" | "hooks") || nearest(name, ["webhooks"]).is_some();
    if is_near && matches!(value, DeValue::Table(_) | DeValue::Array(_)) {
        let help = "did you mean `webhooks`, as in `[webhooks.HANDLE]`?";
        problems.error("unknown-table", format!("unknown table `{name}`"), span, help);
    } else if FIELDS.contains(&name) && !value.is_table() {
        let help = "move it below a header such as `[webhooks.HANDLE]`";
        problems.error("field-outside-webhook", format!("`{name}` is outside of a webhook"), span, help);
    }
}

fn webhooks(problems: &mut Problems<'_>, value: &TomlValue<'_>) -> Vec<Webhook> {
    let Some(blocks) = value.get_ref().as_table() else {
        let help = "write one table per webhook: `[webhooks.HANDLE]`";
        problems.wrong_type("`webhooks` must be a table of webhooks", value, help);
        return Vec::new();
    };
    blocks.iter().filter_map(|(handle, block)| webhook(problems, handle, block)).collect()
}

fn webhook(problems: &mut Problems<'_>, handle: &TomlKey<'_>, block: &TomlValue<'_>) -> Option<Webhook> {
    let name = handle.get_ref().as_ref();
    let Some(fields) = block.get_ref().as_table() else {
        let help = if FIELDS.contains(&name) {
            format!("move `{name}` below the header of a webhook, such as `[webhooks.HANDLE]`")
        } else {
            format!("write `[webhooks.{name}]`, then its fields")
        };
        let kind = article(block.get_ref().type_str());
        let message = format!("`webhooks.{name}` must be a table with the fields of a webhook, not {kind}");
        problems.error("wrong-type", message, problems.span(handle), help);
        return None;
    };
    if !is_handle(name) {
        let help = "use only letters a-z, digits, `-` and `_`; `name` can be any text";
        problems.error("bad-handle", format!("invalid handle `{name}`"), problems.span(handle), help);
    }
    read_webhook(problems, handle, fields)
}
