//! Handles events until the goal is reached or it is stopped: compares, records, publishes and prints each.

use std::time::{Duration, Instant};

use crate::commands::context::Context;
use crate::commands::exit::Exit;
use crate::core::received::{Matcher, Refused};
use crate::io::interrupt::Signals;
use crate::io::receiver::{Event, Receiver};
use crate::output::json::{end_json, refused_json, request_json};
use crate::output::stdout::{LOOK, Stdout};
use crate::output::text::{End, Extent, Seen, Tally, refused_line, request_text, signature, summary_text};

use super::args::ListenArgs;
use super::goal::Goal;
use super::inspection::{Inspection, next_ask};
use super::rate::RateLimit;
use super::recorder::Recorder;

const BATCH: usize = 256;
/// How long to wait for more in a burst: waking up for each request costs as much as reading it.
const BURST_WAIT: Duration = Duration::from_millis(1);
/// How long requests in progress may take at the end.
const GRACE: Duration = Duration::from_secs(3);

pub(super) struct Session<'a> {
    args: &'a ListenArgs,
    matcher: Option<&'a Matcher<'a>>,
    goal: Goal,
    inspection: Option<Inspection>,
    recorder: Option<Recorder>,
    tally: Tally,
    /// Only on a terminal.
    rate: Option<RateLimit>,
    text: String,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        args: &'a ListenArgs,
        matcher: Option<&'a Matcher<'a>>,
        goal: Goal,
        inspection: Option<Inspection>,
        recorder: Option<Recorder>,
    ) -> Self {
        let (tally, text) = (Tally::default(), String::new());
        Self { args, matcher, goal, inspection, recorder, tally, rate: None, text }
    }

    pub(super) async fn run(
        &mut self,
        mut receiver: Receiver,
        mut signals: Signals,
        cx: &mut Context,
    ) -> std::io::Result<End> {
        if cx.printer.is_out_terminal() && !self.args.format.is_json() {
            self.rate = Some(RateLimit::default());
        }
        let stdout = cx.printer.stdout()?;
        let end = self.handle_events(&mut receiver, &mut signals, &stdout, cx).await;
        if end == End::Signal {
            cx.printer.clear_echo();
        }
        receiver.stop();
        // Requests in progress are answered and shown.
        let rest = async {
            while let Some(event) = receiver.next().await {
                self.handle(event, &mut receiver, cx);
            }
        };
        let _ = tokio::time::timeout(GRACE, rest).await;
        self.flush(cx);
        let patience = (end != End::Done).then_some(GRACE);
        let text = std::mem::take(&mut self.text);
        if !print_all(stdout, text, patience, &mut signals, cx).await {
            cx.printer.warning("the output is incomplete: standard output is not being read");
        }
        if let Some(recorder) = self.recorder.take() {
            recorder.finish(cx);
        }
        Ok(end)
    }

    async fn handle_events(
        &mut self,
        receiver: &mut Receiver,
        signals: &mut Signals,
        stdout: &Stdout,
        cx: &mut Context,
    ) -> End {
        let deadline = self.args.until.time().map(|time| Instant::now() + time);
        let mut last_event: Option<Instant> = None;
        loop {
            // While the output is blocked, no events are taken: senders wait.
            let is_blocked = !print(stdout, &mut self.text);
            if (stdout.is_closed() || cx.printer.is_out_closed()) && matches!(self.goal, Goal::None) {
                return End::Unread;
            }
            let due = self.rate.as_ref().and_then(RateLimit::due);
            let event = tokio::select! {
                biased;
                () = signals.next() => return End::Signal,
                () = at(deadline) => return End::Time,
                () = tokio::time::sleep(LOOK), if is_blocked || !stdout.is_idle() => continue,
                () = at(due), if !is_blocked => {
                    self.flush(cx);
                    continue;
                }
                ask = next_ask(self.inspection.as_mut()) => {
                    if let Some(inspection) = &self.inspection {
                        inspection.answer(ask);
                    }
                    continue;
                }
                event = receiver.next(), if !is_blocked => event,
            };
            let Some(event) = event else { return End::Done };
            self.handle(event, receiver, cx);
            if self.goal.is_met(&self.tally) {
                return End::Done;
            }
            if last_event.replace(Instant::now()).is_some_and(|last| last.elapsed() < 2 * BURST_WAIT) {
                tokio::time::sleep(BURST_WAIT).await;
            }
        }
    }

    /// Handles an event, and those that arrived with it.
    fn handle(&mut self, event: Event, receiver: &mut Receiver, cx: &mut Context) {
        let mut receptions = Vec::new();
        let more = std::iter::from_fn(|| receiver.next_now());
        for event in std::iter::once(event).chain(more).take(BATCH) {
            match event {
                Event::Request(arrival) => {
                    self.tally.requests += 1;
                    let verdict = self.matcher.map(|matcher| matcher.best_match(&arrival.request));
                    let is_match = verdict.as_ref().is_some_and(|verdict| verdict.webhook.is_some());
                    self.tally.matched += u64::from(is_match);
                    let seen = Seen { id: self.tally.requests, arrival, verdict };
                    if let Some(inspection) = &mut self.inspection {
                        inspection.show(&seen);
                    }
                    receptions.extend(self.recorder.as_ref().map(|recorder| recorder.reception(&seen)));
                    self.goal.compare(&seen);
                    self.show(&seen, cx);
                }
                Event::Refused(refused) => {
                    self.tally.refused += 1;
                    if let Some(inspection) = &mut self.inspection {
                        inspection.show_refused(&refused);
                    }
                    self.show_refused(&refused, cx);
                }
            }
        }
        if !receptions.is_empty()
            && let Some(recorder) = self.recorder.take_if(|recorder| !recorder.record(receptions))
        {
            recorder.finish(cx);
        }
    }

    fn show(&mut self, seen: &Seen, cx: &Context) {
        let reveal = self.args.reveal;
        if self.args.format.is_json() {
            self.text.push_str(&request_json(seen, reveal));
        } else if self.may_show(|| signature(seen, reveal)) {
            let extent = match (self.args.verbose, cx.printer.is_out_terminal()) {
                (false, _) => Extent::Line,
                (true, true) => Extent::Screen,
                (true, false) => Extent::Whole,
            };
            self.text.push_str(&request_text(seen, extent, reveal, cx.printer.width(), cx.printer.style()));
        }
    }

    fn show_refused(&mut self, refused: &Refused, cx: &Context) {
        if self.args.format.is_json() {
            self.text.push_str(&refused_json(refused));
        } else if self.may_show(|| format!("refused: {}", refused.why.what())) {
            self.text.push_str(&refused_line(refused, self.args.reveal, cx.printer.style()));
        }
    }

    fn may_show(&mut self, kind: impl FnOnce() -> String) -> bool {
        self.rate.as_mut().is_none_or(|rate| rate.shows(Instant::now(), kind()))
    }

    fn flush(&mut self, cx: &Context) {
        if let Some(summary) = self.rate.as_mut().and_then(RateLimit::summary) {
            let line = format!("          {summary}\n");
            self.text.push_str(&cx.printer.style().faint(&line));
        }
    }

    pub(super) fn finish(self, end: End, cx: &mut Context) -> Exit {
        if self.args.format.is_json() {
            let expected = self.goal.of_expected();
            cx.printer.data(&end_json(end, &self.tally, expected.as_ref(), self.args.reveal));
        } else {
            cx.printer.status(&summary_text(&self.tally, self.matcher.is_some()));
        }
        self.goal.report(self.args, end, &self.tally, cx)
    }
}

/// Prints a text unless it is empty; false while there is no room for it.
fn print(stdout: &Stdout, text: &mut String) -> bool {
    if !text.is_empty()
        && let Err(left) = stdout.try_print(std::mem::take(text))
    {
        *text = left;
        return false;
    }
    true
}

/// Waits until everything is printed, at most this long and not after another signal. Says whether it is.
async fn print_all(
    mut stdout: Stdout,
    mut text: String,
    patience: Option<Duration>,
    signals: &mut Signals,
    cx: &mut Context,
) -> bool {
    let printed = async {
        while !print(&stdout, &mut text) {
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
    cx.printer.end_stdout(stdout)
}

/// Ready at a moment, never without one.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
