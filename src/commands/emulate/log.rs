//! Prints the log, as text or as JSON Lines.

use std::collections::HashSet;
use std::time::Instant;

use crate::commands::context::Context;
use crate::commands::display_throttle::DisplayThrottle;
use crate::core::delivery::Exchange;
use crate::core::request::PreparedRequest;
use crate::io::clock::now;
use crate::io::emulator::{Call, Change, DroppedChange, NamespaceLabel};
use crate::io::web::Page;
use crate::output::json::{
    self, CheckedWebhook, EmulatorEnd, EmulatorTally, ShownAccount, ShownCall, ShownChange,
};
use crate::output::stdout::Stdout;
use crate::output::text::{self, FiringOutcome, LogStyle};

/// The maximum number of bytes waiting to be printed.
const MAX_WAITING_BYTES: usize = 8 * 1024 * 1024;

pub(super) struct Log {
    is_json: bool,
    page: Option<Page>,
    pub(super) stdout: Stdout,
    /// The number of entries that were not printed, because standard output is not being read.
    left_out: usize,
    /// None unless standard output is a terminal.
    throttle: Option<DisplayThrottle>,
    tally: EmulatorTally,
    /// The account of the first request.
    first_account: Option<u64>,
    has_several_accounts: bool,
    /// Failures and reasons that were explained before.
    explained: HashSet<String>,
}

impl Log {
    pub(super) fn new(is_json: bool, page: Option<Page>, cx: &Context) -> std::io::Result<Self> {
        let is_live = cx.printer.is_out_terminal() && !is_json;
        Ok(Self {
            is_json,
            page,
            stdout: cx.printer.stdout()?,
            left_out: 0,
            throttle: is_live.then(DisplayThrottle::default),
            tally: EmulatorTally::default(),
            first_account: None,
            has_several_accounts: false,
            explained: HashSet::new(),
        })
    }

    pub(super) fn call(&mut self, call: &Call, cx: &Context) {
        self.tally.requests += 1;
        if let Some(namespace) = &call.namespace {
            self.note_account(namespace);
        }
        let shown = ShownCall {
            id: call.number,
            time: call.time,
            account: call.namespace.as_ref().map(account),
            method: &call.method,
            path: &call.path,
            status: call.status,
            message: call.message.as_deref(),
            ignored: &call.ignored,
            is_empty_list: call.is_empty_list,
            has_unknown_endpoint: call.has_unknown_endpoint,
        };
        self.publish(|| json::call_json(&shown));
        if !self.is_json && self.may_show() {
            self.print(&text::call_text(&shown, self.style(cx)));
        }
    }

    pub(super) fn change(&mut self) {
        self.tally.changes += 1;
    }

    /// A change whose webhooks begin to fire.
    pub(super) fn begin(&mut self, change: &Change, webhooks: &[&CheckedWebhook]) {
        self.note_account(&change.namespace);
        self.publish(|| json::emulated_change_json(&shown(change), webhooks));
    }

    /// The result of a delivery; `exchange` must not contain secrets.
    pub(super) fn delivery(
        &mut self,
        change: &Change,
        webhook: CheckedWebhook,
        request: &PreparedRequest,
        exchange: Exchange,
        delivery: Option<i64>,
    ) -> FiringOutcome {
        self.tally.add(exchange.state);
        self.publish(|| json::emulated_delivery_json(&shown(change), &webhook, request, &exchange, delivery));
        let what = exchange.failure.as_ref().map(|failure| failure.what.clone());
        let is_explained = what.is_none_or(|what| self.explained.insert(what));
        FiringOutcome::Sent { webhook, exchange: Box::new(exchange), delivery, is_explained }
    }

    /// A change whose webhooks have fired.
    pub(super) fn end(&mut self, change: &Change, outcomes: &mut [FiringOutcome], cx: &Context) {
        let has_fired = outcomes.iter().any(|outcome| matches!(outcome, FiringOutcome::Sent { .. }));
        self.tally.changes_fired += u64::from(has_fired);
        if !self.is_json && self.may_show() {
            self.explain_once(outcomes);
            self.print(&text::emulated_change_text(&shown(change), now(), outcomes, self.style(cx)));
        }
    }

    pub(super) fn dropped(&mut self, dropped: &DroppedChange, cx: &Context) {
        self.note_account(&dropped.namespace);
        let change = ShownChange {
            id: dropped.number,
            time: dropped.time,
            account: account(&dropped.namespace),
            cause: &dropped.cause,
            trigger: dropped.trigger,
            kind: dropped.kind,
            element: "",
        };
        self.publish(|| json::dropped_json(&change));
        if !self.is_json {
            self.print(&text::dropped_text(&change, self.style(cx)));
        }
    }

    /// When to print the number of entries that were not shown.
    pub(super) fn due(&self) -> Option<Instant> {
        self.throttle.as_ref().and_then(DisplayThrottle::due)
    }

    pub(super) fn flush(&mut self, cx: &Context) {
        if let Some(not_shown) = self.throttle.as_mut().and_then(DisplayThrottle::take_count) {
            let line = format!("          … and {not_shown} more\n");
            self.print(&cx.printer.style().faint(&line));
        }
    }

    /// Prints a summary.
    pub(super) fn finish(self, end: EmulatorEnd, dropped: usize, cx: &mut Context) {
        if !cx.printer.end_stdout(self.stdout) || self.left_out > 0 {
            cx.printer.warning("the output is incomplete: standard output is not being read");
        }
        if self.is_json {
            cx.printer.data(&json::emulator_end_json(end, self.tally, dropped));
        } else {
            cx.printer.status(&text::emulator_summary(self.tally, dropped));
        }
    }

    /// Removes help that was printed before.
    fn explain_once(&mut self, outcomes: &mut [FiringOutcome]) {
        for outcome in outcomes {
            let FiringOutcome::NotFired(webhook) = outcome else { continue };
            for reason in webhook.reasons.iter_mut().filter(|reason| reason.help.is_some()) {
                if !self.explained.insert(reason.what.clone()) {
                    reason.help = None;
                }
            }
        }
    }

    /// Sends a line of JSON to the page, and prints it with `--json`.
    fn publish(&mut self, json: impl FnOnce() -> String) {
        if self.page.is_none() && !self.is_json {
            return;
        }
        let line = json();
        if let Some(page) = &self.page {
            page.publish(line.trim_end().to_owned());
        }
        if self.is_json {
            self.print(&line);
        }
    }

    /// Leaves out what exceeds the limit: a test that does not read the log must not block the emulator.
    fn print(&mut self, text: &str) {
        let waiting = self.stdout.text();
        if waiting.len() < MAX_WAITING_BYTES {
            waiting.push_str(text);
        } else {
            self.left_out += 1;
        }
    }

    fn may_show(&mut self) -> bool {
        self.throttle.as_mut().is_none_or(|throttle| throttle.admit(Instant::now()))
    }

    fn note_account(&mut self, namespace: &NamespaceLabel) {
        let first = *self.first_account.get_or_insert(namespace.number);
        self.has_several_accounts |= first != namespace.number;
    }

    fn style(&self, cx: &Context) -> LogStyle {
        let (width, style) = (cx.printer.width(), cx.printer.style());
        LogStyle { width, style, names_account: self.has_several_accounts }
    }
}

fn account(label: &NamespaceLabel) -> ShownAccount<'_> {
    ShownAccount { number: label.number, key_end: &label.key_end }
}

fn shown(change: &Change) -> ShownChange<'_> {
    ShownChange {
        id: change.number,
        time: change.time,
        account: account(&change.namespace),
        cause: &change.cause,
        trigger: change.trigger,
        kind: change.kind,
        element: &change.element,
    }
}
