//! The level of each rule, from the command line and `[check]`, and comments that ignore a rule.

use std::collections::BTreeMap;

use crate::core::catalog::LearnedFields;
use crate::core::definitions::{CheckSetting, Definitions, SettingValue, article, ignores};
use crate::core::diagnostic::{Diagnostic, Level, Levels, OFF, parse_level};
use crate::core::text::{list, nearest, one_line};

use super::findings::Findings;
use super::rules::{RULES, rule};

/// The key of `[check]` that treats warnings as errors.
pub const STRICT: &str = "strict";

/// What the level of a rule can be set to.
pub(super) fn level_names() -> Vec<&'static str> {
    std::iter::once(OFF).chain(Level::ALL.map(Level::as_str)).collect()
}

/// The options of the command line, and the fields that hooks learned from the account.
#[derive(Debug, Clone, Default)]
pub struct CheckOptions {
    /// None turns a rule off.
    levels: BTreeMap<&'static str, Option<Level>>,
    /// Whether warnings are errors.
    is_strict: bool,
    pub(super) learned: LearnedFields,
}

impl CheckOptions {
    pub fn new(is_strict: bool) -> Self {
        Self { levels: BTreeMap::new(), is_strict, learned: LearnedFields::default() }
    }

    /// The same options for a file that these fields belong to.
    #[must_use]
    pub fn with_learned(&self, learned: LearnedFields) -> Self {
        Self { learned, ..self.clone() }
    }

    /// Parses `CODE=LEVEL`.
    pub fn set(&mut self, code_and_level: &str) -> Result<(), Diagnostic> {
        let Some((code, word)) = code_and_level.split_once('=') else {
            let message = format!("missing level in `{}`", one_line(code_and_level));
            return Err(
                Diagnostic::unnamed(message).help("write the rule and its level, e.g. `plain-http=off`")
            );
        };
        let (code, level) = parse_setting(code.trim(), word.trim())?;
        self.levels.insert(code, level);
        Ok(())
    }
}

/// The levels for a file and whether warnings are errors; the command line overrides the file. Reports invalid settings.
pub(super) fn levels(
    options: &CheckOptions,
    definitions: &Definitions,
    findings: &mut Findings<'_>,
) -> (Levels, bool) {
    let mut is_strict = options.is_strict;
    let setting = |message: String| Diagnostic::error("check-setting", message);
    for CheckSetting { key, value } in &definitions.check {
        match (key.value.as_str(), &value.value) {
            (STRICT, SettingValue::Boolean(strict)) => is_strict |= strict,
            (STRICT, other) => {
                let message = format!("`strict` must be `true` or `false`, not {}", kind(other));
                let found = setting(message).help("write it without quotes: `strict = true`");
                findings.at(found, value.span.clone());
            }
            (code, SettingValue::Text(word)) => {
                if let Err(error) = parse_setting(code, word) {
                    let is_code = rule(code).is_some();
                    let span = if is_code { value.span.clone() } else { key.span.clone() };
                    findings.at(Diagnostic { code: "check-setting", ..error }, span);
                }
            }
            (_, other) => {
                let message = format!("the level of a rule must be a string, not {}", kind(other));
                let found = setting(message).help(format!("write {}", list(&level_names(), "or")));
                findings.at(found, value.span.clone());
            }
        }
    }
    let mut levels = Levels::clone(&definitions.levels);
    options.levels.iter().for_each(|(code, level)| levels.set(code, *level));
    (levels, is_strict)
}

/// Removes findings that a comment ignores, and reports comments that ignore nothing.
pub(super) fn apply_comments(levels: &Levels, has_environment: bool, findings: &mut Findings<'_>) {
    let comments = ignores(findings.source.text());
    let mut is_used = vec![false; comments.len()];
    findings.found.retain(|finding| {
        let mut is_ignored = false;
        for index in levels.ignored_by(&finding.diagnostic) {
            is_used[index] = true;
            is_ignored = true;
        }
        !is_ignored
    });
    let unused = comments.iter().zip(is_used).filter(|(_, is_used)| !is_used);
    for (comment, _) in unused {
        let code = comment.code.as_str();
        let note = |message: String| Diagnostic::note("ignore-unused", message);
        let found = if code.is_empty() {
            note("missing rule in `# hooks: ignore[…]`".to_owned())
                .help("write it as `# hooks: ignore[plain-http]`")
        } else if rule(code).is_none() {
            unknown_rule("ignore-unused", code)
        } else if levels.is_off(code) || (code.starts_with("environment-") && !has_environment) {
            continue;
        } else {
            note(format!("this comment ignores nothing: `{code}` is not reported here"))
                .help("remove the comment, or put it on the line of the finding or directly above it")
        };
        findings.at(found, comment.place.clone());
    }
}

fn kind(value: &SettingValue) -> String {
    match value {
        SettingValue::Text(_) => "a string".to_owned(),
        SettingValue::Boolean(_) => "a boolean".to_owned(),
        SettingValue::Other(kind) => article(kind),
    }
}

fn parse_setting(code: &str, word: &str) -> Result<(&'static str, Option<Level>), Diagnostic> {
    let Some(rule) = rule(code) else { return Err(unknown_rule("", code)) };
    let Some(level) = parse_level(word) else {
        let message = format!("invalid level `{}`", one_line(word));
        return Err(Diagnostic::unnamed(message).help(format!("use {}", list(&level_names(), "or"))));
    };
    if !rule.can_be_changed() {
        let message = format!("`{}` is always an error", rule.code);
        return Err(Diagnostic::unnamed(message).help("invalid TOML cannot be read: fix it"));
    }
    Ok((rule.code, level))
}

/// The finding about an unknown rule: a note for a comment, else an error.
pub fn unknown_rule(code: &'static str, written: &str) -> Diagnostic {
    let level = if code == "ignore-unused" { Level::Note } else { Level::Error };
    let help = match nearest(written, RULES.iter().map(|rule| rule.code)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "run `hooks check --explain all` to list the rules".to_owned(),
    };
    Diagnostic::new(level, code, format!("unknown rule `{}`", one_line(written))).help(help)
}
