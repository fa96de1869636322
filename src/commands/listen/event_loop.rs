//! Compares, records, publishes and prints each event, until the goal is reached or a signal is received.

use std::time::{Duration, Instant};

use crate::commands::context::Context;
use crate::commands::display_throttle::DisplayThrottle;
use crate::commands::exit::Exit;
use crate::core::received::{Matcher, RefusedRequest};
use crate::io::clock::sleep_until;
use crate::io::interrupt::Signals;
use crate::io::receiver::{Event, Receiver};
use crate::output::json::{End, ShownRequest, Tally, end_json, refused_json, request_json};
use crate::output::stdout::Stdout;
use crate::output::text::{Detail, refused_line, request_text, summary_text};

use super::args::ListenArgs;
use super::definitions_file::DefinitionsFile;
use super::goal::Goal;
use super::inspection::{Inspection, next_action};
use super::reception_writer::ReceptionWriter;

const BATCH: usize = 256;
/// How long to wait for more events in a burst: waking up for each request costs as much as reading it.
const BURST_WAIT: Duration = Duration::from_millis(1);
/// How long to wait for requests in progress on shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);

pub(super) struct EventLoop<'a> {
    args: &'a ListenArgs,
    matcher: Option<&'a Matcher<'a>>,
    definitions_file: Option<DefinitionsFile>,
    goal: Goal,
    inspection: Option<Inspection>,
    recorder: Option<ReceptionWriter>,
    tally: Tally,
    /// Only on a terminal.
    throttle: Option<DisplayThrottle>,
    stdout: Stdout,
}

impl<'a> EventLoop<'a> {
    pub(super) fn new(
        args: &'a ListenArgs,
        matcher: Option<&'a Matcher<'a>>,
        definitions_file: Option<DefinitionsFile>,
        goal: Goal,
        inspection: Option<Inspection>,
        recorder: Option<ReceptionWriter>,
        cx: &Context,
    ) -> std::io::Result<Self> {
        let is_live = cx.printer.is_out_terminal() && !args.format.is_json();
        let (tally, stdout) = (Tally::default(), cx.printer.stdout()?);
        let throttle = is_live.then(DisplayThrottle::default);
        Ok(Self { args, matcher, definitions_file, goal, inspection, recorder, tally, throttle, stdout })
    }

    /// Runs until the end, and reports how it ended.
    pub(super) async fn run(
        mut self,
        mut receiver: Receiver,
        mut signals: Signals,
        cx: &mut Context,
    ) -> Exit {
        let end = self.handle_events(&mut receiver, &mut signals, cx).await;
        if end == End::Signal {
            cx.printer.clear_echo();
        }
        receiver.stop();
        let requests_in_progress = async {
            while let Some(event) = receiver.next().await {
                self.handle(event, &mut receiver, cx);
            }
        };
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, requests_in_progress).await;
        self.flush(cx);
        let give_up = (end != End::Done).then(|| Instant::now() + SHUTDOWN_TIMEOUT);
        tokio::select! {
            biased;
            () = self.stdout.finish() => {}
            () = signals.next() => {}
            () = sleep_until(give_up) => {}
        }
        if !cx.printer.end_stdout(self.stdout) {
            cx.printer.warning("the output is incomplete: standard output is not being read");
        }
        if let Some(recorder) = self.recorder {
            recorder.finish(cx);
        }
        if self.args.format.is_json() {
            let expected = self.goal.expected_outcome();
            cx.printer.data(&end_json(end, self.tally, expected.as_ref(), self.args.reveal));
        } else {
            cx.printer.status(&summary_text(self.tally, self.matcher.is_some()));
        }
        self.goal.report(self.args, end, self.tally, cx)
    }

    async fn handle_events(
        &mut self,
        receiver: &mut Receiver,
        signals: &mut Signals,
        cx: &mut Context,
    ) -> End {
        let deadline = self.args.until.time().map(|time| Instant::now() + time);
        let mut last_event: Option<Instant> = None;
        loop {
            if (self.stdout.is_closed() || cx.printer.is_out_closed()) && matches!(self.goal, Goal::None) {
                return End::Unread;
            }
            let due = self.throttle.as_ref().and_then(DisplayThrottle::due);
            // While the output is blocked, no events are received: senders wait.
            let is_full = self.stdout.is_full();
            let event = tokio::select! {
                biased;
                () = signals.next() => return End::Signal,
                () = sleep_until(deadline) => return End::Time,
                () = self.stdout.progress() => continue,
                () = sleep_until(due) => {
                    self.flush(cx);
                    continue;
                }
                action = next_action(self.inspection.as_mut()) => {
                    if let Some(inspection) = &self.inspection {
                        inspection.perform(action);
                    }
                    continue;
                }
                event = receiver.next(), if !is_full => event,
            };
            let Some(event) = event else { return End::Done };
            self.handle(event, receiver, cx);
            if self.goal.is_met(self.tally) {
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
                    let best_match = self.matcher.map(|matcher| matcher.best_match(&arrival.request));
                    let is_match = best_match.as_ref().is_some_and(|best_match| best_match.webhook.is_some());
                    self.tally.matched += u64::from(is_match);
                    let seen = ShownRequest { id: self.tally.requests, arrival, best_match };
                    if let Some(inspection) = &mut self.inspection {
                        inspection.show(&seen);
                    }
                    receptions.extend(self.recorder.as_ref().map(|recorder| recorder.reception(&seen)));
                    self.goal.compare(&seen);
                    self.show(&seen, cx);
                    self.warn_of_change(&seen, cx);
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

    fn show(&mut self, seen: &ShownRequest, cx: &Context) {
        let reveal = self.args.reveal;
        if self.args.format.is_json() {
            self.stdout.text().push_str(&request_json(seen, reveal));
        } else if self.may_show() {
            let detail = match (self.args.verbose, cx.printer.is_out_terminal()) {
                (false, _) => Detail::Line,
                (true, true) => Detail::Screen,
                (true, false) => Detail::Whole,
            };
            self.stdout.text().push_str(&request_text(
                seen,
                detail,
                reveal,
                cx.printer.width(),
                cx.printer.style(),
            ));
        }
    }

    /// If no webhook matches, the reason may be that the definitions have changed.
    fn warn_of_change(&mut self, seen: &ShownRequest, cx: &mut Context) {
        let is_match = seen.best_match.as_ref().is_none_or(|best_match| best_match.webhook.is_some());
        let file = self.definitions_file.as_mut().filter(|_| !is_match);
        if let Some(warning) = file.and_then(DefinitionsFile::warning) {
            cx.printer.warning(&warning);
        }
    }

    fn show_refused(&mut self, refused: &RefusedRequest, cx: &Context) {
        if self.args.format.is_json() {
            self.stdout.text().push_str(&refused_json(refused));
        } else if self.may_show() {
            self.stdout.text().push_str(&refused_line(refused, self.args.reveal, cx.printer.style()));
        }
    }

    fn may_show(&mut self) -> bool {
        self.throttle.as_mut().is_none_or(|throttle| throttle.admit(Instant::now()))
    }

    fn flush(&mut self, cx: &Context) {
        if let Some(not_shown) = self.throttle.as_mut().and_then(DisplayThrottle::take_count) {
            let line = format!("          … and {not_shown} more\n");
            self.stdout.text().push_str(&cx.printer.style().faint(&line));
        }
    }
}
