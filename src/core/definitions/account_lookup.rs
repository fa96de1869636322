//! The account that a command uses.

use crate::core::diagnostic::Diagnostic;
use crate::core::model::DEFAULT_ACCOUNT;
use crate::core::text::{list, one_line, similar_names};

use super::accounts::AccountSettings;
use super::read::Definitions;

impl Definitions {
    /// Whether an `id` may belong to this account.
    pub fn has_account(&self, name: &str) -> bool {
        name == DEFAULT_ACCOUNT || self.accounts.iter().any(|own| own.name == name)
    }

    /// The account with this name; without a name, the default account. If the file declares only other accounts and no webhook
    /// has an `id` in the default one, a name is required: the default account would seem to have none of the webhooks.
    pub fn account(&self, name: Option<&str>) -> Result<AccountSettings, Diagnostic> {
        let wanted = name.unwrap_or(DEFAULT_ACCOUNT);
        if let Some(own) = self.accounts.iter().find(|own| own.name == wanted) {
            return own.error.clone().map_or_else(|| Ok(own.clone()), Err);
        }
        if name.is_none() {
            let is_used = self.all().any(|webhook| webhook.id_in(DEFAULT_ACCOUNT).is_some());
            if !is_used && !self.accounts.is_empty() {
                let names: Vec<&str> = self.accounts.iter().map(|own| own.name.as_str()).collect();
                let message = format!(
                    "which account? `{}` declares {}",
                    one_line(self.source.name()),
                    list(&names, "and")
                );
                return Err(Diagnostic::unnamed(message)
                    .help(format!("pass its name, e.g. `--account {}`", names[0]))
                    .help(format!("for an account without a name, pass `--account {DEFAULT_ACCOUNT}`")));
            }
        }
        if wanted == DEFAULT_ACCOUNT {
            return Ok(AccountSettings { name: wanted.to_owned(), ..AccountSettings::default() });
        }
        Err(self.unknown_account(wanted))
    }

    /// The error for an account that the file does not declare.
    pub fn unknown_account(&self, name: &str) -> Diagnostic {
        let known = self.accounts.iter().map(|own| own.name.as_str()).chain([DEFAULT_ACCOUNT]);
        let help = match similar_names(name, known).as_slice() {
            [] => format!("declare it in `{}`: `[accounts.{name}]`", one_line(self.source.name())),
            near => format!("did you mean {}?", list(near, "or")),
        };
        let message = format!("unknown account `{}`", one_line(name));
        Diagnostic::error("unknown-account", message).help(help)
    }
}
