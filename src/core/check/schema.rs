//! The JSON Schema of a definitions file (draft 7, which TOML editors read), generated from the same lists as the reader.

use serde_json::{Map, Value, json};

use crate::core::definitions::FIELDS;
use crate::core::model::{Method, Trigger, TriggerElement, plain_word};
use crate::core::request::{FRAMING, MAX_HEADERS};

use super::rules::RULES;
use super::settings::{STRICT, level_names};

const REQUIRED: [&str; 3] = ["trigger", "trigger_element", "payload_url"];
/// An absolute `http` or `https` URL without whitespace, or one that begins with an environment variable.
const ADDRESS: &str = r"^(\$\{[A-Za-z_][A-Za-z0-9_]*\}|[Hh][Tt][Tt][Pp][Ss]?://)[^\s\\]*$";
const PROKEY: &str = "^\\s*[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\\s*$";
/// RFC 9110, 5.6.2.
const TOKEN: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$";

pub fn schema() -> String {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Webhooks of Add to Calendar PRO",
        "description": "Definitions for the command-line tool `hooks`, one table per webhook: `[webhooks.HANDLE]`.",
        "type": "object",
        "properties": {
            "webhooks": {
                "title": "Webhooks",
                "description": "One table per webhook. Its name is the handle that commands use: letters, digits, `-` and `_`.",
                "type": "object",
                "patternProperties": { "^[A-Za-z0-9_-]+$": { "$ref": "#/definitions/webhook" } },
                "additionalProperties": forbidden(),
            },
            "check": settings(),
            "accounts": accounts(),
            // Misspelled `webhooks`; other tables belong to other tools. A schema for the key lets an editor mark the key
            // instead of the whole file.
            "webhook": false,
            "hook": false,
            "hooks": false,
        },
        "definitions": { "webhook": webhook() },
    });
    // Serializing a `Value` cannot fail.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn webhook() -> Value {
    let properties: Map<String, Value> =
        FIELDS.iter().map(|name| ((*name).to_owned(), field(name))).collect();
    json!({
        "title": "Webhook",
        "description": "An HTTP request that the platform sends when an element of the account is created, updated or deleted.",
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
        "name" => json!({
            "title": "Name",
            "description": "The display name; by default the handle.",
            "type": "string",
            "examples": ["RSVP sign-ups to the CMS"],
        }),
        "id" => json!({
            "title": "Id",
            "description": "The id of this webhook in the account. With several accounts, a table with one id per account; the name of an account without a table `[accounts.NAME]` is `default`.",
            "type": ["integer", "object"],
            "minimum": 0,
            "additionalProperties": { "type": "integer", "minimum": 0 },
            "examples": [67, { "production": 67, "test": 12 }],
        }),
        "active" => json!({
            "title": "Active",
            "description": "An inactive webhook never fires.",
            "type": "boolean",
            "default": true,
        }),
        "trigger" => term(
            "Trigger",
            "What happens to the element. The names in the app are accepted too, in any letter case.",
            &Trigger::ALL.map(Trigger::as_str),
            &names(&Trigger::ALL.map(Trigger::names)),
            json!({ "examples": ["create"] }),
        ),
        "trigger_element" => term(
            "Trigger element",
            &meanings(),
            &TriggerElement::ALL.map(TriggerElement::as_str),
            &names(&TriggerElement::ALL.map(TriggerElement::names)),
            json!({ "examples": ["rsvp_answer"] }),
        ),
        "prokey_filter" => json!({
            "title": "Prokey filter",
            "description": "For `rsvp_answer` only: fire only for answers to the event with this prokey.",
            "type": "string",
            "pattern": PROKEY,
            "examples": ["c6510c06-a277-4e1c-9baf-deec9c5507c7"],
        }),
        "method" => term(
            "Method",
            "The HTTP method. Every method sends the same body; many servers reject a body on GET and DELETE.",
            &Method::ALL.map(Method::as_str),
            &[],
            json!({ "default": Method::Post.as_str(), "examples": ["PUT"] }),
        ),
        "payload_url" => json!({
            "title": "Payload URL",
            "description": "Where the request is sent. `${NAME}` is taken from the environment; `{{variables}}` are not replaced here.",
            "type": "string",
            "pattern": ADDRESS,
            "examples": ["https://cms.example.com/hooks/rsvp", "https://${CMS_HOST}/hooks"],
        }),
        "header" => json!({
            "title": "Header",
            "description": "Extra request headers, mostly for authentication. Values may contain `{{variables}}` and `${NAME}` from the environment. A list of `{ key, value }` may repeat a name.",
            "type": ["object", "array"],
            "maxProperties": MAX_HEADERS,
            "patternProperties": { TOKEN: { "type": "string" }, (framing()): false },
            "additionalProperties": forbidden(),
            "maxItems": MAX_HEADERS,
            "items": item(
                &json!({ "type": "string", "pattern": TOKEN, "not": { "pattern": framing() } }),
                &json!({ "type": "string" }),
            ),
            "examples": [{ "Authorization": "Bearer ${CMS_TOKEN}" }],
        }),
        _ => json!({
            "title": "Body",
            "description": "Extra body fields, sent next to `element_data`. Values may contain `{{variables}}` and `${NAME}` from the environment; a value that is only a variable keeps its JSON type. Numbers and booleans are sent as such, any other JSON value is written as `{ json = \"…\" }`. A list of `{ key, value }` may repeat a key.",
            "type": ["object", "array"],
            "additionalProperties": body_value(),
            "items": item(&json!({ "type": "string" }), &body_value()),
            "examples": [{ "user-email": "{{email}}", "seats": "{{amount}}", "version": 2, "tags": { "json": "[\"a\"]" } }],
        }),
    }
}

/// Forbids a key. With `false`, editors would mark every key of the table around it.
fn forbidden() -> Value {
    json!({ "not": {} })
}

fn body_value() -> Value {
    json!({
        "type": ["string", "number", "boolean", "object"],
        "required": ["json"],
        "additionalProperties": forbidden(),
        "properties": { "json": { "description": "A JSON value.", "type": "string" } },
    })
}

fn item(key: &Value, value: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["key", "value"],
        "additionalProperties": forbidden(),
        "properties": { "key": key, "value": value },
    })
}

fn accounts() -> Value {
    json!({
        "title": "Accounts",
        "description": "One table per account, for `--account NAME`. The account `default` is used without this option.",
        "type": "object",
        "patternProperties": {
            "^[A-Za-z0-9_-]+$": {
                "type": "object",
                "additionalProperties": forbidden(),
                "properties": {
                    "api": {
                        "title": "API",
                        "description": "The base URL of the API, which ends in `/v1`; by default `HOOKS_API`, or the platform's own.",
                        "type": "string",
                        "pattern": "^\\s*[Hh][Tt][Tt][Pp][Ss]?://[^\\s?#]*$",
                    },
                    "key": {
                        "title": "Key",
                        "description": "The environment variable with the API key; by default `HOOKS_API_KEY`.",
                        "type": "string",
                        "pattern": r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$",
                        "examples": ["${TEST_API_KEY}"],
                    },
                },
            },
        },
        "additionalProperties": forbidden(),
        "examples": [{ "production": { "key": "${PRODUCTION_API_KEY}" }, "test": { "key": "${TEST_API_KEY}" } }],
    })
}

fn settings() -> Value {
    let level = |default: &str, summary: &str| json!({ "description": summary, "enum": level_names(), "default": default });
    let rules = RULES.iter().filter(|rule| rule.can_be_changed());
    let rules = rules.map(|rule| (rule.code.to_owned(), level(rule.level.as_str(), rule.summary)));
    let strict = json!({
        "description": "Treat warnings as errors.", "type": "boolean", "default": false,
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

/// A pattern for the headers that hooks controls, in any letter case.
fn framing() -> String {
    let letter = |c: char| format!("[{}{}]", c, c.to_ascii_uppercase());
    let cased = |name: &str| {
        name.chars().map(|c| if c == '-' { "-".to_owned() } else { letter(c) }).collect::<String>()
    };
    let names: Vec<String> = FRAMING.iter().map(|name| cased(name)).collect();
    format!("^({}|{}.*)$", names.join("|"), cased("proxy-"))
}

/// A field with a fixed list of values: `offered` for completion; these and `accepted` in any letter case.
fn term(title: &str, description: &str, offered: &[&str], accepted: &[String], rest: Value) -> Value {
    let others = accepted.iter().map(String::as_str).filter(|name| !offered.contains(name));
    let patterns: Vec<String> = offered.iter().copied().chain(others).map(any_case).collect();
    let mut term = json!({
        "title": title,
        "description": description,
        "type": "string",
        "anyOf": [{ "enum": offered }, { "pattern": patterns.join("|") }],
    });
    if let (Some(term), Value::Object(rest)) = (term.as_object_mut(), rest) {
        term.extend(rest);
    }
    term
}

/// The names, and their ASCII spelling.
fn names(of_each: &[&[&'static str]]) -> Vec<String> {
    let all = of_each.iter().flat_map(|names| names.iter());
    let mut names: Vec<String> = all.flat_map(|name| [(*name).to_owned(), plain_word(name)]).collect();
    names.dedup();
    names
}

/// A pattern for a name in any letter case, where `_` may be `-` or a space.
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
