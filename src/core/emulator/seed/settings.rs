//! Email templates and custom domains, which the API only reads.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{SeedError, error};
use super::members::{CUSTOM_DOMAINS, EMAIL_TEMPLATES, list};
use crate::core::emulator::Record;
use crate::core::text::one_line;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    #[serde(default)]
    pub email_templates: Vec<EmailTemplate>,
    #[serde(default)]
    pub custom_domains: CustomDomains,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailTemplate {
    pub id: u64,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomDomains {
    pub default_custom_domain: Option<u64>,
    pub available_custom_domains: Vec<CustomDomain>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomDomain {
    pub id: u64,
    pub status: String,
    pub host: String,
    pub fallback_url: Option<String>,
    #[serde(default)]
    pub dns_settings: Vec<Value>,
}

/// Documented: the types of email templates.
pub(super) const EMAIL_TEMPLATE_TYPES: [&str; 7] = [
    "rsvp_doi",
    "rsvp_thank_you",
    "rsvp_signup_confirmation",
    "rsvp_change_confirmation",
    "rsvp_event_update",
    "rsvp_magic_link",
    "rsvp_second_signup",
];

impl Settings {
    pub fn has_email_template(&self, kind: &str, key: &str) -> bool {
        self.email_templates.iter().any(|own| own.kind == kind && own.id.to_string() == key)
    }

    pub fn has_custom_domain(&self, key: &str) -> bool {
        self.custom_domains.available_custom_domains.iter().any(|own| own.id.to_string() == key)
    }
}

pub(super) fn read(lists: &mut Record) -> Result<Settings, SeedError> {
    let mut settings = Settings::default();
    for (index, value) in list(lists, EMAIL_TEMPLATES)?.into_iter().enumerate() {
        let path = format!("$.{EMAIL_TEMPLATES}[{index}]");
        let template: EmailTemplate =
            serde_json::from_value(value).map_err(|wrong| error(path.as_str(), wrong.to_string()))?;
        if !EMAIL_TEMPLATE_TYPES.contains(&template.kind.as_str()) {
            return Err(error(
                format!("{path}.type"),
                format!("unknown type `{}`", one_line(&template.kind)),
            ));
        }
        if settings.email_templates.iter().any(|own| own.id == template.id) {
            return Err(error(format!("{path}.id"), "another email template has this id"));
        }
        settings.email_templates.push(template);
    }
    if let Some(domains) = lists.shift_remove(CUSTOM_DOMAINS) {
        let path = format!("$.{CUSTOM_DOMAINS}");
        settings.custom_domains =
            serde_json::from_value(domains).map_err(|wrong| error(path, wrong.to_string()))?;
    }
    Ok(settings)
}
