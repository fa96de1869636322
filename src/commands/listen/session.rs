//! From the first event to the last: counts, judges and shows what comes, and knows when it is enough.

use std::time::{Duration, Instant};

use crate::commands::context::Context;
use crate::commands::exit::Exit;
use crate::core::exchange::duration_in_words;
use crate::core::received::{Difference, Expectation, Matcher, distance};
use crate::core::received::{Forwarded, NotForwarded, Refused};
use crate::core::record::Reception;
use crate::core::text::count;
use crate::io::interrupt::Signals;
use crate::io::receiver::{Event, Receiver};
use crate::output::stdout::{LOOK, Stdout};
use crate::output::text::{
    End, Extent, OfExpected, Seen, Tally, differences_text, end_json, refused_json, refused_line,
    request_json, request_text, signature, summary_text,
};

use super::ListenArgs;
use super::inspection::{Inspection, next_ask};
use super::keeper::Keeper;
use super::pace::Pace;

/// What is waited for.
#[derive(Debug)]
pub(super) enum Goal {
    /// Nothing: it goes on until it is ended.
    None,
    /// So many requests.
    Count(u64),
    /// This request.
    Expected(Box<Expected>),
}

/// The request that is waited for.
#[derive(Debug)]
pub(super) struct Expected {
    /// The handle of the webhook that sends it.
    pub(super) webhook: String,
    /// What `hooks fire` is given behind the handle to send it.
    pub(super) words: Vec<String>,
    pub(super) request: Expectation,
}

/// The name of the failure when what was waited for has not come.
const NOT_RECEIVED: &str = "not-received";
/// The name of the failure if the expected request arrived but the receiver did not accept it.
const NOT_DELIVERED: &str = "not-delivered";
/// How much is taken from the queue before it is shown.
const BATCH: usize = 256;
/// How long is waited for more in a burst: to be woken for each request costs as much as to read it.
const GATHERING: Duration = Duration::from_millis(1);
/// How long what is under way at the end may take.
const GRACE: Duration = Duration::from_secs(3);

/// One run of `hooks listen`.
pub(super) struct Session<'a> {
    args: &'a ListenArgs,
    matcher: Option<&'a Matcher<'a>>,
    inspection: Option<Inspection>,
    keeper: Option<Keeper>,
    goal: Goal,
    is_met: bool,
    tally: Tally,
    /// Only a person before a terminal is spared a burst.
    pace: Option<Pace>,
    /// Why the expected request was not delivered, if it was forwarded.
    undelivered: Option<Forwarded>,
    /// The request that came closest to the expected one, and in what it differs.
    nearest: Option<(u64, Vec<Difference>)>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        args: &'a ListenArgs,
        matcher: Option<&'a Matcher<'a>>,
        inspection: Option<Inspection>,
        keeper: Option<Keeper>,
        goal: Goal,
    ) -> Self {
        let tally = Tally::default();
        Self {
            args,
            matcher,
            inspection,
            keeper,
            goal,
            is_met: false,
            tally,
            pace: None,
            undelivered: None,
            nearest: None,
        }
    }

    /// Shows what comes until it is enough, or the time is over, or the word to end comes.
    pub(super) async fn watch(
        &mut self,
        mut receiver: Receiver,
        mut signals: Signals,
        cx: &mut Context,
    ) -> std::io::Result<End> {
        if cx.printer.is_out_terminal() && !self.args.format.is_json() {
            self.pace = Some(Pace::default());
        }
        let deadline = self.args.until.time().map(|time| Instant::now() + time);
        let mut taken: Option<Instant> = None;
        let stdout = cx.printer.stdout()?;
        let mut text = String::new();
        let end = loop {
            // While what came cannot be printed, nothing more is taken: senders wait.
            let is_held_up = !hand_over(&stdout, &mut text);
            if (stdout.is_closed() || cx.printer.is_out_closed()) && matches!(self.goal, Goal::None) {
                break End::Unread;
            }
            let due = self.pace.as_ref().and_then(Pace::due);
            let event = tokio::select! {
                biased;
                () = signals.next() => break End::Signal,
                () = at(deadline) => break End::Time,
                () = tokio::time::sleep(LOOK), if is_held_up || !stdout.is_idle() => continue,
                () = at(due), if !is_held_up => {
                    self.flush(cx, &mut text);
                    continue;
                }
                ask = next_ask(self.inspection.as_mut()) => {
                    if let Some(inspection) = &self.inspection {
                        inspection.answer(ask);
                    }
                    continue;
                }
                event = receiver.next(), if !is_held_up => event,
            };
            let Some(event) = event else { break End::Done };
            self.take(event, &mut receiver, cx, &mut text);
            let is_burst = taken.replace(Instant::now()).is_some_and(|last| last.elapsed() < 2 * GATHERING);
            if self.is_met {
                break End::Done;
            }
            if is_burst {
                tokio::time::sleep(GATHERING).await;
            }
        };
        if end == End::Signal {
            cx.printer.clear_echo();
        }
        receiver.stop();
        // What is under way is answered, and told too.
        let rest = async {
            while let Some(event) = receiver.next().await {
                self.take(event, &mut receiver, cx, &mut text);
            }
        };
        let _ = tokio::time::timeout(GRACE, rest).await;
        self.flush(cx, &mut text);
        let patience = (end != End::Done).then_some(GRACE);
        if !print_all(stdout, text, patience, &mut signals, cx).await {
            cx.printer.warning("not all that came is printed: nobody reads it");
        }
        if let Some(keeper) = self.keeper.take() {
            keeper.end(cx);
        }
        Ok(end)
    }

    /// Takes an event, and those that have come with it.
    fn take(&mut self, event: Event, receiver: &mut Receiver, cx: &mut Context, text: &mut String) {
        let mut kept = Vec::new();
        let further = std::iter::from_fn(|| receiver.next_now());
        for event in std::iter::once(event).chain(further).take(BATCH) {
            match event {
                Event::Request(arrival) => {
                    self.tally.requests += 1;
                    let verdict = self.matcher.map(|matcher| matcher.judge(&arrival.request));
                    let seen = Seen { id: self.tally.requests, arrival, verdict };
                    self.tally.matched +=
                        u64::from(seen.verdict.as_ref().is_some_and(|verdict| verdict.webhook.is_some()));
                    if let Some(inspection) = &mut self.inspection {
                        inspection.show(&seen);
                    }
                    kept.extend(self.keeper.as_ref().map(|keeper| keeper.reception(&seen)));
                    self.hold_against_goal(&seen);
                    self.show(&seen, cx, text);
                }
                Event::Refused(refused) => {
                    self.tally.refused += 1;
                    if let Some(inspection) = &mut self.inspection {
                        inspection.show_refused(&refused);
                    }
                    self.show_refused(&refused, cx, text);
                }
            }
        }
        self.keep(kept, cx);
    }

    fn keep(&mut self, kept: Vec<(i64, Reception)>, cx: &mut Context) {
        if kept.is_empty() || self.keeper.as_ref().is_none_or(|keeper| keeper.keep(kept)) {
            return;
        }
        if let Some(keeper) = self.keeper.take() {
            keeper.end(cx);
        }
    }

    fn hold_against_goal(&mut self, seen: &Seen) {
        match &self.goal {
            Goal::None => {}
            Goal::Count(count) => self.is_met |= self.tally.requests >= *count,
            Goal::Expected(expected) => {
                let differences = expected.request.differences(&seen.arrival.request);
                if differences.is_empty() && !self.is_met {
                    self.is_met = true;
                    let forwarded = seen.arrival.forwarded.as_ref();
                    self.undelivered = forwarded.filter(|own| own.not_delivered().is_some()).cloned();
                }
                if self.nearest.as_ref().is_none_or(|(_, least)| distance(&differences) < distance(least)) {
                    self.nearest = Some((seen.id, differences));
                }
            }
        }
    }

    fn show(&mut self, seen: &Seen, cx: &Context, text: &mut String) {
        let reveal = self.args.reveal;
        if self.args.format.is_json() {
            text.push_str(&request_json(seen, reveal));
        } else if self.may_show(|| signature(seen, reveal)) {
            let extent = match (self.args.verbose, cx.printer.is_out_terminal()) {
                (false, _) => Extent::Line,
                (true, true) => Extent::Screen,
                (true, false) => Extent::Whole,
            };
            text.push_str(&request_text(seen, extent, reveal, cx.printer.width(), cx.printer.style()));
        }
    }

    fn show_refused(&mut self, refused: &Refused, cx: &Context, text: &mut String) {
        if self.args.format.is_json() {
            text.push_str(&refused_json(refused));
        } else if self.may_show(|| format!("refused: {}", refused.why.what())) {
            text.push_str(&refused_line(refused, self.args.reveal, cx.printer.style()));
        }
    }

    fn may_show(&mut self, kind: impl FnOnce() -> String) -> bool {
        self.pace.as_mut().is_none_or(|pace| pace.shows(Instant::now(), kind()))
    }

    /// Tells what was counted and not shown.
    fn flush(&mut self, cx: &Context, text: &mut String) {
        if let Some(summary) = self.pace.as_mut().and_then(Pace::summary) {
            let line = format!("          {summary}\n");
            text.push_str(&cx.printer.style().faint(&line));
        }
    }

    /// Says how it ended.
    pub(super) fn finish(self, end: End, cx: &mut Context) -> Exit {
        let has_definitions = self.matcher.is_some();
        if self.args.format.is_json() {
            cx.printer.data(&end_json(end, &self.tally, self.of_expected().as_ref(), self.args.reveal));
        } else {
            cx.printer.status(&summary_text(&self.tally, has_definitions));
        }
        match &self.goal {
            Goal::Expected(_) => self.tell_of_expected(cx),
            Goal::Count(wanted) if !self.is_met => self.tell_of_missing(cx, Some(*wanted), end),
            Goal::None if end == End::Time && self.tally.requests == 0 => self.tell_of_missing(cx, None, end),
            _ => {}
        }
        let has_goal = !matches!(self.goal, Goal::None);
        match &self.undelivered {
            Some(_) => Exit::No,
            None => super::exit(end, self.is_met, has_goal, self.tally.requests),
        }
    }

    fn of_expected(&self) -> Option<OfExpected<'_>> {
        let Goal::Expected(expected) = &self.goal else { return None };
        let (nearest, differences) = match &self.nearest {
            Some((id, differences)) => (Some(*id), differences.as_slice()),
            None => (None, [].as_slice()),
        };
        Some(OfExpected {
            webhook: &expected.webhook,
            is_met: self.is_met,
            undelivered: self.undelivered.as_ref().and_then(Forwarded::not_delivered),
            nearest,
            differences,
        })
    }

    /// Says that it ended before so many requests had come, or one at all.
    fn tell_of_missing(&self, cx: &mut Context, wanted: Option<u64>, end: End) {
        let came = match (self.tally.requests, wanted) {
            (0, _) => "no request came".to_owned(),
            (came, Some(wanted)) => format!("only {came} of {wanted} requests came"),
            (came, None) => format!("only {came} came"),
        };
        let within = self
            .args
            .until
            .time()
            .filter(|_| end == End::Time)
            .map_or(String::new(), |time| format!(" within {}", duration_in_words(time)));
        let mut helps = vec!["check the URL that they are sent to, or wait longer with `--for`".to_owned()];
        if self.tally.refused > 0 {
            let refused = count(usize::try_from(self.tally.refused).unwrap_or(usize::MAX), "other");
            helps.push(format!(
                "{refused} came and {} refused, as shown above",
                if self.tally.refused == 1 { "was" } else { "were" }
            ));
        }
        cx.printer.error(Some(NOT_RECEIVED), &format!("{came}{within}"), &helps);
    }

    fn tell_of_expected(&self, cx: &mut Context) {
        match &self.nearest {
            Some((id, _)) if self.is_met => {
                cx.printer.status(&format!("request {id} is the expected one"));
                if let Some(forwarded) = &self.undelivered {
                    tell_of_undelivered(cx, *id, forwarded);
                }
            }
            Some((id, differences)) => {
                let message = format!("the expected request did not come; request {id} comes closest");
                cx.printer.error(Some(NOT_RECEIVED), &message, &[]);
                let differences: Vec<&Difference> = differences.iter().collect();
                let text = differences_text(
                    &differences,
                    self.args.reveal,
                    cx.printer.width(),
                    cx.printer.style_err(),
                );
                cx.printer.laid_out(&text);
            }
            None => {
                let help = "check the URL that it is sent to, and whether it is sent at all".to_owned();
                let message = "the expected request did not come, nor any other";
                cx.printer.error(Some(NOT_RECEIVED), message, &[help]);
            }
        }
    }
}

/// Says why the receiver of `--forward` did not accept the expected request.
fn tell_of_undelivered(cx: &mut Context, id: u64, forwarded: &Forwarded) {
    let why = match &forwarded.outcome {
        Ok(_) => forwarded.not_delivered().unwrap_or_default(),
        Err(why) => why.what(),
    };
    let next = forwarded.outcome.as_ref().err().and_then(NotForwarded::next);
    let helps = match next {
        Some(next) => vec![next, "the request was sent to the `--forward` URL".to_owned()],
        None => vec!["check the log of the receiver at the `--forward` URL".to_owned()],
    };
    cx.printer.error(
        Some(NOT_DELIVERED),
        &format!("request {id} matched, but was not delivered: {why}"),
        &helps,
    );
}

/// Has a text printed unless there is none; false while there is no room for it.
fn hand_over(stdout: &Stdout, text: &mut String) -> bool {
    if !text.is_empty()
        && let Err(left) = stdout.try_print(std::mem::take(text))
    {
        *text = left;
        return false;
    }
    true
}

/// Waits until all is printed, for no longer than this, and not after the word to end has come. Says whether all is.
async fn print_all(
    mut stdout: Stdout,
    mut text: String,
    patience: Option<Duration>,
    signals: &mut Signals,
    cx: &mut Context,
) -> bool {
    let printed = async {
        while !hand_over(&stdout, &mut text) {
            tokio::time::sleep(LOOK).await;
        }
        stdout.close();
        while !stdout.is_over() {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        biased;
        () = printed => {}
        () = signals.next() => {}
        () = at(patience.map(|patience| Instant::now() + patience)) => {}
    }
    stdout.end(&mut cx.printer)
}

/// Ready at a moment, never without one.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
