//! Rules that are checked while a file, its settings and its comments are read.

use crate::core::diagnostic::Level;

use super::super::rule::{Finder, Rule};

pub(super) const TOML_SYNTAX: Rule = Rule {
    code: "toml-syntax",
    level: Level::Error,
    summary: "invalid TOML",
    finds: "Invalid TOML, such as a string without quotes, an unclosed quote or bracket, or an unexpected character. All errors are reported in one run.",
    why: "No command can read the file.",
    example: "method = POST",
    fix: r#"Fix the problem that the message describes. Strings need quotes: `method = "POST"`."#,
    finder: Finder::Reader,
};

pub(super) const TOML_DUPLICATE_KEY: Rule = Rule {
    code: "toml-duplicate-key",
    level: Level::Error,
    summary: "a duplicate key or table",
    finds: "The second of two keys or tables with the same name, often because a copied webhook still has the old handle.",
    why: "TOML does not allow duplicates, so no command can read the file.",
    example: r#"method = "POST"
method = "PUT""#,
    fix: "Remove one, or give the copy its own handle.",
    finder: Finder::Reader,
};

pub(super) const DEFINITIONS_EMPTY: Rule = Rule {
    code: "definitions-empty",
    level: Level::Error,
    summary: "an empty definitions file",
    finds: "A file that contains only whitespace.",
    why: "The file was probably truncated, or it is the wrong file.",
    example: "",
    fix: "Define a webhook with `hooks add`, or write a block `[webhooks.HANDLE]`.",
    finder: Finder::Reader,
};

pub(super) const UNKNOWN_TABLE: Rule = Rule {
    code: "unknown-table",
    level: Level::Error,
    summary: "a table that looks like a misspelled `webhooks`",
    finds: "A table such as `[webhook.x]` or `[hooks.x]`. Tables with other names belong to other tools and are ignored.",
    why: "It defines no webhook, and no other rule reports that.",
    example: r#"[webhook.rsvp]
trigger = "create""#,
    fix: "Name it `[webhooks.HANDLE]`.",
    finder: Finder::Reader,
};

pub(super) const FIELD_OUTSIDE_WEBHOOK: Rule = Rule {
    code: "field-outside-webhook",
    level: Level::Error,
    summary: "a field outside of a webhook",
    finds: "A key such as `trigger` or `method` at the top level of the file.",
    why: "It belongs to no webhook and has no effect.",
    example: r#"# at the top of the file
trigger = "create""#,
    fix: "Move it below a header such as `[webhooks.rsvp-to-cms]`.",
    finder: Finder::Reader,
};

pub(super) const BAD_HANDLE: Rule = Rule {
    code: "bad-handle",
    level: Level::Error,
    summary: "a handle with characters other than letters, digits, `-` and `_`",
    finds: "A handle with spaces, dots, non-ASCII letters or other characters.",
    why: "Commands, scripts and file names use the handle.",
    example: r#"[webhooks."RSVP an CMS"]
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/hooks""#,
    fix: "Use only letters a-z, digits, `-` and `_`; `name` can be any text. `hooks rename` changes a handle.",
    finder: Finder::Reader,
};

pub(super) const MISSING_FIELD: Rule = Rule {
    code: "missing-field",
    level: Level::Error,
    summary: "a webhook without `trigger`, `trigger_element` or `payload_url`",
    finds: "A webhook that lacks one of the three required fields.",
    why: "The platform requires them: they define when the webhook fires, what it sends and where.",
    example: r#"[webhooks.incomplete]
trigger = "create"
trigger_element = "event""#,
    fix: "Add the field; the message lists its possible values.",
    finder: Finder::Reader,
};

pub(super) const UNKNOWN_KEY: Rule = Rule {
    code: "unknown-key",
    level: Level::Error,
    summary: "an unknown field of a webhook",
    finds: "A key that is not a field of a webhook. The message suggests the field that was probably meant.",
    why: "It has no effect: with a misspelled `prokey_filter`, the webhook would fire for the answers to every event.",
    example: r#"url = "https://cms.example.com/hooks""#,
    fix: "Use the platform's name for the field.",
    finder: Finder::Reader,
};

pub(super) const UNKNOWN_VALUE: Rule = Rule {
    code: "unknown-value",
    level: Level::Error,
    summary: "an unknown trigger, trigger element or method, or an `id` that is not a number",
    finds: "A value that its field does not allow. An unknown trigger, trigger element or method of a webhook with an `id` is a warning, since the account may have it.",
    why: "The platform rejects it, or the webhook never fires. hooks sends no webhook with an unknown word.",
    example: r#"method = "HEAD""#,
    fix: "Use a value that the message suggests.",
    finder: Finder::Reader,
};

pub(super) const WRONG_TYPE: Rule = Rule {
    code: "wrong-type",
    level: Level::Error,
    summary: "a value of the wrong type",
    finds: "A value of a type other than the one its field requires, such as a number in place of a string, or a string in place of `true`. Header values must be strings; body values are strings, numbers, booleans or `{ json = \"…\" }`.",
    why: "The value cannot be used as it is written.",
    example: r#"active = "yes"
header.X-Version = 2"#,
    fix: "Put strings in quotes; write `true`, `false` and the `id` without quotes.",
    finder: Finder::Reader,
};

pub(super) const MISPLACED_PROKEY_FILTER: Rule = Rule {
    code: "misplaced-prokey-filter",
    level: Level::Error,
    summary: "a prokey filter on an element other than `rsvp_answer`",
    finds: "A `prokey_filter` on a webhook for events, groups, styles or templates.",
    why: "The platform filters only RSVP answers, so the webhook would fire for every element.",
    example: r#"trigger_element = "event"
prokey_filter = "c6510c06-a277-4e1c-9baf-deec9c5507c7""#,
    fix: "Remove the filter, or use the trigger element `rsvp_answer`.",
    finder: Finder::Reader,
};

pub(super) const CHECK_SETTING: Rule = Rule {
    code: "check-setting",
    level: Level::Error,
    summary: "an unknown rule or level under `[check]`",
    finds: "A key under `[check]` that is neither a rule nor `strict`, a level other than `off`, `note`, `warning` and `error`, or a level for a rule that is always an error.",
    why: "The setting has no effect.",
    example: r#"[check]
plain-htpp = "off""#,
    fix: "Use the code of a rule (`hooks check --explain all` lists them) and one of the levels.",
    finder: Finder::Reader,
};

pub(super) const IGNORE_UNUSED: Rule = Rule {
    code: "ignore-unused",
    level: Level::Note,
    summary: "a `# hooks: ignore[…]` that ignores nothing",
    finds: "A comment `# hooks: ignore[code]` on a line without a finding of that rule, or without the name of a rule.",
    why: "It ignores nothing now, but may hide a problem later.",
    example: r#"method = "POST"   # hooks: ignore[body-on-get]"#,
    fix: "Remove the comment, correct the code, or put the comment on the line of the finding or directly above it.",
    finder: Finder::Reader,
};
