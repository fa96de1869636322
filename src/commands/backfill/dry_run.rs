//! Makes every request and sends none.

use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::exit::Exit;
use crate::core::backfill::{ElementRecord, Selection, Totals};
use crate::core::delivery::State;
use crate::core::diagnostic::Diagnostic;
use crate::core::text::count;
use crate::output::json;

use super::args::StartArgs;
use super::input::{Input, Job, Next, Text};
use super::report::{Ended, Report, counted};
use super::setup::Setup;

pub(super) fn run(args: &StartArgs, cx: &mut Context, setup: Setup) -> Result {
    let is_json = args.format.is_json();
    let selection = args.requests.selection.selection();
    let made = make_all(cx, setup, selection, is_json, |cx, job| {
        if is_json {
            let unsent = ElementRecord::unsent(job.element, State::NotSent, None);
            let record = ElementRecord { id: job.id.clone(), ..unsent };
            cx.printer.data(&json::backfill_element_json(None, &record, &[]));
        }
        Ok(())
    })?;
    let all = made.good + made.invalid;
    if is_json {
        let mut totals = Totals::default();
        totals.add(State::NotSent, None, all as u64);
        totals.pending = made.is_whole.then_some(0);
        let reason = if made.is_whole { "done" } else { "bad-input" };
        cx.printer.data(&json::backfill_end_json(reason, None, &totals));
    }
    cx.printer.status(&format!(
        "dry run: {} of {} could be sent; none was sent",
        made.good,
        count(all, "request")
    ));
    Ok(made.exit)
}

/// How many requests were made.
pub(super) struct Made {
    pub(super) good: usize,
    pub(super) invalid: usize,
    /// Whether the input was read to its end.
    pub(super) is_whole: bool,
    pub(super) exit: Exit,
}

/// Makes the request of each selected element, passes it on, and reports elements that are invalid.
pub(super) fn make_all(
    cx: &mut Context,
    setup: Setup,
    selection: Selection,
    is_json: bool,
    mut take: impl FnMut(&mut Context, &Job) -> Result<()>,
) -> Result<Made> {
    let mut recipe = setup.recipe;
    let (mut input, mut stream) = Input::open(&recipe.data, setup.format, setup.survey.is_none())?;
    let mut report = Report::new(is_json, None, Totals::default(), None);
    let mut made = Made { good: 0, invalid: 0, is_whole: true, exit: Exit::Success };
    let (mut element, mut trouble) = (0, None);
    let mut next = || -> std::result::Result<Option<Text>, Diagnostic> {
        match &mut stream {
            Some(stream) => stream.blocking_recv().transpose(),
            None => match input.next()? {
                Next::Element(text) => Ok(Some(text)),
                Next::Later | Next::End => Ok(None),
            },
        }
    };
    while element < selection.last() {
        let text = match next() {
            Ok(Some(text)) => text,
            Ok(None) => break,
            Err(error) => {
                trouble = Some(error);
                break;
            }
        };
        element += 1;
        if !selection.contains(element) {
            continue;
        }
        let mut warnings = Vec::new();
        let request = recipe.request(element, &text, &mut warnings);
        report.warn(warnings);
        match request {
            Ok((request, id)) => {
                made.good += 1;
                report.print(cx);
                take(cx, &Job { element, id, request, text: None, attempts: 0, repeated: false })?;
            }
            Err(invalid) => {
                made.invalid += 1;
                report.ended(Ended::invalid(element, invalid));
                report.print(cx);
            }
        }
    }
    cx.printer.end_progress();
    for (code, number) in recipe.warnings.iter().filter(|(_, number)| **number > 1) {
        cx.printer.warning(&format!("{code} applies to {}", counted(*number, "element")));
    }
    made.exit = report.exit();
    if let Some(trouble) = trouble {
        cx.printer.findings(&[trouble]);
        (made.is_whole, made.exit) = (false, made.exit.max(Exit::Unusable));
    }
    report.explain(cx);
    Ok(made)
}
