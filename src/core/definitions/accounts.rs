//! The accounts that a file declares.

use toml::de::DeValue;

use crate::core::diagnostic::Diagnostic;
use crate::core::model::DEFAULT_ACCOUNT;
use crate::core::template::reference;
use crate::core::text::{Spanned, nearest};

use super::handle::is_handle;
use super::problems::{Problems, TomlKey, TomlValue, article};

/// An account: a table `[accounts.NAME]`, or the default account without one.
#[derive(Debug, Clone, Default)]
pub struct AccountSettings {
    pub name: String,
    /// The base URL of the API, as written.
    pub api: Option<Spanned<String>>,
    /// The environment variable with the API key.
    pub key: Option<Spanned<String>>,
    /// Why it cannot be used.
    pub(super) error: Option<Diagnostic>,
}

/// Reads the accounts. An account with errors cannot be used, even if their rule is off.
pub(super) fn read_accounts(problems: &mut Problems<'_>, value: &TomlValue<'_>) -> Vec<AccountSettings> {
    let Some(accounts) = value.get_ref().as_table() else {
        let help = "write one table per account: `[accounts.NAME]`";
        problems.wrong_type("`accounts` must be a table of accounts", value, help);
        return Vec::new();
    };
    accounts.iter().map(|(name, value)| account(problems, name, value)).collect()
}

fn account(problems: &mut Problems<'_>, name: &TomlKey<'_>, value: &TomlValue<'_>) -> AccountSettings {
    let written = name.get_ref().as_ref();
    let mut own = AccountSettings { name: written.to_owned(), ..AccountSettings::default() };
    let mut errors = Vec::new();
    if !is_handle(written) {
        let message = format!("invalid account name `{written}`");
        let help = "use only letters a-z, digits, `-` and `_`";
        errors.push(error(message, help).at(problems.source, problems.span(name)));
    }
    if let Some(settings) = value.get_ref().as_table() {
        for (key, value) in settings {
            match own.read(problems, key.get_ref(), value) {
                Ok(()) => {}
                Err(found) if found.primary.is_some() => errors.push(found),
                Err(found) => errors.push(found.at(problems.source, problems.span(key))),
            }
        }
    } else {
        let kind = article(value.get_ref().type_str());
        let message = format!("`accounts.{written}` must be a table, not {kind}");
        let help = format!("write `[accounts.{written}]`, then `key = \"${{API_KEY}}\"`");
        errors.push(error(message, help).at(problems.source, problems.span(name)));
    }
    own.error = errors.first().cloned();
    for found in errors {
        problems.report(found);
    }
    own
}

fn error(message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic::error("account-setting", message).help(help)
}

impl AccountSettings {
    /// Reads a setting. An error without a place is about its key.
    fn read(&mut self, problems: &Problems<'_>, key: &str, value: &TomlValue<'_>) -> Result<(), Diagnostic> {
        const KEYS: [&str; 2] = ["api", "key"];
        let span = problems.span(value);
        let text = || match value.get_ref() {
            DeValue::String(text) => Ok(text.as_ref()),
            other => {
                let message = format!("`{key}` must be a string, not {}", article(other.type_str()));
                // It may be an API key.
                Err(error(message, "put it in quotes").at_hidden(problems.source, span.clone()))
            }
        };
        match key {
            "api" => self.api = Some(Spanned::new(text()?.to_owned(), span)),
            "key" => {
                let Some(name) = reference(text()?) else {
                    let message = "`key` must be a reference such as `${API_KEY}`";
                    let help =
                        "store the key in `.env`, e.g. as `API_KEY=…`, and write `key = \"${API_KEY}\"`";
                    return Err(error(message, help).at_hidden(problems.source, span));
                };
                self.key = Some(Spanned::new(name, span));
            }
            _ => {
                let near = nearest(key, KEYS).map(|near| format!("did you mean `{near}`?"));
                let help = near.unwrap_or_else(|| "an account has `api` and `key`".to_owned());
                return Err(error(format!("unknown account setting `{key}`"), help));
            }
        }
        Ok(())
    }

    pub fn is_default(&self) -> bool {
        self.name == DEFAULT_ACCOUNT
    }
}
