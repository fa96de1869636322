//! The elements of a run in their order, and the request of each.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc::{Receiver, channel};

use crate::commands::args::{DataArgs, OnBadLine};
use crate::commands::error::{Error, Result, failed};
use crate::core::backfill::failure_name;
use crate::core::delivery::FailureKind;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::Webhook;
use crate::core::request::{
    CompiledWebhook, Destination, Element, Mismatch, OTHER_ELEMENT, OTHER_FORMAT, PreparedRequest, mismatches,
};
use crate::core::text::{Source, count};
use crate::io::files::{self, Elements, InputFormat, Survey};

/// The text of an element, or what is wrong with it.
pub(super) type Text = std::result::Result<Arc<Source>, Diagnostic>;

/// What comes from a thread that reads standard input: an element, or why no more can be read.
pub(super) type FromThread = std::result::Result<Text, Diagnostic>;

/// What comes next of the input.
pub(super) enum Next {
    Element(Text),
    /// Nothing is there yet.
    Later,
    End,
}

/// The elements of a run in their order.
pub(super) enum Input {
    /// A file is read when its elements are needed.
    File(Box<Elements>),
    /// Reading standard input or a pipe may block, so a thread does it.
    Stream { queue: VecDeque<FromThread>, is_over: bool },
}

impl Input {
    /// How many elements of a stream are read ahead.
    const AHEAD: usize = 16;

    /// Opens the data of a run. A stream comes with the elements that the main loop passes to [`push`](Self::push).
    pub(super) fn open(
        data: &DataArgs,
        format: InputFormat,
        is_stream: bool,
    ) -> Result<(Self, Option<Receiver<FromThread>>)> {
        let elements = match data.path() {
            Some(path) => Elements::open(path, format).map_err(|error| files::finding(&error))?,
            None => Elements::stdin(format),
        };
        if !is_stream {
            return Ok((Self::File(Box::new(elements)), None));
        }
        let (to, from) = channel(Self::AHEAD);
        // The thread may wait for input for ever; the program does not wait for it.
        let reading = std::thread::Builder::new().spawn(move || {
            for read in elements {
                if to.blocking_send(read.map(|item| item.text)).is_err() {
                    return;
                }
            }
        });
        reading.map_err(|error| failed("cannot start a thread", &error))?;
        Ok((Self::Stream { queue: VecDeque::new(), is_over: false }, Some(from)))
    }

    /// The next element, without waiting for it.
    pub(super) fn next(&mut self) -> std::result::Result<Next, Diagnostic> {
        Ok(match self {
            Self::File(elements) => match elements.next() {
                Some(item) => Next::Element(item?.text),
                None => Next::End,
            },
            Self::Stream { queue, is_over } => match queue.pop_front() {
                Some(read) => Next::Element(read?),
                None if *is_over => Next::End,
                None => Next::Later,
            },
        })
    }

    /// Whether there is room for more of a stream.
    pub(super) fn has_room(&self) -> bool {
        matches!(self, Self::Stream { queue, is_over: false } if queue.len() < Self::AHEAD)
    }

    /// Takes what the thread has read of a stream; none at its end.
    pub(super) fn push(&mut self, read: Option<FromThread>) {
        if let Self::Stream { queue, is_over } = self {
            *is_over = read.is_none();
            queue.extend(read);
        }
    }
}

/// Reads a file to its end before anything of it is sent; none for standard input and pipes.
pub(super) fn prescan(
    data: &DataArgs,
    format: InputFormat,
    on_bad_line: OnBadLine,
) -> Result<Option<Survey>> {
    let Some(path) = data.path() else { return Ok(None) };
    let survey = files::survey(path, format).map_err(|error| files::finding(&error))?;
    match &survey {
        Some(survey) if !survey.bad.is_empty() && on_bad_line == OnBadLine::Refuse => Err(not_valid(survey)),
        _ => Ok(survey),
    }
}

fn not_valid(survey: &Survey) -> Error {
    let mut findings = survey.bad.clone();
    if !survey.is_whole {
        // If a list is truncated there is no next element, so `--on-bad-line` does not help.
        if findings.iter().any(|finding| finding.code == OTHER_FORMAT) {
            return findings.into();
        }
        let message = "nothing was sent: the data cannot be read to the end";
        findings.push(Diagnostic::error("bad-data", message).help("fix it and run the same command again"));
        return findings.into();
    }
    let all = survey.bad.len() + usize::try_from(survey.more).unwrap_or(usize::MAX);
    let message = format!(
        "nothing was sent: {all} of {} {} not valid",
        count(usize::try_from(survey.elements).unwrap_or(usize::MAX), "element"),
        if all == 1 { "is" } else { "are" },
    );
    let others = u64::try_from(all).is_ok_and(|all| all < survey.elements);
    let help = others.then(|| "use `--on-bad-line fail` to send the others".to_owned());
    findings.push(Diagnostic::error("bad-lines", message).maybe_help(help));
    findings.into()
}

/// What a request is made from.
pub(super) struct Recipe {
    pub(super) webhook: Webhook,
    pub(super) compiled: CompiledWebhook,
    pub(super) destination: Destination,
    pub(super) data: DataArgs,
    pub(super) force: bool,
    /// How often each warning applied.
    pub(super) warnings: BTreeMap<&'static str, u64>,
}

/// A request to send.
pub(super) struct Job {
    /// The position in the input, from 1.
    pub(super) element: u64,
    pub(super) id: Option<String>,
    pub(super) request: PreparedRequest,
    /// The text of the element, if it may be needed again.
    pub(super) text: Option<Arc<Source>>,
    pub(super) attempts: u32,
    /// Whether it was in doubt before.
    pub(super) repeated: bool,
}

/// Why an element cannot be sent.
pub(super) struct Invalid {
    pub(super) id: Option<String>,
    pub(super) failure: &'static str,
    pub(super) findings: Vec<Diagnostic>,
}

impl Recipe {
    /// Makes the request of an element. Warnings that are seen for the first time are added to `warnings`.
    pub(super) fn request(
        &mut self,
        element: u64,
        text: &Text,
        warnings: &mut Vec<Diagnostic>,
    ) -> std::result::Result<(PreparedRequest, Option<String>), Invalid> {
        let invalid = |id, finding: Diagnostic| {
            let failure = failure_name(finding.code);
            Invalid { id, failure, findings: vec![finding] }
        };
        let text = text.as_ref().map_err(|finding| invalid(None, finding.clone()))?;
        let kind = self.webhook.trigger_element.value;
        let (mut own, notices) =
            Element::parse(Arc::clone(text)).map_err(|finding| invalid(None, finding))?;
        self.data.change(&mut own, kind).map_err(|finding| invalid(None, finding))?;
        if let Some(other) = self.looks_like_another(element, &own) {
            self.warn(other, warnings);
        }
        let id = id(&own);
        if let Some(failure) = self.filtered(&own) {
            return Err(Invalid { id, failure, findings: Vec::new() });
        }
        match self.compiled.render(&own) {
            Ok((request, more)) => {
                notices.into_iter().chain(more).for_each(|warning| self.warn(warning, warnings));
                Ok((request, id))
            }
            Err(findings) => {
                let first = findings.iter().find(|finding| finding.level == Level::Error);
                let failure = failure_name(first.map_or("", |finding| finding.code));
                Err(Invalid { id, failure, findings })
            }
        }
    }

    /// A file with another kind of element is recognised by its beginning; checking every element would waste time.
    fn looks_like_another(&self, element: u64, own: &Element) -> Option<Diagnostic> {
        const FIRST: u64 = 100;
        let is_looked_at = element <= FIRST || self.warnings.contains_key(OTHER_ELEMENT);
        is_looked_at.then(|| own.looks_like_another(self.webhook.trigger_element.value)).flatten()
    }

    fn warn(&mut self, warning: Diagnostic, warnings: &mut Vec<Diagnostic>) {
        let count = self.warnings.entry(warning.code).or_default();
        *count += 1;
        if *count == 1 {
            warnings.push(warning);
        }
    }

    /// Why the platform would not send this element.
    fn filtered(&self, element: &Element) -> Option<&'static str> {
        if self.force || self.webhook.prokey_filter.is_none() {
            return None;
        }
        let (trigger, kind) = (self.webhook.trigger.value, self.webhook.trigger_element.value);
        let reasons = mismatches(&self.webhook, trigger, kind, element);
        reasons.iter().find_map(|reason| match reason {
            Mismatch::Prokey { actual: None, .. } => Some(FailureKind::NoProkey.name()),
            Mismatch::Prokey { .. } => Some(FailureKind::ProkeyFilter.name()),
            _ => None,
        })
    }
}

/// By which a person recognises an element: its `id`, else its prokey.
fn id(element: &Element) -> Option<String> {
    let root = element.root();
    let value = root.get("id").or_else(|| root.get("prokey"))?;
    Some(value.as_text().map_or_else(|| value.raw().to_owned(), Cow::into_owned))
}

/// Where the elements come from, for people.
pub(super) fn data_name(path: Option<&Path>) -> Cow<'_, str> {
    path.map_or(files::STANDARD_INPUT.into(), Path::to_string_lossy)
}
