//! What `hooks listen` waits for, and the report on whether it was received.

use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::exit::Exit;
use crate::core::definitions::Definitions;
use crate::core::delivery::duration_in_words;
use crate::core::received::{Difference, ExpectedRequest, ForwardError, Forwarded, distance};
use crate::core::request::{Destination, Environment, PermissiveEnvironment, Rendering, prepare};
use crate::core::text::{count, list};
use crate::output::json::{End, ExpectedOutcome, ShownRequest, Tally};
use crate::output::text::differences_text;

use super::args::ListenArgs;
use super::example_command::fire_words;

/// The code of the error if the goal was not reached.
const NOT_RECEIVED: &str = "not-received";
/// The code of the error if the expected request was received, but not accepted at the `--forward` URL.
const NOT_DELIVERED: &str = "not-delivered";

#[derive(Debug)]
pub(super) enum Goal {
    /// Nothing: it listens until it is stopped.
    None,
    Count(u64),
    Expected(Box<Expected>),
}

/// The request that is waited for, and the closest one so far.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) webhook: String,
    /// The arguments of `hooks fire` after the handle.
    pub(super) words: Vec<String>,
    pub(super) request: ExpectedRequest,
    is_met: bool,
    undelivered: Option<Forwarded>,
    /// The number of the closest request, and how it differs.
    closest: Option<(u64, Vec<Difference>)>,
}

impl Goal {
    pub(super) fn new(
        args: &ListenArgs,
        cx: &mut Context,
        definitions: Option<&Definitions>,
        environment: &dyn Environment,
    ) -> Result<Self> {
        let (Some(handle), Some(definitions)) = (&args.until.expect, definitions) else {
            return Ok(args.until.count().map_or(Self::None, Self::Count));
        };
        let (webhook, _) = cx.webhook(definitions, Some(handle))?;
        let element = args.data.element(cx, webhook.trigger_element.value, webhook.trigger.value)?;
        let environment = PermissiveEnvironment::for_comparison(environment);
        let rendering = Rendering {
            element: &element,
            environment: &environment,
            allow_missing: args.data.allow_missing,
            destination: &Destination::Defined,
        };
        let (request, warnings) = prepare(webhook, rendering)?;
        cx.printer.findings(&warnings);
        let request = ExpectedRequest::new(webhook, request);
        let unset = request.unset();
        if !unset.is_empty() {
            let verb = if unset.len() == 1 { "is" } else { "are" };
            cx.printer.status(&format!("{} {verb} not set: any value matches", list(&unset, "and")));
        }
        Ok(Self::Expected(Box::new(Expected {
            webhook: webhook.handle.value.clone(),
            words: fire_words(webhook, &args.data, &element),
            request,
            is_met: false,
            undelivered: None,
            closest: None,
        })))
    }

    pub(super) fn compare(&mut self, seen: &ShownRequest) {
        let Self::Expected(expected) = self else { return };
        let differences = expected.request.differences(&seen.arrival.request);
        if differences.is_empty() && !expected.is_met {
            expected.is_met = true;
            let forwarded = seen.arrival.forwarded.as_ref();
            expected.undelivered = forwarded.filter(|own| own.not_delivered().is_some()).cloned();
        }
        let closest = expected.closest.as_ref();
        if closest.is_none_or(|(_, least)| distance(&differences) < distance(least)) {
            expected.closest = Some((seen.id, differences));
        }
    }

    pub(super) fn is_met(&self, tally: Tally) -> bool {
        match self {
            Self::None => false,
            Self::Count(count) => tally.requests >= *count,
            Self::Expected(expected) => expected.is_met,
        }
    }

    pub(super) fn expected_outcome(&self) -> Option<ExpectedOutcome<'_>> {
        let Self::Expected(expected) = self else { return None };
        let (closest, differences) = match &expected.closest {
            Some((id, differences)) => (Some(*id), differences.as_slice()),
            None => (None, [].as_slice()),
        };
        Some(ExpectedOutcome {
            webhook: &expected.webhook,
            is_met: expected.is_met,
            undelivered: expected.undelivered.as_ref().and_then(Forwarded::not_delivered),
            closest,
            differences,
        })
    }

    pub(super) fn report(&self, args: &ListenArgs, end: End, tally: Tally, cx: &mut Context) -> Exit {
        match self {
            Self::Expected(expected) => expected.report(args.reveal, cx),
            Self::Count(wanted) if !self.is_met(tally) => {
                report_missing(args, Some(*wanted), end, tally, cx);
            }
            Self::None if end == End::Time && tally.requests == 0 => {
                report_missing(args, None, end, tally, cx);
            }
            Self::None | Self::Count(_) => {}
        }
        match self {
            Self::Expected(expected) if expected.undelivered.is_some() => Exit::No,
            _ => exit(end, self.is_met(tally), !matches!(self, Self::None), tally.requests),
        }
    }
}

impl Expected {
    fn report(&self, reveal: bool, cx: &mut Context) {
        match &self.closest {
            Some((id, _)) if self.is_met => {
                cx.printer.status(&format!("request {id} is the expected one"));
                if let Some(forwarded) = &self.undelivered {
                    report_undelivered(cx, *id, forwarded);
                }
            }
            Some((id, differences)) => {
                let message = format!("the expected request was not received; request {id} is the closest");
                cx.printer.error(Some(NOT_RECEIVED), &message, &[]);
                let differences: Vec<&Difference> = differences.iter().collect();
                let text = differences_text(&differences, reveal, cx.printer.width(), cx.printer.style_err());
                cx.printer.preformatted(&text);
            }
            None => {
                let help = "check that it is sent to this URL".to_owned();
                let message = "the expected request was not received: no requests arrived";
                cx.printer.error(Some(NOT_RECEIVED), message, &[help]);
            }
        }
    }
}

fn report_undelivered(cx: &mut Context, id: u64, forwarded: &Forwarded) {
    let why = match &forwarded.outcome {
        Ok(_) => forwarded.not_delivered().unwrap_or_default(),
        Err(why) => why.what(),
    };
    let helps = match forwarded.outcome.as_ref().err().and_then(ForwardError::next) {
        Some(next) => vec![next, "the request was sent to the `--forward` URL".to_owned()],
        None => vec!["check the log of the receiver at the `--forward` URL".to_owned()],
    };
    let message = format!("request {id} matched, but was not delivered: {why}");
    cx.printer.error(Some(NOT_DELIVERED), &message, &helps);
}

fn report_missing(args: &ListenArgs, wanted: Option<u64>, end: End, tally: Tally, cx: &mut Context) {
    let received = match (tally.requests, wanted) {
        (received @ 1.., Some(wanted)) => format!("received only {received} of {wanted} requests"),
        _ => "received no request".to_owned(),
    };
    let within = match args.until.time() {
        Some(time) if end == End::Time => format!(" within {}", duration_in_words(time)),
        _ => String::new(),
    };
    let mut helps = vec!["check the URL that requests are sent to, or wait longer with `--for`".to_owned()];
    if tally.refused > 0 {
        let refused = count(usize::try_from(tally.refused).unwrap_or(usize::MAX), "message");
        helps.push(format!("{refused} refused: see the output above"));
    }
    cx.printer.error(Some(NOT_RECEIVED), &format!("{received}{within}"), &helps);
}

fn exit(end: End, is_met: bool, has_goal: bool, requests: u64) -> Exit {
    match end {
        End::Done => Exit::Success,
        _ if is_met => Exit::Success,
        End::Time if has_goal || requests == 0 => Exit::No,
        End::Signal if has_goal => Exit::Interrupted,
        End::Time | End::Signal | End::Unread => Exit::Success,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ending_before_the_goal_is_not_a_success() {
        for (end, is_met, has_goal, requests, code) in [
            (End::Done, true, true, 1, Exit::Success),
            (End::Time, false, true, 1, Exit::No),
            (End::Time, false, false, 0, Exit::No),
            (End::Time, false, false, 1, Exit::Success),
            (End::Signal, false, false, 0, Exit::Success),
            (End::Signal, false, true, 0, Exit::Interrupted),
            (End::Signal, true, true, 1, Exit::Success),
            (End::Unread, false, false, 1, Exit::Success),
        ] {
            assert_eq!(exit(end, is_met, has_goal, requests), code, "{end:?} {has_goal} {requests}");
        }
    }
}
