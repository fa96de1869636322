//! Makes every request and sends none.

use std::thread;
use std::time::Duration;

use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::exit::Exit;
use crate::commands::fire::FireArgs;
use crate::core::exchange::State;
use crate::core::run::Ending;
use crate::core::text::count;
use crate::effects::files::Survey;

use super::input::{Fed, Over, Reader, Recipe, Room, Unusable};
use super::resume::Choice;
use super::scribe::Ended;
use super::teller::Teller;
use super::{AHEAD, joined, open};

/// Runs it.
///
/// # Errors
/// When the data cannot be read.
pub(super) fn run(args: &FireArgs, cx: &mut Context, recipe: Recipe, survey: Option<&Survey>) -> Result {
    let (to, mut from) = tokio::sync::mpsc::channel(AHEAD);
    let reader = Reader {
        elements: open(&args.data)?,
        recipe,
        skip: args.each.skip,
        limit: args.each.limit,
        choice: Choice::default(),
        to,
        room: Room::new(),
        over: Over::default(),
    };
    let reading = thread::spawn(move || reader.read());
    let mut teller = Teller::new(cx, args.format.is_json(), None, survey.map(|survey| survey.elements));
    let (mut good, mut all) = (0, 0);
    while let Some(fed) = from.blocking_recv() {
        let mut lines = String::new();
        let (line, id, failure, findings) = match fed {
            Fed::Job(job) => {
                good += 1;
                (job.line, job.id, None, Vec::new())
            }
            Fed::Unusable(Unusable { line, id, failure, findings, .. }) => {
                (line, id, Some(failure), findings)
            }
            Fed::Warned(warning) => {
                cx.ui.findings(&[warning]);
                continue;
            }
        };
        all += 1;
        let is_unusable = failure.is_some();
        let ending =
            Ending { state: State::NotSent, attempts: 0, status: None, failure, took: Duration::ZERO };
        let ended = Ended { line, id, ending, repeated: false, reason: None, findings, is_unusable };
        if is_unusable {
            teller.ended(cx, ended, &mut lines);
        } else if args.format.is_json() {
            lines = crate::face::view::run_line_json(line, ended.id.as_deref(), &ended.ending, false);
        }
        if !lines.is_empty() {
            cx.ui.data(&lines);
        }
    }
    let over = joined(reading)?;
    let mut highest = teller.highest;
    for (code, number) in over.warnings.iter().filter(|(_, number)| **number > 1) {
        cx.ui.warning(&format!("the same of {number} elements in all: {code}"));
    }
    if let Some(trouble) = over.trouble {
        cx.ui.findings(&[trouble]);
        highest = highest.max(Exit::Unusable);
    }
    teller.explain(cx);
    cx.ui.status(&format!("dry run: {good} of {} could be sent, none was", count(all, "request")));
    Ok(highest)
}
