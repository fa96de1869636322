//! Builds every request and sends none: `--dry-run`, and what `export` writes.

use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::exit::Exit;
use crate::core::backfill::{ElementRecord, Selection, Totals};
use crate::core::delivery::State;
use crate::core::request::PreparedRequest;
use crate::core::text::count;
use crate::output::json;
use crate::output::printer::Printer;

use super::args::StartArgs;
use super::report::{Ended, Report, explain_invalid};
use super::setup::Setup;

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
    /// Whether the input was read to its end.
    pub(super) is_complete: bool,
    pub(super) exit: Exit,
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
        totals.pending = outcome.is_complete.then_some(0);
        let reason = if outcome.is_complete { "done" } else { "bad-input" };
        cx.printer.data(&json::backfill_end_json(reason, None, &totals));
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
    let mut input = setup.open_input()?;
    let mut renderer = setup.renderer;
    let mut report = Report::new(&mut cx.printer, is_json, None, Totals::default(), None);
    let mut outcome = Outcome { built: 0, invalid: 0, is_complete: true, exit: Exit::Success };
    let (mut element, mut trouble) = (0, None);
    while element < selection.last() {
        let item = match input.next_blocking() {
            Ok(Some(item)) => item,
            Ok(None) => break,
            Err(error) => {
                trouble = Some(error);
                break;
            }
        };
        element += 1;
        if let Some(note) = item.note.filter(|_| input.is_stream()) {
            report.warn(vec![note]);
        }
        if !selection.contains(element) {
            continue;
        }
        let mut warnings = Vec::new();
        let rendered = renderer.request(element, &item.text, &mut warnings);
        report.warn(warnings);
        match rendered {
            Ok((request, id)) => {
                outcome.built += 1;
                report.show();
                pass_on(report.printer, Built { element, id, request })?;
            }
            Err(invalid) => {
                outcome.invalid += 1;
                report.explain_failure(invalid.failure, || explain_invalid(&invalid));
                report.ended(Ended::invalid(element, invalid, false));
                report.show();
            }
        }
    }
    report.count_warnings(&renderer.warnings);
    outcome.exit = report.exit();
    if let Some(trouble) = trouble {
        report.printer.findings(&[trouble]);
        (outcome.is_complete, outcome.exit) = (false, outcome.exit.max(Exit::Unusable));
    }
    report.explain();
    Ok(outcome)
}
