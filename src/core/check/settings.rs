//! What was asked of the linter: the level of each rule, from the command line and from `[check]`, and comments that
//! ignore a rule.

use std::collections::BTreeMap;

use crate::core::definitions::{Definitions, Setting, SettingValue, article, ignores};
use crate::core::diagnostic::{Diagnostic, Level, Levels, OFF, configured_level};
use crate::core::request::Environment;
use crate::core::text::{list, nearest, one_line};

use super::findings::Findings;
use super::rules::{RULES, rule};

/// The key of `[check]` that makes warnings fail.
pub const STRICT: &str = "strict";

/// The words for the level of a rule.
pub(super) fn levels_in_words() -> Vec<&'static str> {
    std::iter::once(OFF).chain(Level::ALL.map(Level::as_str)).collect()
}

/// What was asked for on the command line.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Asked<'a> {
    /// Rules and their levels; none is off.
    levels: BTreeMap<&'static str, Option<Level>>,
    /// Whether warnings fail too.
    pub is_strict: bool,
    /// Where `${NAME}` is looked up; none when it is not to be.
    pub environment: Option<&'a dyn Environment>,
}

impl Asked<'_> {
    /// The same for a file with this environment.
    pub fn within<'e>(&self, environment: Option<&'e dyn Environment>) -> Asked<'e> {
        Asked { levels: self.levels.clone(), is_strict: self.is_strict, environment }
    }

    pub fn set(&mut self, code_and_level: &str) -> Result<(), Diagnostic> {
        let Some((code, word)) = code_and_level.split_once('=') else {
            let message = format!("`{}` has no level", one_line(code_and_level));
            return Err(Diagnostic::unnamed(message).help("write it as `plain-http=off`"));
        };
        let (code, level) = understood(code.trim(), word.trim())?;
        self.levels.insert(code, level);
        Ok(())
    }
}

/// The levels for a file, those of the command line before its own, and whether warnings fail too. Reports settings
/// that are invalid.
pub(super) fn levels(
    asked: &Asked<'_>,
    definitions: &Definitions,
    findings: &mut Findings<'_>,
) -> (Levels, bool) {
    let mut is_strict = asked.is_strict;
    let setting = |message: String| Diagnostic::error("check-setting", message);
    for Setting { key, value } in &definitions.check {
        match (key.value.as_str(), &value.value) {
            (STRICT, SettingValue::Boolean(strict)) => is_strict |= strict,
            (STRICT, other) => {
                let message = format!("`strict` is `true` or `false`, not {}", kind(other));
                let found = setting(message).help("write it without quotes: `strict = true`");
                findings.at(found, value.span.clone());
            }
            (code, SettingValue::Text(word)) => {
                if let Err(error) = understood(code, word) {
                    let is_code = rule(code).is_some();
                    let span = if is_code { value.span.clone() } else { key.span.clone() };
                    findings.at(Diagnostic { code: "check-setting", ..error }, span);
                }
            }
            (_, other) => {
                let message = format!("the level of a rule is a word in quotes, not {}", kind(other));
                let found = setting(message).help(format!("write {}", list(&levels_in_words(), "or")));
                findings.at(found, value.span.clone());
            }
        }
    }
    let mut levels = Levels::clone(&definitions.levels);
    asked.levels.iter().for_each(|(code, level)| levels.set(code, *level));
    (levels, is_strict)
}

/// Removes findings that a comment ignores, and reports comments that ignore nothing.
pub(super) fn ignore(levels: &Levels, has_environment: bool, findings: &mut Findings<'_>) {
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
            note(format!("`{code}` is not reported here, so this comment ignores nothing"))
                .help("remove the comment, or put it on the line of the finding or directly above it")
        };
        findings.at(found, comment.place.clone());
    }
}

fn kind(value: &SettingValue) -> String {
    match value {
        SettingValue::Text(_) => "text".to_owned(),
        SettingValue::Boolean(_) => "a boolean".to_owned(),
        SettingValue::Other(kind) => article(kind),
    }
}

fn understood(code: &str, word: &str) -> Result<(&'static str, Option<Level>), Diagnostic> {
    let Some(rule) = rule(code) else { return Err(unknown_rule("", code)) };
    let Some(level) = configured_level(word) else {
        let message = format!("invalid level `{}`", one_line(word));
        return Err(Diagnostic::unnamed(message).help(format!("use {}", list(&levels_in_words(), "or"))));
    };
    if !rule.can_be_changed() {
        let message = format!("`{}` is always an error", rule.code);
        return Err(Diagnostic::unnamed(message).help("invalid TOML cannot be read: fix it"));
    }
    Ok((rule.code, level))
}

/// Reports the name of a rule that does not exist; it is a note in a comment, else an error.
pub fn unknown_rule(code: &'static str, written: &str) -> Diagnostic {
    let level = if code == "ignore-unused" { Level::Note } else { Level::Error };
    let help = match nearest(written, RULES.iter().map(|rule| rule.code)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`hooks check --explain all` lists the rules".to_owned(),
    };
    Diagnostic::new(level, code, format!("unknown rule `{}`", one_line(written))).help(help)
}
