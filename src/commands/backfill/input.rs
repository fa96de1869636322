//! Reads the elements and makes their requests, on a thread of its own: reading may block for as long as it
//! likes, and what is ahead of the sending is bounded.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use tokio::sync::mpsc::{Receiver, Sender};

use crate::commands::args::DataArgs;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::exchange::ElementFault;
use crate::core::model::Webhook;
use crate::core::request::{
    CompiledWebhook, Destination, Element, Mismatch, OTHER_ELEMENT, PreparedRequest, mismatches,
};
use crate::core::run::{Name, failure_name, mark};
use crate::core::text::Source;
use crate::io::files::{Elements, Item};

use super::resume::Choice;

/// How many bytes of requests may wait to be sent.
const AHEAD: usize = 4 * 1024 * 1024;
/// How many of a file are handed over together: each time wakes who waits, which is a call to the system.
const GROUP: usize = 32;

/// How many groups may wait to be sent.
const GROUPS: usize = 8;

/// The way of what is read to where it is sent; `may_block` as in [`Reader`].
pub(super) fn way(may_block: bool) -> (Sender<Vec<Fed>>, Receiver<Vec<Fed>>) {
    tokio::sync::mpsc::channel(if may_block { GROUPS * GROUP } else { GROUPS })
}

/// What the reading hands to the sending.
pub(super) enum Fed {
    /// A request to send.
    Job(Box<Job>),
    /// A line that cannot be sent.
    Unusable(Unusable),
    /// Something odd, the first time that it is seen.
    Warned(Diagnostic),
}

/// A request to send.
pub(super) struct Job {
    pub(super) line: u64,
    pub(super) mark: u64,
    pub(super) id: Option<String>,
    pub(super) element: Element,
    pub(super) request: PreparedRequest,
    /// Whether it may have been received before.
    pub(super) repeated: bool,
    weight: Option<Weight>,
}

/// A line that cannot be sent.
pub(super) struct Unusable {
    pub(super) line: u64,
    pub(super) mark: Option<u64>,
    pub(super) id: Option<String>,
    pub(super) failure: Name,
    pub(super) findings: Vec<Diagnostic>,
}

/// How the reading ended.
#[derive(Default)]
pub(super) struct Over {
    /// How many elements there are, when it came to their end, or to as many as were wanted.
    pub(super) elements: Option<u64>,
    /// Why nothing more can be read.
    pub(super) trouble: Option<Diagnostic>,
    /// How often each warning applied.
    pub(super) warnings: BTreeMap<&'static str, u64>,
}

/// What a request is made from.
pub(super) struct Recipe {
    pub(super) webhook: Webhook,
    pub(super) plan: CompiledWebhook,
    pub(super) destination: Destination,
    pub(super) data: DataArgs,
    pub(super) force: bool,
}

/// Reads elements and makes their requests.
pub(super) struct Reader {
    pub(super) elements: Elements,
    pub(super) recipe: Recipe,
    pub(super) skip: u64,
    pub(super) limit: Option<u64>,
    pub(super) choice: Choice,
    pub(super) to: Sender<Vec<Fed>>,
    pub(super) room: Arc<Room>,
    pub(super) over: Over,
    /// Whether the next may be long in coming, as from standard input: none then waits for it.
    pub(super) may_block: bool,
    pub(super) group: Vec<Fed>,
}

/// Lines that wait until all that was sent before is compared: their number, their text, and whether they may have been
/// received before.
type Held = VecDeque<(u64, Result<Arc<Source>, Diagnostic>, bool)>;

/// Nobody waits for more.
struct Unwanted;

impl Reader {
    /// Reads to the end, or until nobody wants more.
    pub(super) fn read(mut self) -> Over {
        self.read_all();
        // When nobody wants them, nobody misses them.
        let _ = self.hand_over();
        self.over
    }

    fn read_all(&mut self) {
        // Those that may only be sent when the lines before them turn out to be the same as ever.
        let mut held = Held::new();
        let mut seen = 0;
        loop {
            if self.limit.is_some_and(|limit| seen >= self.skip.saturating_add(limit)) {
                break;
            }
            match self.elements.next() {
                None => break,
                Some(Err(trouble)) => {
                    self.over.trouble = Some(trouble);
                    return;
                }
                Some(Ok(item)) => {
                    seen += 1;
                    if seen > self.skip {
                        match self.line(item, &mut held) {
                            Ok(true) => {}
                            Ok(false) | Err(Unwanted) => return,
                        }
                    }
                }
            }
        }
        if let Some(missing) = self.choice.missing() {
            self.over.trouble = Some(missing);
            return;
        }
        while let Some((number, text, repeated)) = held.pop_front() {
            if self.make(number, text, repeated).is_err() {
                return;
            }
        }
        self.over.elements = Some(seen);
    }

    /// Takes one line; false when the input is not the one that it was.
    fn line(&mut self, Item { number, text, .. }: Item, held: &mut Held) -> Result<bool, Unwanted> {
        let own = text.as_ref().ok().map(|text| mark(text.text().as_bytes()));
        if let Err(changed) = self.choice.compare(number, own) {
            self.over.trouble = Some(changed);
            return Ok(false);
        }
        let wanted = self.choice.wants(number);
        if self.choice.is_comparing() {
            held.extend(wanted.map(|repeated| (number, text, repeated)));
            return Ok(true);
        }
        while let Some((number, text, repeated)) = held.pop_front() {
            self.make(number, text, repeated)?;
        }
        wanted.map_or(Ok(()), |repeated| self.make(number, text, repeated))?;
        Ok(true)
    }

    fn make(
        &mut self,
        line: u64,
        text: Result<Arc<Source>, Diagnostic>,
        repeated: bool,
    ) -> Result<(), Unwanted> {
        let unusable =
            |mark, id, failure, findings| Fed::Unusable(Unusable { line, mark, id, failure, findings });
        let text = match text {
            Ok(text) => text,
            Err(finding) => {
                let failure = failure_name(finding.code);
                return self.give(unusable(None, None, failure, vec![finding]));
            }
        };
        let mark = mark(text.text().as_bytes());
        let element = Element::parse(text).and_then(|(mut element, notices)| {
            self.recipe.data.change(&mut element, self.recipe.webhook.trigger_element.value)?;
            Ok((element, notices))
        });
        let (element, notices) = match element {
            Ok(element) => element,
            Err(finding) => {
                let failure = failure_name(finding.code);
                return self.give(unusable(Some(mark), None, failure, vec![finding]));
            }
        };
        if let Some(other) = self.looks_like_another(line, &element) {
            self.warn(other)?;
        }
        let id = id(&element);
        if let Some(filtered) = self.recipe.filtered(&element) {
            return self.give(unusable(Some(mark), id, Cow::Borrowed(filtered), Vec::new()));
        }
        match self.recipe.plan.render(&element) {
            Ok((request, warnings)) => {
                for warning in notices.into_iter().chain(warnings) {
                    self.warn(warning)?;
                }
                let bytes = request.body.len() + element.root().span().len();
                let weight = if let Some(weight) = self.room.try_take(bytes) {
                    weight
                } else {
                    // What is not handed over takes room, too.
                    self.hand_over()?;
                    self.room.take(bytes)
                };
                self.give(Fed::Job(Box::new(Job {
                    line,
                    mark,
                    id,
                    element,
                    request,
                    repeated,
                    weight: Some(weight),
                })))
            }
            Err(findings) => {
                let first = findings.iter().find(|finding| finding.level == Level::Error);
                let failure = first.map_or("element-unusable".into(), |finding| failure_name(finding.code));
                self.give(unusable(Some(mark), id, failure, findings))
            }
        }
    }

    /// A file with the wrong kind of element is recognised by its beginning; checking every element would waste time.
    fn looks_like_another(&self, line: u64, element: &Element) -> Option<Diagnostic> {
        const FIRST: u64 = 100;
        let is_looked_at = line <= FIRST || self.over.warnings.contains_key(OTHER_ELEMENT);
        is_looked_at.then(|| element.looks_like_another(self.recipe.webhook.trigger_element.value)).flatten()
    }

    fn warn(&mut self, warning: Diagnostic) -> Result<(), Unwanted> {
        let count = self.over.warnings.entry(warning.code).or_default();
        *count += 1;
        if *count == 1 { self.give(Fed::Warned(warning)) } else { Ok(()) }
    }

    fn give(&mut self, fed: Fed) -> Result<(), Unwanted> {
        self.group.push(fed);
        if self.may_block || self.group.len() >= GROUP { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), Unwanted> {
        if self.group.is_empty() {
            return Ok(());
        }
        self.to.blocking_send(std::mem::take(&mut self.group)).map_err(|_| Unwanted)
    }
}

impl Recipe {
    /// Why the platform would not send this element.
    fn filtered(&self, element: &Element) -> Option<&'static str> {
        if self.force || self.webhook.prokey_filter.is_none() {
            return None;
        }
        let (trigger, kind) = (self.webhook.trigger.value, self.webhook.trigger_element.value);
        let reasons = mismatches(&self.webhook, trigger, kind, element);
        reasons.iter().find_map(|reason| match reason {
            Mismatch::Prokey { actual: None, .. } => Some(ElementFault::NoProkey.name()),
            Mismatch::Prokey { .. } => Some(ElementFault::ProkeyFilter.name()),
            _ => None,
        })
    }
}

/// By which a person finds an element again: its `id`, else its prokey.
fn id(element: &Element) -> Option<String> {
    let root = element.root();
    let value = root.get("id").or_else(|| root.get("prokey"))?;
    Some(value.as_text().map_or_else(|| value.raw().to_owned(), Cow::into_owned))
}

/// How much more may wait to be sent.
#[derive(Debug, Default)]
pub(super) struct Room {
    taken: Mutex<Taken>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Taken {
    bytes: usize,
    /// Whether somebody waits for room: to wake nobody is a call to the system, too.
    is_awaited: bool,
}

/// A part of the room, given back when it is dropped.
pub(super) struct Weight {
    room: Arc<Room>,
    bytes: usize,
}

impl Room {
    /// Takes room if there is any.
    fn try_take(self: &Arc<Self>, bytes: usize) -> Option<Weight> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        (!taken.is_full(bytes)).then(|| self.weigh(&mut taken, bytes))
    }

    /// Waits until there is room; for what is larger than all of it, until nothing else is there.
    fn take(self: &Arc<Self>, bytes: usize) -> Weight {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut Taken| {
            taken.is_awaited = taken.is_full(bytes);
            taken.is_awaited
        };
        let mut taken = self.freed.wait_while(taken, is_full).unwrap_or_else(PoisonError::into_inner);
        self.weigh(&mut taken, bytes)
    }

    fn weigh(self: &Arc<Self>, taken: &mut Taken, bytes: usize) -> Weight {
        taken.bytes += bytes;
        Weight { room: Arc::clone(self), bytes }
    }
}

impl Taken {
    fn is_full(&self, bytes: usize) -> bool {
        self.bytes > 0 && self.bytes + bytes > AHEAD
    }
}

impl Drop for Weight {
    fn drop(&mut self) {
        let mut taken = self.room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.bytes -= self.bytes;
        if taken.is_awaited {
            self.room.freed.notify_one();
        }
    }
}

impl Job {
    /// What it was counted with is free again: it no longer waits.
    pub(super) fn taken(&mut self) {
        self.weight = None;
    }
}
