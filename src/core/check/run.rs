//! Checks a file: every rule on every webhook, then what the file itself says about levels and silence.

use std::sync::Arc;

use crate::core::definitions::{self, Definitions};
use crate::core::diagnostic::{Diagnostic, Level, Levels, is_syntax};
use crate::core::text::Source;

use super::findings::{Finding, Findings};
use super::rule::Finder;
use super::rules::RULES;
use super::settings::{Asked, ignore, levels};
use super::subject::Subject;

#[derive(Debug, Clone)]
pub struct Checked {
    /// The file; an empty text when it could not be read.
    pub source: Arc<Source>,
    pub webhooks: usize,
    pub is_readable: bool,
    /// Whether warnings fail too.
    pub is_strict: bool,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// In the order of the command line.
    pub files: Vec<Checked>,
}

impl Checked {
    /// A file that could not be read.
    pub fn unreadable(name: &str, reason: Diagnostic) -> Self {
        let source = Arc::new(Source::new(name, ""));
        let diagnostic = reason.at_hidden(&source, 0..0);
        let findings = vec![diagnostic.into()];
        Self { source, webhooks: 0, is_readable: false, is_strict: false, findings }
    }

    /// A file with values for `${NAME}`; none if there is nothing to report.
    pub fn of_environment(
        source: &Arc<Source>,
        findings: impl IntoIterator<Item = Diagnostic>,
        is_strict: bool,
    ) -> Option<Self> {
        let mut findings: Vec<Finding> = findings.into_iter().map(Finding::from).collect();
        findings.sort_by_key(Finding::span);
        let source = Arc::clone(source);
        (!findings.is_empty()).then_some(Self { source, webhooks: 0, is_readable: true, is_strict, findings })
    }

    /// Whether a finding of this level makes the check fail.
    pub fn fails(&self, level: Level) -> bool {
        level == Level::Error || (self.is_strict && level == Level::Warning)
    }
}

impl Verdict {
    pub fn findings(&self) -> impl Iterator<Item = (&Checked, &Finding)> {
        self.files.iter().flat_map(|file| file.findings.iter().map(move |finding| (file, finding)))
    }

    pub fn count(&self, level: Level) -> usize {
        self.findings().filter(|(_, finding)| finding.diagnostic.level == level).count()
    }

    /// Whether anything was found that fails the check.
    pub fn is_failed(&self) -> bool {
        self.findings().any(|(file, finding)| file.fails(finding.diagnostic.level))
    }

    pub fn is_complete(&self) -> bool {
        self.files.iter().all(|file| file.is_readable)
    }
}

pub fn check(source: &Arc<Source>, asked: &Asked<'_>) -> Checked {
    let (definitions, read) = definitions::read(source);
    let mut findings = Findings::new(source);
    let (levels, is_strict) = levels(asked, &definitions, &mut findings);
    apply_rules(&definitions, asked, &levels, &mut findings);
    leave_out_what_is_broken(&mut findings.found, &read);
    findings.found.extend(read.into_iter().map(Finding::from));
    ignore(&levels, asked.environment.is_some(), &mut findings);
    let mut findings = findings.found;
    findings.retain_mut(|Finding { diagnostic, .. }| match levels.of(diagnostic.code, diagnostic.level) {
        Some(level) => {
            diagnostic.level = level;
            true
        }
        None => false,
    });
    findings.sort_by_key(|finding| (finding.span(), finding.diagnostic.level));
    Checked {
        source: Arc::clone(source),
        webhooks: definitions.webhooks.len(),
        is_readable: true,
        is_strict,
        findings,
    }
}

fn apply_rules(definitions: &Definitions, asked: &Asked<'_>, levels: &Levels, findings: &mut Findings<'_>) {
    let mut of_webhook: Vec<fn(&Subject<'_>, &mut Findings<'_>)> = Vec::new();
    for rule in RULES.iter().filter(|rule| !levels.is_off(rule.code)) {
        match rule.finder {
            Finder::Webhook(find) if of_webhook.iter().all(|other| !std::ptr::fn_addr_eq(*other, find)) => {
                of_webhook.push(find);
            }
            Finder::File(find) => find(definitions, findings),
            Finder::Webhook(_) | Finder::Reader => {}
        }
    }
    for webhook in &definitions.webhooks {
        let subject = Subject::new(webhook, asked.environment);
        for find in &of_webhook {
            find(&subject, findings);
        }
    }
}

/// Leaves out findings on lines with syntax errors: the parser guessed the values there.
fn leave_out_what_is_broken(found: &mut Vec<Finding>, read: &[Diagnostic]) {
    let broken: Vec<_> = read
        .iter()
        .filter(|finding| is_syntax(finding.code))
        .filter_map(|finding| finding.primary.as_ref())
        .map(|place| (place.source.place(place.span.start).line, place.source.place(place.span.end).line))
        .collect();
    if broken.is_empty() {
        return;
    }
    found.retain(|finding| {
        let Some(place) = &finding.diagnostic.primary else { return true };
        let line = place.place().line;
        let next = broken.partition_point(|(_, last)| *last < line);
        !place.span.is_empty() && broken.get(next).is_none_or(|(first, _)| *first > line)
    });
}
