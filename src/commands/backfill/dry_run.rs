//! Makes every request and sends none.

use std::sync::Arc;

use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::exit::Exit;
use crate::commands::fire::FireArgs;
use crate::core::exchange::State;
use crate::core::run::{Ending, Tally};
use crate::core::text::count;
use crate::io::files::Survey;
use crate::output::text;

use super::data::open;
use super::engine::Queue;
use super::input::{Fed, Job, Over, Reader, Recipe, Unusable, way};
use super::resume::Choice;
use super::scribe::Ended;
use super::stop::reason;
use super::teller::Teller;
use super::{joined, started};

/// Runs it.
///
/// # Errors
/// When the data cannot be read.
pub(super) fn run(args: &FireArgs, cx: &mut Context, recipe: Recipe, survey: Option<&Survey>) -> Result {
    let is_json = args.format.is_json();
    let made = make_all(args, cx, recipe, survey, |cx, job| {
        if is_json {
            cx.printer.data(&text::run_line_json(
                None,
                job.line,
                job.id.as_deref(),
                &Ending::untried(State::NotSent, None),
                &[],
                false,
            ));
        }
        Ok(())
    })?;
    if is_json {
        let tally = Tally { not_sent: (made.good + made.unusable) as u64, ..Tally::default() };
        let pending = made.is_whole.then_some(0);
        cx.printer.data(&text::run_end_json(reason(None, made.is_whole), None, &tally, pending, 0));
    }
    let all = count(made.good + made.unusable, "request");
    cx.printer.status(&format!("dry run: {} of {all} could be sent, none was", made.good));
    Ok(made.exit)
}

/// What came of making all requests.
pub(super) struct Made {
    /// How many could be made.
    pub(super) good: usize,
    /// How many could not.
    pub(super) unusable: usize,
    /// Whether the input was read to its end.
    pub(super) is_whole: bool,
    /// The highest of the exit codes.
    pub(super) exit: Exit,
}

/// Makes every request, hands it over, and tells of those that cannot be made.
///
/// # Errors
/// When the data cannot be read, and those of `take`.
pub(super) fn make_all(
    args: &FireArgs,
    cx: &mut Context,
    recipe: Recipe,
    survey: Option<&Survey>,
    mut take: impl FnMut(&mut Context, &Job) -> Result<()>,
) -> Result<Made> {
    let may_block = survey.is_none();
    let (to, from) = way(may_block);
    let mut queue = Queue::new(from);
    let reader = Reader {
        elements: open(&args.data)?,
        recipe,
        skip: args.each.skip,
        limit: args.each.limit,
        choice: Choice::default(),
        to,
        room: Arc::default(),
        over: Over::default(),
        may_block,
        group: Vec::new(),
    };
    let reading = started(move || reader.read())?;
    let mut teller = Teller::new(cx, args.format.is_json(), None, None, survey.map(|survey| survey.elements));
    let (mut good, mut unusable) = (0, 0);
    while let Some(fed) = queue.blocking_next() {
        match fed {
            Fed::Job(job) => {
                good += 1;
                take(cx, &job)?;
            }
            Fed::Unusable(Unusable { line, id, failure, findings, .. }) => {
                unusable += 1;
                let ending = Ending::untried(State::NotSent, Some(failure));
                let ended = Ended::unusable(line, id, ending, findings);
                let mut lines = String::new();
                teller.ended(cx, ended, &mut lines);
                if !lines.is_empty() {
                    cx.printer.data(&lines);
                }
            }
            Fed::Warned(warning) => cx.printer.findings(&[warning]),
        }
    }
    let over = joined(reading)?;
    let mut exit = teller.highest;
    for (code, number) in over.warnings.iter().filter(|(_, number)| **number > 1) {
        cx.printer.warning(&format!("the same of {number} elements in all: {code}"));
    }
    let is_whole = over.trouble.is_none();
    if let Some(trouble) = over.trouble {
        cx.printer.findings(&[trouble]);
        exit = exit.max(Exit::Unusable);
    }
    teller.explain(cx);
    Ok(Made { good, unusable, is_whole, exit })
}
