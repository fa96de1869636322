//! Builds every request without sending any, for `--dry-run` and `export`.

use crate::commands::api::show_event;
use crate::commands::context::Context;
use crate::commands::error::{Error, Result};
use crate::commands::exit::Exit;
use crate::core::backfill::{ElementRecord, Selection, Totals};
use crate::core::delivery::State;
use crate::core::request::PreparedRequest;
use crate::core::text::count;
use crate::output::json;
use crate::output::printer::Printer;

use super::args::StartArgs;
use super::input::{Arrival, InputElement};
use super::report::{Ended, Report, explain_invalid};
use super::setup::Setup;

/// The end reason if the input was read to its end.
const DONE: &str = "done";

/// A request that was built.
pub(super) struct Built {
    /// The position of the element in the input, from 1.
    pub(super) element: u64,
    pub(super) id: Option<String>,
    pub(super) request: PreparedRequest,
}

/// The result of building all requests.
pub(super) struct Outcome {
    pub(super) built: usize,
    invalid: usize,
    /// Why it ended, as in JSON.
    reason: &'static str,
    pub(super) exit: Exit,
}

impl Outcome {
    /// Whether the input was read to its end.
    pub(super) fn is_complete(&self) -> bool {
        self.reason == DONE
    }
}

pub(super) fn run(args: &StartArgs, cx: &mut Context, setup: Setup) -> Result {
    let is_json = args.format.is_json();
    let outcome = build_all(cx, setup, args.requests.selection.selection(), is_json, |printer, built| {
        if is_json {
            let unsent = ElementRecord::unsent(built.element, State::NotSent, None);
            let record = ElementRecord { id: built.id, ..unsent };
            printer.data(&json::backfill_element_json(None, &record, &[]));
        }
        Ok(())
    })?;
    let all = outcome.built + outcome.invalid;
    if is_json {
        let mut totals = Totals::default();
        totals.add(State::NotSent, None, all as u64);
        totals.pending = outcome.is_complete().then_some(0);
        cx.printer.data(&json::backfill_end_json(outcome.reason, None, &totals));
    }
    let built = outcome.built;
    cx.printer.status(&format!("dry run: {built} of {} could be sent; none was sent", count(all, "request")));
    Ok(outcome.exit)
}

/// Builds the request of each selected element, passes it on, and reports invalid elements.
pub(super) fn build_all(
    cx: &mut Context,
    setup: Setup,
    selection: Selection,
    is_json: bool,
    mut pass_on: impl FnMut(&mut Printer, Built) -> Result<()>,
) -> Result<Outcome> {
    let mut setup = setup;
    let mut input = setup.source.input(selection)?;
    let mut renderer = setup.renderer;
    let mut report = Report::new(&mut cx.printer, is_json, None, Totals::default(), None);
    let mut outcome = Outcome { built: 0, invalid: 0, reason: DONE, exit: Exit::Success };
    let read_error = loop {
        let arrival = match input.next_blocking() {
            Ok(Some(arrival)) => arrival,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        let InputElement { number, answer, text, note } = match arrival {
            Arrival::Element(element) => *element,
            Arrival::Gone { number, id } => InputElement::gone(number, &id),
            Arrival::Account(event) => {
                show_event(report.printer, event);
                continue;
            }
            // Only a recorded run can send these later.
            Arrival::New(_) => continue,
        };
        report.warn(note.into_iter().collect());
        if !selection.contains(number) {
            continue;
        }
        let mut warnings = Vec::new();
        let rendered = renderer.request(number, &text, answer.as_deref(), &mut warnings);
        report.warn(warnings);
        match rendered {
            Ok((request, id)) => {
                outcome.built += 1;
                report.show();
                pass_on(report.printer, Built { element: number, id, request })?;
            }
            Err(invalid) => {
                outcome.invalid += 1;
                report.explain_failure(invalid.failure, || explain_invalid(&invalid));
                report.ended(Ended::invalid(number, invalid, false));
                report.show();
            }
        }
    };
    report.count_warnings(&renderer.warnings);
    outcome.exit = report.exit();
    if let Some(read_error) = read_error {
        outcome.reason = read_error.reason();
        let error = Error::from(read_error);
        error.report(report.printer);
        outcome.exit = outcome.exit.max(error.exit());
    }
    report.explain();
    Ok(outcome)
}
