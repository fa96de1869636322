//! The fields of a webhook as options.

use std::str::FromStr;

use clap::Args;

use crate::core::definitions::{Definitions, Draft};
use crate::core::diagnostic::Diagnostic;
use crate::core::json;
use crate::core::model::{DEFAULT_ACCOUNT, FieldValue, Method, Trigger};
use crate::core::template::reference;
use crate::core::text::{list, look_alike, nearest};

use super::data::{ElementName, trigger};

#[derive(Debug, Clone, Args, Default)]
pub struct FieldArgs {
    /// Display name
    #[arg(long, value_name = "TEXT", value_parser = not_empty, help_heading = "Fields")]
    name: Option<String>,
    /// Id in the account; `test=12` for the account named `test` (repeatable)
    #[arg(long, value_name = "ID", help_heading = "Fields")]
    id: Vec<IdInAccount>,
    /// Whether the webhook fires
    #[arg(long, value_name = "BOOL", help_heading = "Fields")]
    active: Option<bool>,
    /// Trigger: `create`, `update` or `delete`
    #[arg(long, value_name = "TRIGGER", value_parser = trigger, help_heading = "Fields")]
    trigger: Option<Trigger>,
    /// Trigger element, e.g. `event` or `rsvp_answer`
    #[arg(long, visible_alias = "element", value_name = "ELEMENT", help_heading = "Fields")]
    trigger_element: Option<ElementName>,
    /// Fire only for RSVP answers to the event with this prokey
    #[arg(long, value_name = "PROKEY", value_parser = not_empty, help_heading = "Fields")]
    prokey_filter: Option<String>,
    /// HTTP method: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`
    #[arg(long, value_name = "METHOD", value_parser = method, help_heading = "Fields")]
    method: Option<Method>,
    /// URL to send the request to
    #[arg(long, visible_alias = "url", value_name = "URL", help_heading = "Fields")]
    payload_url: Option<String>,
    /// Request header, e.g. `X-Source: calendar` (repeatable)
    #[arg(long, value_name = "NAME: VALUE", help_heading = "Fields")]
    header: Vec<HeaderPair>,
    /// Body field next to the element, e.g. `seats={{amount}}` (repeatable)
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Fields")]
    body: Vec<BodyPair>,
    /// Body field that is not a string, e.g. `version=2` or `tags=["a"]` (repeatable)
    ///
    /// The value is JSON: a number, a boolean, `null`, a list or an object. Variables in it are not replaced.
    #[arg(long, value_name = "KEY=JSON", help_heading = "Fields")]
    body_json: Vec<BodyJson>,
}

impl FieldArgs {
    pub fn is_empty(&self) -> bool {
        let single = self.name.is_some()
            || !self.id.is_empty()
            || self.active.is_some()
            || self.trigger.is_some()
            || self.trigger_element.is_some()
            || self.prokey_filter.is_some()
            || self.method.is_some()
            || self.payload_url.is_some();
        !single && self.header.is_empty() && self.body.is_empty() && self.body_json.is_empty()
    }

    /// Fails only if `--id` names an account that the file does not declare.
    pub fn apply_to(&self, draft: &mut Draft, definitions: &Definitions) -> Result<(), Diagnostic> {
        fn put<T: Clone>(from: Option<&T>, to: &mut Option<T>) {
            if let Some(value) = from {
                *to = Some(value.clone());
            }
        }
        put(self.name.as_ref(), &mut draft.name);
        put(self.active.as_ref(), &mut draft.active);
        put(self.trigger.as_ref(), &mut draft.trigger);
        put(self.trigger_element.map(|name| name.0).as_ref(), &mut draft.trigger_element);
        put(self.prokey_filter.as_ref(), &mut draft.prokey_filter);
        put(self.method.as_ref(), &mut draft.method);
        put(self.payload_url.as_ref(), &mut draft.payload_url);
        if self.trigger.is_some() {
            draft.unknown.trigger = None;
        }
        if self.trigger_element.is_some() {
            draft.unknown.trigger_element = None;
        }
        if self.method.is_some() {
            draft.unknown.method = None;
        }
        for IdInAccount(account, id) in &self.id {
            if !definitions.has_account(account) {
                return Err(definitions.unknown_account(account));
            }
            draft.ids.set(account, *id);
        }
        for HeaderPair(name, value) in &self.header {
            draft.set_header(name, value);
        }
        for BodyPair(key, value) in &self.body {
            draft.set_body(key, &value.as_str().into());
        }
        for BodyJson(key, json) in &self.body_json {
            draft.set_body(key, &FieldValue::Json(json.clone()));
        }
        Ok(())
    }
}

/// `67` or `test=12`.
#[derive(Debug, Clone)]
struct IdInAccount(String, u64);

impl FromStr for IdInAccount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (account, number) = text.rsplit_once('=').unwrap_or((DEFAULT_ACCOUNT, text));
        let number = number.trim().parse().map_err(|_| "expected a number, e.g. `67` or `test=67`")?;
        Ok(Self(account.trim().to_owned(), number))
    }
}

#[derive(Debug, Clone)]
pub struct HeaderPair(pub String, pub String);

impl FromStr for HeaderPair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once(':').ok_or("expected NAME: VALUE, e.g. `X-Source: calendar`")?;
        if name.trim().is_empty() {
            return Err("the name before `:` is empty".to_owned());
        }
        Ok(Self(trimmed(name)?, value.trim_matches([' ', '\t']).to_owned()))
    }
}

#[derive(Debug, Clone)]
struct BodyPair(String, String);

impl FromStr for BodyPair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE, e.g. `seats={{amount}}`")?;
        if key.trim().is_empty() {
            return Err("the key before `=` is empty".to_owned());
        }
        Ok(Self(trimmed(key)?, value.to_owned()))
    }
}

#[derive(Debug, Clone)]
struct BodyJson(String, String);

impl FromStr for BodyJson {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let BodyPair(key, json) = text.parse()?;
        checked_json(json.trim()).map(|json| Self(key, json.to_owned()))
    }
}

/// Accepts JSON that is not a string, and `${NAME}`.
pub fn checked_json(text: &str) -> Result<&str, String> {
    if reference(text).is_some() {
        return Ok(text);
    }
    let document = json::check(text).map_err(|error| match error.help {
        Some(help) => format!("invalid JSON: {}; {help}", error.message),
        None => format!("invalid JSON: {}", error.message),
    })?;
    match document.root(text).kind() {
        json::Kind::String => Err("this is a string: use `--body KEY=VALUE`".to_owned()),
        _ => Ok(text),
    }
}

/// Removes spaces and tabs around a name; refuses other invisible characters there.
fn trimmed(name: &str) -> Result<String, String> {
    let is_invisible =
        |c: &char| c.is_whitespace() || look_alike(*c).is_some_and(|odd| odd.replacement.is_empty());
    let name = name.trim_matches([' ', '\t']);
    match name.chars().next().into_iter().chain(name.chars().next_back()).find(is_invisible) {
        Some(invisible) => {
            Err(format!("the name starts or ends with U+{:04X}: delete it", u32::from(invisible)))
        }
        None => Ok(name.to_owned()),
    }
}

/// Refuses an empty value: in a script, it is more likely an unset variable than an attempt to clear the field.
fn not_empty(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(
            "the value is empty; to clear the field, use `hooks edit WEBHOOK --clear FIELD`".to_owned()
        );
    }
    Ok(text.to_owned())
}

fn method(text: &str) -> Result<Method, String> {
    let names = Method::ALL.map(Method::as_str);
    Method::parse(text).ok_or_else(|| match nearest(text, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use {}", list(&names, "or")),
    })
}
