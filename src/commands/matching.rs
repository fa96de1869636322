//! `hooks match`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::core::capture::{self, Body, Captured, Format, RequestParts};
use crate::core::definitions::Definitions;
use crate::core::export::shell_word;
use crate::core::history::Fidelity;
use crate::core::json;
use crate::core::model::DEFAULT_ACCOUNT;
use crate::core::received::{Matcher, Ranking, RequestPart};
use crate::core::request::EmptyEnvironment;
use crate::core::text::{count, list, one_line};
use crate::io::files;
use crate::output::json::{Recognized, recognized_json};
use crate::output::text::recognized_text;

use super::args::FormatArgs;
use super::context::Context;
use super::error::{Error, Result, usage};
use super::exit::Exit;
use super::history::delivery;
use super::received::{RecordId, reception};
use super::recorder::recorded;

const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Find the webhook that matches a request
///
/// FILE contains one or more requests: a JSON body, an HTTP message, a curl command (for bash, the Windows command
/// prompt or PowerShell), a HAR file, or a webhook.site export. The format is detected from the content.
///
/// Each request is compared with every webhook in the definitions file. If none matches, the closest one is shown with
/// the differences. Nothing is sent, and no secrets are needed: `${NAME}` and masked values such as `***` match any
/// value.
///
/// The exit code is 0 if every request has a match, 1 if not, and 3 if the input cannot be read.
#[derive(Debug, Clone, Args)]
pub struct MatchArgs {
    /// File with requests, `-` for standard input, or a history ID, e.g. `r12`
    #[arg(value_name = "FILE")]
    request: Option<PathBuf>,
    /// Show values that may be secret
    #[arg(long, help_heading = "Output")]
    reveal: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub fn run(args: &MatchArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    let mut requests = requests(args, cx)?;
    for request in &mut requests {
        request.coverage.target &= !is_other_inbox(request, &definitions);
    }
    let matcher = Matcher::new(&definitions.webhooks, &EmptyEnvironment);
    let rankings: Vec<Ranking<'_>> =
        requests.iter().map(|own| matcher.rank(&own.request, own.coverage)).collect();
    let mut text = String::new();
    for (index, (captured, ranking)) in requests.iter().zip(&rankings).enumerate() {
        let recognized = Recognized { number: index + 1, captured, ranking };
        if args.format.is_json() {
            text.push_str(&recognized_json(&recognized, args.reveal));
        } else {
            text.push_str(&recognized_text(&recognized, args.reveal, cx.printer.width(), cx.printer.style()));
        }
    }
    cx.printer.data(&text);
    let matched = rankings.iter().filter(|ranking| is_matched(ranking)).count();
    if matched < requests.len() {
        warn_of_unusable(cx, &matcher);
    }
    cx.printer.status(&format!("{}, {matched} matched", count(requests.len(), "request")));
    advise(args, cx, &definitions, &requests, &rankings);
    Ok(if matched == requests.len() { Exit::Success } else { Exit::No })
}

fn is_matched(ranking: &Ranking<'_>) -> bool {
    ranking.candidates.first().is_some_and(crate::core::received::Ranked::is_match)
}

/// Whether a request was sent to a webhook.site inbox that no webhook uses. If so, its path is not compared.
fn is_other_inbox(request: &Captured, definitions: &Definitions) -> bool {
    let own = request.webhook_site_inbox();
    own.is_some_and(|inbox| {
        !definitions.webhooks.iter().any(|webhook| webhook.payload_url.value.contains(inbox))
    })
}

fn warn_of_unusable(cx: &mut Context, matcher: &Matcher<'_>) {
    if !matcher.unusable.is_empty() {
        let names = list(&matcher.unusable, "and");
        cx.printer.warning(&format!(
            "not compared with {names}: the request cannot be built; run `hooks check` for the reason"
        ));
    }
}

fn requests(args: &MatchArgs, cx: &Context) -> Result<Vec<Captured>> {
    let Some(path) = args.request.as_deref() else {
        if cx.printer.is_in_terminal() {
            return Err(usage("which request? Give it as FILE, or pipe it in").help(
                "e.g. `hooks match request.txt`, or `hooks match 12` for a record of `hooks history`",
            ));
        }
        return read_stdin();
    };
    if path == Path::new("-") {
        return read_stdin();
    }
    match path.to_str().and_then(|text| text.parse().ok()) {
        Some(RecordId::Delivery(id)) => {
            let own = delivery(recorded()?.as_ref(), id).map_err(unreadable)?;
            let body = (own.body.text.as_bytes(), own.body.bytes, own.body.fidelity);
            Ok(vec![recorded_request(own.method.as_str(), &own.url, &own.headers, body)])
        }
        Some(RecordId::Received(id)) => {
            let own = reception(recorded()?.as_ref(), id).map_err(unreadable)?;
            let body = (&*own.body, own.body_bytes, own.body_fidelity);
            Ok(vec![recorded_request(&own.method, &own.target, &own.headers, body)])
        }
        None => {
            let bytes = files::read(path, MAX_FILE_BYTES).map_err(|error| files::finding(&error))?;
            Ok(capture::parse(&path.display().to_string(), bytes)?)
        }
    }
}

fn read_stdin() -> Result<Vec<Captured>> {
    let bytes = files::read_stdin(MAX_FILE_BYTES).map_err(|error| files::finding(&error))?;
    Ok(capture::parse(files::STANDARD_INPUT, bytes)?)
}

/// A missing record is unreadable input (exit code 3), not a request without a match.
fn unreadable(error: Error) -> Error {
    if error.exit() == Exit::No { error.unusable("record-missing") } else { error }
}

/// A request from the history, in which secrets are masked.
fn recorded_request(
    method: &str,
    target: &str,
    headers: &[(String, String)],
    (body, length, fidelity): (&[u8], u64, Fidelity),
) -> Captured {
    let headers = headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes()));
    let announced = usize::try_from(length).ok().filter(|_| fidelity == Fidelity::Truncated);
    let parts = RequestParts {
        method: Some(method.to_owned()),
        target: Some(target.to_owned()),
        headers: Some(headers.collect()),
        body: Body { announced, ..Body::new(body) },
    };
    parts.captured(Format::History, 1)
}

fn advise(
    args: &MatchArgs,
    cx: &mut Context,
    definitions: &Definitions,
    requests: &[Captured],
    rankings: &[Ranking<'_>],
) {
    let file =
        args.request.as_deref().filter(|path| is_json_object(path)).map(|path| path.display().to_string());
    let is_body_alone = |own: &Captured| {
        own.format == Format::Json
            && !own.coverage.method
            && !own.coverage.headers
            && own.body_problem.is_none()
    };
    let unmatched = requests.iter().zip(rankings).find(|(_, ranking)| !is_matched(ranking));
    if let Some((_, ranking)) = unmatched {
        advise_unmatched(cx, definitions, ranking, file.as_deref());
        return;
    }
    let ([request], [ranking]) = (requests, rankings) else { return };
    let matches = ranking.candidates.iter().filter(|own| own.is_match()).count();
    let Some(best) = ranking.candidates.first() else { return };
    let handle = &best.webhook.handle.value;
    if matches > 1 && !(request.coverage.target && request.coverage.headers) {
        cx.printer.hint("give the whole request, with its URL and headers, to distinguish these webhooks");
    }
    match file.filter(|_| is_body_alone(request)) {
        Some(file) => {
            cx.printer.hint(&format!(
                "try `hooks preview {handle} {}` to see the whole request",
                shell_word(&file)
            ));
        }
        None => cx.printer.hint(&format!("try `hooks show {handle}` to see its definition")),
    }
}

/// Whether a file is one JSON object, so that other commands can read it as data.
fn is_json_object(path: &Path) -> bool {
    let text = path.is_file().then(|| files::read(path, MAX_FILE_BYTES).ok()).flatten();
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    text.trim_start().starts_with('{') && json::check(&text).is_ok()
}

fn advise_unmatched(cx: &mut Context, definitions: &Definitions, ranking: &Ranking<'_>, file: Option<&str>) {
    if let (Some(kind), Some(file)) = (ranking.bare_element, file) {
        let file = shell_word(file);
        cx.printer.hint(&format!(
            "try `hooks trigger create {kind} {file} --dry-run` to see which webhooks it fires"
        ));
        return;
    }
    let Some(closest) = ranking.candidates.first() else {
        cx.printer.hint("try `hooks list` to see the webhooks that were compared");
        return;
    };
    let handle = &closest.webhook.handle.value;
    let is_likely = closest.same.iter().any(|part| matches!(part, RequestPart::Path | RequestPart::Element));
    if is_likely {
        cx.printer.status(&format!(
            "`{}` may be out of date: the webhook may have changed in the account",
            one_line(definitions.source.name())
        ));
    }
    let has_id = definitions.find(handle).is_some_and(|own| own.id_in(DEFAULT_ACCOUNT).is_some());
    cx.printer.hint(&if has_id {
        format!("try `hooks diff {handle}` to compare it with the account")
    } else {
        format!("try `hooks show {handle}` and compare it with the webhook in the app")
    });
}
