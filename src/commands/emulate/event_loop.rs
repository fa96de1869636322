//! Logs each request and fires the webhooks of each change, until a signal is received.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinError;

use crate::commands::context::{Context, DEFAULT_FILE};
use crate::commands::error::{Error, Result, failed};
use crate::commands::recorder::{Recorder, Recording};
use crate::core::delivery::State;
use crate::core::history::{Emulated, Sending, masked};
use crate::core::request::{Destination, Element};
use crate::io::clock::sleep_until;
use crate::io::emulator::{Change, DeliveryReport, Emulator, EmulatorError, EmulatorEvent, EmulatorHandle};
use crate::io::interrupt::Signals;
use crate::output::json::{CheckedWebhook, EmulatorEnd};
use crate::output::text::FiringOutcome;

use super::definitions_file::{DefinitionsFile, Loaded};
use super::deliveries::{Deliveries, SentRequest};
use super::firing::{FiredWebhook, Firing};
use super::log::Log;

/// How long to wait for deliveries at the end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);

pub(super) struct EventLoop<'a> {
    pub(super) definitions: DefinitionsFile<'a>,
    pub(super) firing: Firing,
    pub(super) destination: Destination,
    pub(super) deliveries: Deliveries,
    pub(super) handle: EmulatorHandle,
    pub(super) recorder: Recorder,
    /// The definitions file, for the history.
    pub(super) file: String,
    pub(super) log: Log,
    /// The change that is being fired, by account.
    pub(super) current: HashMap<u64, CurrentChange>,
    pub(super) is_stopping: bool,
    pub(super) has_warned: bool,
}

/// A change that is being fired.
pub(super) struct CurrentChange {
    change: Change,
    element: Element,
    /// In the order in which they fire.
    waiting: VecDeque<FiredWebhook>,
    /// The webhook that has a request in flight.
    in_flight: Option<(CheckedWebhook, Recording)>,
    outcomes: Vec<FiringOutcome>,
}

/// Ready when standard input is closed.
pub(super) type StdinEnd = Option<oneshot::Receiver<()>>;

impl EventLoop<'_> {
    pub(super) async fn run(
        mut self,
        mut emulator: Emulator,
        mut signals: Signals,
        mut stdin: StdinEnd,
        cx: &mut Context,
    ) -> Result<()> {
        let end = self.handle_events(&mut emulator, &mut signals, &mut stdin, cx).await?;
        if end == EmulatorEnd::Signal {
            cx.printer.clear_echo();
        }
        emulator.stop();
        let rest = tokio::time::timeout(SHUTDOWN_TIMEOUT, self.finish_deliveries(&mut emulator, cx));
        tokio::select! {
            biased;
            () = signals.next() => {}
            finished = rest => if let Ok(result) = finished { result? },
        }
        let dropped = self.drop_deliveries(cx).await?;
        self.log.flush(cx);
        tokio::select! {
            biased;
            () = self.log.stdout.finish() => {}
            () = signals.next() => {}
            () = tokio::time::sleep(SHUTDOWN_TIMEOUT) => {}
        }
        self.log.finish(end, dropped, cx);
        Ok(())
    }

    async fn handle_events(
        &mut self,
        emulator: &mut Emulator,
        signals: &mut Signals,
        stdin: &mut StdinEnd,
        cx: &mut Context,
    ) -> Result<EmulatorEnd> {
        loop {
            if self.log.stdout.is_closed() || cx.printer.is_out_closed() {
                return Ok(EmulatorEnd::Unread);
            }
            // Without space for more changes, take no events, so that requests to the emulator wait.
            let is_full = self.deliveries.is_full();
            let due = self.log.due();
            tokio::select! {
                biased;
                () = signals.next() => return Ok(EmulatorEnd::Signal),
                () = closed(stdin) => return Ok(EmulatorEnd::Stdin),
                () = self.log.stdout.progress() => {}
                () = sleep_until(due) => self.log.flush(cx),
                sent = self.deliveries.next() => self.end_delivery(sent.map_err(|error| lost(&error))?, cx),
                event = emulator.next(), if !is_full => match event {
                    Some(event) => self.handle(event, cx),
                    None => return Ok(EmulatorEnd::Server),
                },
            }
        }
    }

    /// Handles the remaining events and waits for all deliveries.
    async fn finish_deliveries(&mut self, emulator: &mut Emulator, cx: &mut Context) -> Result<()> {
        while let Some(event) = emulator.next().await {
            self.handle(event, cx);
        }
        while !self.deliveries.is_idle() {
            let sent = self.deliveries.next().await.map_err(|error| lost(&error))?;
            self.end_delivery(sent, cx);
        }
        Ok(())
    }

    /// Interrupts all deliveries; returns the number of changes whose webhooks have not all fired.
    async fn drop_deliveries(&mut self, cx: &mut Context) -> Result<usize> {
        let unfinished = self.current.values().filter(|current| !current.waiting.is_empty()).count();
        let dropped = self.deliveries.waiting() + unfinished;
        self.is_stopping = true;
        self.deliveries.stop();
        while !self.deliveries.is_idle() {
            let sent = self.deliveries.next().await.map_err(|error| lost(&error))?;
            self.end_delivery(sent, cx);
        }
        Ok(dropped)
    }

    fn handle(&mut self, event: EmulatorEvent, cx: &mut Context) {
        match event {
            EmulatorEvent::Call(call) => self.log.call(&call, cx),
            EmulatorEvent::Dropped(dropped) => self.log.dropped(&dropped, cx),
            EmulatorEvent::Change(change) => {
                self.log.change();
                if let Some(change) = self.deliveries.add(change) {
                    self.begin_change(change, cx);
                }
            }
        }
    }

    /// Fires a change and, as long as nothing is sent, the changes that wait for it.
    fn begin_change(&mut self, change: Change, cx: &mut Context) {
        let account = change.namespace.number;
        let mut next = Some(change);
        while let Some(change) = next.take() {
            next = match self.fire(change, cx) {
                Some(current) => {
                    self.current.insert(account, current);
                    return;
                }
                None => self.deliveries.next_change(account),
            };
        }
    }

    /// Sends the first request of a change; none if nothing is to be sent.
    fn fire(&mut self, change: Change, cx: &mut Context) -> Option<CurrentChange> {
        let begun = self.handle.begun(&change);
        // If the account was reset, the change belongs to a state that no longer exists.
        if !self.report(begun, cx).unwrap_or(true) {
            let finished = self.handle.finished(&change);
            self.report(finished, cx);
            return None;
        }
        if let Some(Loaded { firing, name }) = self.definitions.read_again(cx) {
            self.firing = firing;
            self.file = name.unwrap_or_else(|| DEFAULT_FILE.to_owned());
        }
        let fired = match self.firing.fire(&change) {
            Ok(fired) => fired,
            Err(finding) => {
                cx.printer.findings(&[finding]);
                let finished = self.handle.finished(&change);
                self.report(finished, cx);
                return None;
            }
        };
        let checked: Vec<_> = fired.webhooks.iter().map(|own| &own.checked).collect();
        self.log.begin(&change, &checked);
        let (waiting, outcomes) = (fired.webhooks.into(), Vec::new());
        self.advance(CurrentChange { change, element: fired.element, waiting, in_flight: None, outcomes }, cx)
    }

    /// Sends the next request of a change; none after the last one.
    fn advance(&mut self, mut current: CurrentChange, cx: &mut Context) -> Option<CurrentChange> {
        while let Some(FiredWebhook { checked, request }) = current.waiting.pop_front() {
            let Some(request) = request.filter(|_| !self.is_stopping) else {
                current.outcomes.push(FiringOutcome::NotFired(checked));
                continue;
            };
            let emulated = Emulated { is_created_over_api: checked.api_id.is_some() };
            let recording = self.recorder.begin(
                cx,
                &request,
                &Sending {
                    file: &self.file,
                    trigger: current.change.trigger,
                    kind: current.change.kind,
                    element: &current.element,
                    data: current.element.name(),
                    destination: &self.destination,
                    replay_of: None,
                    emulated: Some(&emulated),
                },
            );
            self.deliveries.send(current.change.namespace.number, request);
            current.in_flight = Some((checked, recording));
            return Some(current);
        }
        if !self.is_stopping {
            let finished = self.handle.finished(&current.change);
            self.report(finished, cx);
        }
        self.log.end(&current.change, &mut current.outcomes, cx);
        None
    }

    /// Records the result of a request and continues with the next one in its account.
    fn end_delivery(&mut self, sent: SentRequest, cx: &mut Context) {
        let SentRequest { account, request, exchange } = sent;
        let Some(mut current) = self.current.remove(&account) else { return };
        if let Some((webhook, recording)) = current.in_flight.take() {
            let exchange = masked(&request, &exchange);
            let delivery = self.recorder.finish(cx, recording, &exchange);
            let report = DeliveryReport {
                webhook_id: webhook.api_id,
                webhook: webhook.handle.clone(),
                method: request.method.to_string(),
                url: request.shown_url.to_string(),
                has_succeeded: exchange.state == State::Delivered,
                status: exchange.response.as_ref().map(|response| response.status),
                failure: exchange.failure.as_ref().map(|failure| failure.kind.name().to_owned()),
            };
            let delivered = self.handle.delivered(&current.change, &report);
            self.report(delivered, cx);
            let outcome = self.log.delivery(&current.change, webhook, &request, exchange, delivery);
            current.outcomes.push(outcome);
        }
        match self.advance(current, cx) {
            Some(current) => drop(self.current.insert(account, current)),
            None => {
                if let Some(change) = self.deliveries.next_change(account) {
                    self.begin_change(change, cx);
                }
            }
        }
    }

    /// The value, if any; prints only the first error. Webhooks fire even if the emulator's state cannot be written.
    fn report<T>(&mut self, result: std::result::Result<T, EmulatorError>, cx: &mut Context) -> Option<T> {
        result
            .map_err(|error| {
                if !std::mem::replace(&mut self.has_warned, true) {
                    cx.printer.warning(&error.to_string());
                }
            })
            .ok()
    }
}

fn lost(error: &JoinError) -> Error {
    failed("a delivery failed unexpectedly", error)
}

/// Ready when standard input is closed; never without `--until-stdin-closes`.
async fn closed(stdin: &mut StdinEnd) {
    match stdin {
        // An error means that the thread has ended, so standard input can no longer be read.
        Some(end) => drop(end.await),
        None => std::future::pending().await,
    }
}
