//! The JSON Schema of a definitions file (draft 7, which editors of TOML read), made of the same words that
//! the file is read by.

use serde_json::{Map, Value, json};

use crate::core::definitions::FIELDS;
use crate::core::model::{Method, Trigger, TriggerElement, plain_word};
use crate::core::request::{FRAMING, MOST_HEADERS};

use super::rules::RULES;
use super::settings::{STRICT, levels_in_words};

/// The fields that a webhook must have.
const REQUIRED: [&str; 3] = ["trigger", "trigger_element", "payload_url"];
/// An absolute `http` or `https` address without whitespace, or one that the environment begins.
const ADDRESS: &str = r"^(\$\{[A-Za-z_][A-Za-z0-9_]*\}|[Hh][Tt][Tt][Pp][Ss]?://)[^\s\\]*$";
const PROKEY: &str = "^\\s*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\\s*$";
/// RFC 9110, 5.6.2.
const TOKEN: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$";

pub fn schema() -> String {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Webhooks of Add to Calendar PRO",
        "description": "Definitions for the command-line tool `hooks`, one block each: `[webhooks.HANDLE]`.",
        "type": "object",
        "properties": {
            "webhooks": {
                "title": "Webhooks",
                "description": "One table for each webhook. Its name is the handle that the commands use: letters, digits, `-` and `_`.",
                "type": "object",
                "patternProperties": { "^[A-Za-z0-9_-]+$": { "$ref": "#/definitions/webhook" } },
                "additionalProperties": forbidden(),
            },
            "check": settings(),
            // Misspelt `webhooks`; every other table belongs to another tool. A schema at the property lets an
            // editor mark the key instead of the whole file.
            "webhook": false,
            "hook": false,
            "hooks": false,
        },
        "definitions": { "webhook": webhook() },
    });
    // A tree of strings, numbers and lists can always be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn webhook() -> Value {
    let properties: Map<String, Value> =
        FIELDS.iter().map(|name| ((*name).to_owned(), field(name))).collect();
    json!({
        "title": "Webhook",
        "description": "A request that the platform sends by itself when something in the account is created, updated or deleted.",
        "type": "object",
        "required": REQUIRED,
        "additionalProperties": forbidden(),
        "properties": properties,
        "if": {
            "required": ["trigger_element"],
            "properties": { "trigger_element": { "pattern": any_case("rsvp_answer") } },
        },
        "then": {},
        "else": { "properties": { "prokey_filter": false } },
    })
}

fn field(name: &str) -> Value {
    match name {
        "name" => described(
            "Name",
            "The label in overviews; the handle when it is left out.",
            json!({
                "type": "string", "examples": ["RSVP sign-ups to the CMS"],
            }),
        ),
        "id" => described(
            "Id",
            "The number of the account's webhook that this one is.",
            json!({
                "type": "integer", "minimum": 0, "examples": [67],
            }),
        ),
        "active" => described(
            "Active",
            "An inactive webhook stays defined and never fires.",
            json!({
                "type": "boolean", "default": true,
            }),
        ),
        "trigger" => described(
            "Trigger",
            "What happens to the element. The app's words are understood as well, in any letter case.",
            words(
                &Trigger::ALL.map(Trigger::as_str),
                &names(&Trigger::ALL.map(Trigger::names)),
                json!({ "examples": ["create"] }),
            ),
        ),
        "trigger_element" => described(
            "Trigger element",
            &meanings(),
            words(
                &TriggerElement::ALL.map(TriggerElement::as_str),
                &names(&TriggerElement::ALL.map(TriggerElement::names)),
                json!({ "examples": ["rsvp_answer"] }),
            ),
        ),
        "prokey_filter" => described(
            "Prokey filter",
            "For `rsvp_answer` only: the prokey of the one event whose answers set the webhook off.",
            json!({
                "type": "string", "pattern": PROKEY, "examples": ["c6510c06-a277-4e1c-9baf-deec9c5507c7"],
            }),
        ),
        "method" => described(
            "Method",
            "How the request is sent. The same body goes with every method; many servers refuse it on GET and DELETE.",
            words(
                &Method::ALL.map(Method::as_str),
                &[],
                json!({ "default": Method::Post.as_str(), "examples": ["PUT"] }),
            ),
        ),
        "payload_url" => described(
            "Payload URL",
            "Where the request is sent. `${NAME}` is taken from the environment; `{{variables}}` are not replaced here.",
            json!({
                "type": "string", "pattern": ADDRESS, "examples": ["https://cms.example.com/hooks/rsvp", "https://${CMS_HOST}/hooks"],
            }),
        ),
        "header" => described(
            "Header",
            "Extra request headers, mostly for authentication. Values may contain `{{variables}}` and `${NAME}` from the environment. A list of `{ key, value }` may repeat a name.",
            json!({
                "type": ["object", "array"],
                "maxProperties": MOST_HEADERS,
                "patternProperties": { TOKEN: { "type": "string" }, (framing()): false },
                "additionalProperties": forbidden(),
                "maxItems": MOST_HEADERS,
                "items": item(&json!({ "type": "string", "pattern": TOKEN, "not": { "pattern": framing() } })),
                "examples": [{ "Authorization": "Bearer ${CMS_TOKEN}" }],
            }),
        ),
        _ => described(
            "Body",
            "Extra body fields, sent next to `element_data`. Values may contain `{{variables}}` and `${NAME}` from the environment; a variable alone keeps its JSON type. A list of `{ key, value }` may repeat a key.",
            json!({
                "type": ["object", "array"],
                "additionalProperties": { "type": "string" },
                "items": item(&json!({ "type": "string" })),
                "examples": [{ "user-email": "{{email}}", "seats": "{{amount}}" }],
            }),
        ),
    }
}

/// Forbids a property where it is: `false` would let editors mark every key of the table around it.
fn forbidden() -> Value {
    json!({ "not": {} })
}

fn item(key: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["key", "value"],
        "additionalProperties": forbidden(),
        "properties": { "key": key, "value": { "type": "string" } },
    })
}

fn settings() -> Value {
    let level = |default: &str, summary: &str| json!({ "description": summary, "enum": levels_in_words(), "default": default });
    let rules = RULES.iter().filter(|rule| rule.can_be_changed());
    let rules = rules.map(|rule| (rule.code.to_owned(), level(rule.level.as_str(), rule.summary)));
    let strict = json!({
        "description": "Whether warnings fail the check, too.", "type": "boolean", "default": false,
    });
    let properties: Map<String, Value> = [(STRICT.to_owned(), strict)].into_iter().chain(rules).collect();
    json!({
        "title": "Settings of `hooks check`",
        "description": "The level of each rule.",
        "type": "object",
        "additionalProperties": forbidden(),
        "properties": properties,
        "examples": [{ "strict": true, "plain-http": "off" }],
    })
}

/// Puts title and description before the rest.
fn described(title: &str, description: &str, rest: Value) -> Value {
    let mut whole = Map::new();
    whole.insert("title".to_owned(), title.into());
    whole.insert("description".to_owned(), description.into());
    if let Value::Object(rest) = rest {
        whole.extend(rest);
    }
    Value::Object(whole)
}

/// A pattern for the headers that are not a definition's to set, in any letter case.
fn framing() -> String {
    let letter = |c: char| format!("[{}{}]", c, c.to_ascii_uppercase());
    let cased = |name: &str| {
        name.chars().map(|c| if c == '-' { "-".to_owned() } else { letter(c) }).collect::<String>()
    };
    let names: Vec<String> = FRAMING.iter().map(|name| cased(name)).collect();
    format!("^({}|{}.*)$", names.join("|"), cased("proxy-"))
}

/// The words of a list, for completion, and these and others in any letter case.
fn words(offered: &[&str], understood: &[String], rest: Value) -> Value {
    let others = understood.iter().map(String::as_str).filter(|word| !offered.contains(word));
    let patterns: Vec<String> = offered.iter().copied().chain(others).map(any_case).collect();
    let mut whole = Map::new();
    whole.insert("type".to_owned(), "string".into());
    whole.insert("anyOf".to_owned(), json!([{ "enum": offered }, { "pattern": patterns.join("|") }]));
    if let Value::Object(rest) = rest {
        whole.extend(rest);
    }
    Value::Object(whole)
}

/// Names with umlauts also in their ASCII spelling.
fn names(of_each: &[&[&'static str]]) -> Vec<String> {
    let all = of_each.iter().flat_map(|names| names.iter());
    let mut names: Vec<String> = all.flat_map(|name| [(*name).to_owned(), plain_word(name)]).collect();
    names.dedup();
    names
}

/// A pattern for one word in any letter case, where `_` may be `-` or a blank.
fn any_case(word: &str) -> String {
    let letter = |c: char| match c {
        '_' => "[_ -]".to_owned(),
        c => format!("[{}{}]", c.to_lowercase(), c.to_uppercase()),
    };
    format!(r"^\s*{}\s*$", word.chars().map(letter).collect::<String>())
}

fn meanings() -> String {
    let lines = TriggerElement::ALL.map(|element| format!("- `{element}`: {}", element.meaning()));
    format!("The kind of element that the trigger applies to.\n\n{}", lines.join("\n"))
}
