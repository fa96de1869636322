//! Applies safe fixes with the editor, which changes nothing else.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::definitions::edit::{self, Change};
use crate::core::diagnostic::Diagnostic;
use crate::core::request::Environment;
use crate::core::text::Source;

use super::run::check;
use super::settings::CheckOptions;

#[derive(Debug)]
pub struct Fixed {
    pub text: String,
    pub count: usize,
    pub refused: Vec<Diagnostic>,
}

/// A fix may reveal another finding. No webhook needs more rounds than this.
const MAX_ROUNDS: usize = 200;

/// Fixes a text, including its byte-order mark.
pub fn fix(name: &str, text: String, options: &CheckOptions, environment: Option<&dyn Environment>) -> Fixed {
    let mut fixed = Fixed { text, count: 0, refused: Vec::new() };
    let mut refused_before = HashSet::new();
    for _ in 0..MAX_ROUNDS {
        let source = Arc::new(Source::new(name, fixed.text.as_str()));
        let mut touched = HashSet::new();
        let mut fixes = Vec::new();
        for finding in check(&source, options, environment).findings {
            let Some(change) = finding.fix else { continue };
            let is_new = !refused_before.contains(&describe(finding.diagnostic.code, &change));
            // One change per webhook and round, so that the editor changes the whole file in one step.
            if is_new && touched.insert(change.handle().to_owned()) {
                fixes.push((finding.diagnostic, change));
            }
        }
        let before = fixed.count;
        apply(name, &mut fixed, &fixes, &mut refused_before);
        if fixed.count == before {
            break;
        }
    }
    fixed
}

/// Applies all changes at once; if they are refused, bisects them to find those at fault.
fn apply(
    name: &str,
    fixed: &mut Fixed,
    fixes: &[(Diagnostic, Change)],
    refused_before: &mut HashSet<String>,
) {
    let changes: Vec<Change> = fixes.iter().map(|(_, change)| change.clone()).collect();
    let source = Arc::new(Source::new(name, fixed.text.as_str()));
    match (edit::apply(&source, &changes), fixes) {
        (_, []) => {}
        (Ok(text), _) if text != fixed.text => {
            fixed.text = text;
            fixed.count += fixes.len();
        }
        (outcome, [(finding, change)]) => {
            refused_before.insert(describe(finding.code, change));
            if let Err(error) = outcome {
                let place = finding.primary.as_ref().map(|place| format!(" at {}", place.start()));
                let message = format!(
                    "could not fix `{}`{}: {}",
                    finding.code,
                    place.unwrap_or_default(),
                    error.message
                );
                let refused = Diagnostic::warning("not-fixed", message);
                fixed.refused.push(Diagnostic { helps: error.helps, ..refused });
            }
        }
        (_, many) => {
            let (first, second) = many.split_at(many.len() / 2);
            apply(name, fixed, first, refused_before);
            apply(name, fixed, second, refused_before);
        }
    }
}

fn describe(code: &str, change: &Change) -> String {
    format!("{code} {change:?}")
}
