//! Checks a file: every rule on every webhook, then the levels and comments of the file.

use std::sync::Arc;

use crate::core::catalog::LearnedFields;
use crate::core::definitions::{self, Definitions};
use crate::core::diagnostic::{Diagnostic, Level, Levels, is_syntax};
use crate::core::request::Environment;
use crate::core::text::Source;

use super::findings::{Finding, Findings};
use super::parsed::ParsedWebhook;
use super::rule::Finder;
use super::rules::RULES;
use super::settings::{CheckOptions, apply_comments, levels};

#[derive(Debug, Clone)]
pub struct CheckedFile {
    /// Empty if the file could not be read.
    pub source: Arc<Source>,
    pub webhooks: usize,
    pub is_readable: bool,
    /// Whether warnings are errors.
    pub is_strict: bool,
    levels: Levels,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, Default)]
pub struct CheckReport {
    /// In the order of the command line.
    pub files: Vec<CheckedFile>,
}

impl CheckedFile {
    fn new(source: &Arc<Source>) -> Self {
        let (source, levels, findings) = (Arc::clone(source), Levels::default(), Vec::new());
        Self { source, webhooks: 0, is_readable: true, is_strict: false, levels, findings }
    }

    pub fn unreadable(name: &str, reason: Diagnostic) -> Self {
        let source = Arc::new(Source::new(name, ""));
        let findings = vec![reason.at_hidden(&source, 0..0).into()];
        Self { is_readable: false, findings, ..Self::new(&source) }
    }

    /// A file that cannot be used because of an error in it.
    pub fn invalid(name: &str, reason: Diagnostic) -> Self {
        match &reason.primary {
            Some(place) => {
                let source = Arc::clone(&place.source);
                Self { is_readable: false, findings: vec![reason.into()], ..Self::new(&source) }
            }
            None => Self::unreadable(name, reason),
        }
    }

    /// Adds a finding about the environment, with the level that this file configures.
    pub fn push(&mut self, finding: Diagnostic) {
        self.findings.extend(self.levels.apply_elsewhere(finding).map(Finding::from));
    }

    /// A `.env` file, with the levels that this file configures; none if there is nothing to report.
    pub fn environment_file(
        &self,
        source: &Arc<Source>,
        findings: impl Iterator<Item = Diagnostic>,
    ) -> Option<Self> {
        let mut findings: Vec<Finding> =
            findings.filter_map(|finding| self.levels.apply_elsewhere(finding)).map(Finding::from).collect();
        findings.sort_by_key(Finding::span);
        (!findings.is_empty()).then_some(Self { is_strict: self.is_strict, findings, ..Self::new(source) })
    }

    /// Whether a finding of this level makes the check fail.
    pub fn fails(&self, level: Level) -> bool {
        level == Level::Error || (self.is_strict && level == Level::Warning)
    }
}

impl CheckReport {
    pub fn findings(&self) -> impl Iterator<Item = (&CheckedFile, &Finding)> {
        self.files.iter().flat_map(|file| file.findings.iter().map(move |finding| (file, finding)))
    }

    pub fn count(&self, level: Level) -> usize {
        self.findings().filter(|(_, finding)| finding.diagnostic.level == level).count()
    }

    /// The number of findings that `--fix` fixes.
    pub fn fixable(&self) -> usize {
        self.findings().filter(|(_, finding)| finding.fix.is_some()).count()
    }

    pub fn is_failed(&self) -> bool {
        self.findings().any(|(file, finding)| file.fails(finding.diagnostic.level))
    }

    /// Whether every file could be read.
    pub fn is_complete(&self) -> bool {
        self.files.iter().all(|file| file.is_readable)
    }
}

/// Checks a file; `${NAME}` is looked up only with an environment.
pub fn check(
    source: &Arc<Source>,
    options: &CheckOptions,
    environment: Option<&dyn Environment>,
) -> CheckedFile {
    let (definitions, problems) = definitions::read(source);
    let mut findings = Findings::new(source);
    let (levels, is_strict) = levels(options, &definitions, &mut findings);
    apply_rules(&definitions, (environment, &options.learned), &levels, &mut findings);
    remove_near_syntax_errors(&mut findings.found, &problems);
    findings.found.extend(problems.into_iter().map(Finding::from));
    apply_comments(&levels, environment.is_some(), &mut findings);
    let mut findings = findings.found;
    findings.retain_mut(|Finding { diagnostic, .. }| match levels.of(diagnostic.code, diagnostic.level) {
        Some(level) => {
            diagnostic.level = level;
            true
        }
        None => false,
    });
    findings.sort_by_key(|finding| (finding.span(), finding.diagnostic.level));
    let webhooks = definitions.all().count();
    CheckedFile { webhooks, is_strict, levels, findings, ..CheckedFile::new(source) }
}

fn apply_rules(
    definitions: &Definitions,
    (environment, learned): (Option<&dyn Environment>, &LearnedFields),
    levels: &Levels,
    findings: &mut Findings<'_>,
) {
    let mut of_webhook: Vec<fn(&ParsedWebhook<'_>, &mut Findings<'_>)> = Vec::new();
    for rule in RULES.iter().filter(|rule| !levels.is_off(rule.code)) {
        match rule.finder {
            Finder::Webhook(find) if of_webhook.iter().all(|other| !std::ptr::fn_addr_eq(*other, find)) => {
                of_webhook.push(find);
            }
            Finder::File(find) => find(definitions, findings),
            Finder::Webhook(_) | Finder::Reader | Finder::Dotenv => {}
        }
    }
    for webhook in &definitions.webhooks {
        let webhook = ParsedWebhook::new(webhook, environment, learned);
        for find in &of_webhook {
            find(&webhook, findings);
        }
    }
}

/// Removes findings on lines with syntax errors, where the parser guesses the values.
fn remove_near_syntax_errors(found: &mut Vec<Finding>, problems: &[Diagnostic]) {
    let broken: Vec<_> = problems
        .iter()
        .filter(|finding| is_syntax(finding.code))
        .filter_map(|finding| finding.primary.as_ref())
        .map(|place| (place.start().line, place.end().line))
        .collect();
    if broken.is_empty() {
        return;
    }
    found.retain(|finding| {
        let Some(place) = &finding.diagnostic.primary else { return true };
        let line = place.start().line;
        let next = broken.partition_point(|(_, last)| *last < line);
        !place.span.is_empty() && broken.get(next).is_none_or(|(first, _)| *first > line)
    });
}
