//! A script for k6 and the lines of its data file. What is secret is in neither: the script takes it from the
//! environment that it is run in.

use std::time::Duration;

use serde::Serialize;

use crate::core::request::{
    Origin, PreparedRequest, RenderedPlace, RenderedValue, is_harmless_header, shown_header, shown_url,
};

/// A script, and what it is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct K6Script {
    /// Its text.
    pub text: String,
    /// The variables that it takes from the environment.
    pub names: Vec<String>,
}

/// How a script sends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct K6Load {
    /// How many requests are under way at once.
    pub places: usize,
    /// The most that begin in a second, if there is a limit.
    pub rate: Option<f64>,
    /// The time limit of each.
    pub timeout: Duration,
}

/// The name under which the script opens its data file.
pub const K6_DATA: &str = "requests.jsonl";

const SCRIPT: &str = include_str!("k6.js");
/// The variable for a URL that is secret as a whole.
const URL: &str = "HOOKS_URL";
/// The beginning of the variable for a literal credential in a header.
const HEADER: &str = "HOOKS_HEADER_";

/// A part of a text: as it is, or taken from the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Piece {
    Text(String),
    Taken { env: String },
}

type Header<'a> = (&'a str, Vec<Piece>);

#[derive(Serialize)]
struct Target<'a> {
    method: &'a str,
    url: Vec<Piece>,
    headers: Vec<Header<'a>>,
    timeout: String,
    places: usize,
    rate: Option<f64>,
    env: &'a [String],
}

#[derive(Serialize)]
struct Request<'a> {
    line: u64,
    headers: Vec<Header<'a>>,
    body: Vec<Piece>,
}

/// Writes the script that sends all requests of a webhook, of which this is one. With `reveal` it holds all secrets
/// itself.
pub fn k6_script(request: &PreparedRequest, reveal: bool, load: K6Load) -> K6Script {
    let url = url(request, reveal);
    let all = headers(request, reveal);
    let body = body(request, reveal);
    let mut names: Vec<String> = Vec::new();
    let pieces = url.iter().chain(all.iter().flat_map(|(_, pieces, _)| pieces)).chain(&body);
    for piece in pieces {
        if let Piece::Taken { env } = piece
            && !names.contains(env)
        {
            names.push(env.clone());
        }
    }
    let target = Target {
        method: request.method.as_str(),
        url,
        headers: fixed(all),
        timeout: format!("{}ms", load.timeout.as_millis().max(1)),
        places: load.places,
        rate: load.rate,
        env: &names,
    };
    let target = serde_json::to_string_pretty(&target).unwrap_or_default();
    let text = SCRIPT
        .replace("{{VERSION}}", env!("CARGO_PKG_VERSION"))
        .replace("{{ENV}}", &names.iter().map(|name| format!("-e {name}=… ")).collect::<String>())
        .replace("{{TARGET}}", &target);
    K6Script { text, names }
}

/// Writes what differs from request to request, as a line of the data file with its line break.
pub fn k6_line(request: &PreparedRequest, number: u64, reveal: bool) -> String {
    let headers = headers(request, reveal).into_iter().filter(|(_, _, varies)| *varies);
    let headers = headers.map(|(name, pieces, _)| (name, pieces)).collect();
    super::line_of(&Request { line: number, headers, body: body(request, reveal) })
}

fn fixed(all: Vec<(&str, Vec<Piece>, bool)>) -> Vec<Header<'_>> {
    all.into_iter().filter(|(_, _, varies)| !varies).map(|(name, pieces, _)| (name, pieces)).collect()
}

fn url(request: &PreparedRequest, reveal: bool) -> Vec<Piece> {
    if reveal || *request.shown_url == *request.url.as_str() {
        return vec![Piece::Text(request.url.to_string())];
    }
    let written = request.values.iter().find(|value| value.place == RenderedPlace::Url);
    match written {
        Some(value) if shown_url(&value.template, false) == value.template && !has_user_info(request) => {
            pieces(value, |_, _| None)
        }
        _ => vec![Piece::Taken { env: URL.to_owned() }],
    }
}

/// Whether the user info of the URL became a header, which then is written nowhere else.
fn has_user_info(request: &PreparedRequest) -> bool {
    let is_sent = request.headers.iter().any(|header| *header.name == *"authorization");
    is_sent && !header_values(request).any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
}

fn header_values(request: &PreparedRequest) -> impl Iterator<Item = (&str, &RenderedValue)> {
    request.values.iter().filter_map(|value| match &value.place {
        RenderedPlace::Header(name) => Some((name.as_str(), value)),
        RenderedPlace::Url | RenderedPlace::Body(_) => None,
    })
}

/// All headers but those that k6 makes itself, each with whether it varies from element to element.
fn headers(request: &PreparedRequest, reveal: bool) -> Vec<(&str, Vec<Piece>, bool)> {
    let mut taken: Vec<String> = Vec::new();
    let mut secret = |name: &str| {
        let name = name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        taken.push(name.clone());
        let number = taken.iter().filter(|own| **own == name).count();
        let number = if number > 1 { format!("_{number}") } else { String::new() };
        Piece::Taken { env: format!("{HEADER}{name}{number}") }
    };
    let mut headers = Vec::new();
    for header in &request.headers {
        let is_written = header_values(request).any(|(name, _)| name.eq_ignore_ascii_case(&header.name));
        if is_written || super::MADE_BY_SENDER.contains(&&*header.name) {
            continue;
        }
        let is_hidden = header.is_secret && !reveal;
        let piece = if is_hidden { secret(&header.name) } else { Piece::Text(header.value.to_string()) };
        headers.push((&*header.name, vec![piece], false));
    }
    for (name, value) in header_values(request) {
        let varies = value
            .parts
            .iter()
            .any(|part| matches!(part.origin, Origin::Variable { .. } | Origin::Missing { .. }));
        let is_shown = reveal
            || is_harmless_header(name)
            || shown_header(name, &value.template, false) == value.template;
        let pieces = if reveal {
            vec![Piece::Text(value.parts.iter().map(|part| part.text.as_str()).collect())]
        } else {
            pieces(value, |text, origin| {
                let is_hidden = !is_shown && *origin == Origin::Literal && !text.trim().is_empty();
                is_hidden.then(|| secret(name))
            })
        };
        headers.push((name, trimmed(pieces), varies));
    }
    headers
}

/// The pieces of a value; `instead` may give another one for a text.
fn pieces(value: &RenderedValue, mut instead: impl FnMut(&str, &Origin) -> Option<Piece>) -> Vec<Piece> {
    let piece = |part: &crate::core::request::RenderedPart| match &part.origin {
        Origin::Environment { name, .. } => Piece::Taken { env: name.clone() },
        origin => instead(&part.text, origin).unwrap_or_else(|| Piece::Text(part.text.clone())),
    };
    value.parts.iter().map(piece).collect()
}

/// The same without blanks at either end, as headers are sent.
fn trimmed(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let blanks = [' ', '\t'];
    if let Some(Piece::Text(first)) = pieces.first_mut() {
        *first = first.trim_start_matches(blanks).to_owned();
    }
    if let Some(Piece::Text(last)) = pieces.last_mut() {
        *last = last.trim_end_matches(blanks).to_owned();
    }
    pieces
}

/// The body as text that is JSON once what is taken from the environment is escaped as a piece of a string.
fn body(request: &PreparedRequest, reveal: bool) -> Vec<Piece> {
    let text = |bytes: &[u8]| Piece::Text(String::from_utf8_lossy(bytes).into_owned());
    if reveal {
        return vec![text(&request.body)];
    }
    let values = request.values.iter().filter(|value| matches!(value.place, RenderedPlace::Body(_)));
    let names = values.flat_map(|value| &value.parts).filter_map(|part| match &part.origin {
        Origin::Environment { name, .. } => Some(name),
        _ => None,
    });
    let mut pieces = Vec::new();
    let mut end = 0;
    for (span, name) in request.body_secrets.iter().zip(names) {
        pieces.push(text(&request.body[end..span.start]));
        pieces.push(Piece::Taken { env: name.clone() });
        end = span.end;
    }
    pieces.push(text(&request.body[end..]));
    pieces
}
