//! The requests of a curl command.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::core::capture::captured::{Captured, Format};
use crate::core::capture::parts::{Body, RequestParts};
use crate::core::diagnostic::Diagnostic;
use crate::core::text::{LookAlike, Source, Span, look_alike, one_line};

use super::options::{Effect, Meaning, long_name, meaning};
use super::tokens::{Stdin, Word};

/// The maximum number of URLs of a command: each is a request with the same body.
const MAX_URLS: usize = 50;

/// The requests of a curl command with these arguments.
pub(super) fn requests(
    words: &[Word],
    stdin: Option<&Stdin>,
    source: &Arc<Source>,
) -> Result<Vec<Captured>, Diagnostic> {
    if let Some((at, odd)) = words.iter().find_map(|word| typographic(source.text(), word.span.clone())) {
        return Err(typographic_error(source, at, odd));
    }
    let mut found = Vec::new();
    let mut transfer = Transfer::default();
    let start = words.first().map_or(0, |word| word.span.start);
    let line = source.position(start).line;
    let mut words = words.iter();
    let mut only_urls = false;
    while let Some(word) = words.next() {
        let text = word.text();
        if only_urls || text == "-" || !text.starts_with('-') {
            transfer.urls.push(text.into_owned());
            continue;
        }
        if text == "--" {
            only_urls = true;
            continue;
        }
        for (effect, value) in options(word, &mut words, source)? {
            if effect == Effect::Next {
                found.extend(std::mem::take(&mut transfer).finish(stdin, line));
            } else {
                transfer.apply(effect, &value);
            }
        }
    }
    if transfer.urls.len() > MAX_URLS {
        let message = format!("this curl command has more than {MAX_URLS} URLs");
        let help = "check the quotes: a part of another argument may have been parsed as a URL";
        return Err(error(source, "curl-url", start..start, message, help));
    }
    if transfer.urls.is_empty() && found.is_empty() {
        let help = "pass the whole command, from `curl` to its last argument";
        return Err(error(source, "curl-url", start..start, "this curl command has no URL", help));
    }
    found.extend(transfer.finish(stdin, line));
    Ok(found)
}

/// An error at a position. The line is not shown, since it may contain a secret.
pub(super) fn error(
    source: &Arc<Source>,
    code: &'static str,
    span: Span,
    message: impl Into<String>,
    help: &str,
) -> Diagnostic {
    Diagnostic::error(code, message).at_hidden(source, span).help(help)
}

/// A typographic character in a word, before its first quote, and its offset.
pub(super) fn typographic(text: &str, span: Span) -> Option<(usize, LookAlike)> {
    let start = span.start;
    let word = text.get(span)?;
    let unquoted = word.split(['"', '\'']).next().unwrap_or_default();
    unquoted.char_indices().find_map(|(at, c)| {
        // In a URL, a dash can be meant.
        look_alike(c).filter(|odd| odd.replacement != "-" || at == 0).map(|odd| (start + at, odd))
    })
}

pub(super) fn typographic_error(source: &Arc<Source>, at: usize, odd: LookAlike) -> Diagnostic {
    let message = format!("unexpected {} in a curl command", odd.describe());
    error(source, "curl-quoting", at..at + odd.character.len_utf8(), message, &odd.advice())
}

/// The options of a word that change the request, with their values; those with one letter can be joined.
fn options<'w>(
    word: &Word,
    words: &mut impl Iterator<Item = &'w Word>,
    source: &Arc<Source>,
) -> Result<Vec<(Effect, Vec<u8>)>, Diagnostic> {
    let text = word.text();
    let mut value_of = |name: &str, joined: Option<&[u8]>| match joined {
        Some(joined) => Ok(joined.to_vec()),
        None => words.next().map(|word| word.value.clone()).ok_or_else(|| {
            let message = format!("the curl option `{name}` has no value");
            error(source, "curl-option", word.span.clone(), message, "pass the whole command")
        }),
    };
    let unknown = |name: &str, meaning: Option<Meaning>| {
        let name = one_line(name).into_owned();
        let (message, help) = match meaning {
            Some(_) => (
                format!("the curl option `{name}` is not supported"),
                "pass the HTTP message instead: the command does not contain the whole request",
            ),
            None => (
                format!("unknown curl option `{name}`"),
                "check the spelling, or remove it if it does not change the request",
            ),
        };
        error(source, "curl-option", word.span.clone(), message, help)
    };
    let mut found = Vec::new();
    // Whether the option takes a value, so that no more letters can follow it.
    let mut apply = |name: &str, shown: &str, joined: Option<&[u8]>| {
        let (effect, has_value) = match meaning(name) {
            Some(Meaning::Changes(effect)) => (Some(effect), effect.has_value()),
            Some(Meaning::Value) => (None, true),
            Some(Meaning::Flag) => (None, false),
            other => return Err(unknown(shown, other)),
        };
        let value = if has_value { value_of(shown, joined)? } else { Vec::new() };
        found.extend(effect.map(|effect| (effect, value)));
        Ok(has_value)
    };
    if let Some(long) = text.strip_prefix("--") {
        let (name, joined) =
            long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.as_bytes())));
        apply(name, &format!("--{name}"), joined)?;
        return Ok(found);
    }
    for (at, letter) in text.char_indices().skip(1) {
        let rest = word.value.get(at + letter.len_utf8()..).filter(|rest| !rest.is_empty());
        if apply(long_name(letter), &format!("-{letter}"), rest)? {
            break;
        }
    }
    Ok(found)
}

/// The options up to `--next`.
#[derive(Debug, Default)]
struct Transfer {
    urls: Vec<String>,
    method: Option<String>,
    headers: Vec<Vec<u8>>,
    data: Option<Vec<u8>>,
    /// Whether the data is standard input.
    reads_stdin: bool,
    /// The file with the data.
    file: Option<String>,
    is_json: bool,
    is_get: bool,
    is_head: bool,
    is_upload: bool,
    /// Headers set by other options; `--header` replaces them.
    defaults: Vec<(&'static str, Vec<u8>)>,
    query: Vec<Vec<u8>>,
    target: Option<String>,
}

impl Transfer {
    fn apply(&mut self, effect: Effect, value: &[u8]) {
        let text = || String::from_utf8_lossy(value).into_owned();
        match effect {
            Effect::Request => self.method = Some(text()),
            Effect::Url => self.urls.push(text()),
            Effect::Header => self.headers.push(value.to_vec()),
            Effect::Data | Effect::DataBinary => self.add_data(value, b"&", true),
            Effect::DataRaw => self.add_data(value, b"&", false),
            Effect::DataUrlencode => self.add_encoded(value),
            Effect::Json => {
                self.is_json = true;
                self.add_data(value, b"", true);
            }
            Effect::Get => self.is_get = true,
            Effect::Head => self.is_head = true,
            Effect::User => {
                let basic = format!("Basic {}", STANDARD.encode(value));
                // The password is unknown if it would be asked for, or is masked.
                let is_known = value.contains(&b':') && crate::core::received::masks(&text()).is_empty();
                self.set("authorization", if is_known { basic } else { "Basic ***".to_owned() });
            }
            Effect::Bearer => self.set("authorization", format!("Bearer {}", text())),
            Effect::UserAgent => self.set("user-agent", text()),
            Effect::Cookie if value.contains(&b'=') => self.set("cookie", text()),
            Effect::Cookie => self.set("cookie", "***".to_owned()),
            Effect::Referer => {
                self.set("referer", text().trim_end_matches(";auto").to_owned());
            }
            Effect::Compressed => self.set("accept-encoding", "gzip".to_owned()),
            Effect::UploadFile => {
                self.is_upload = true;
                self.read_file(&text());
            }
            Effect::UrlQuery => self.query.push(encoded(value)),
            Effect::RequestTarget => self.target = Some(text()),
            Effect::Range => self.set("range", format!("bytes={}", text())),
            Effect::Next => {}
        }
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.defaults.retain(|(own, _)| *own != name);
        self.defaults.push((name, value.into_bytes()));
    }

    fn add_data(&mut self, value: &[u8], separator: &[u8], may_be_file: bool) {
        if may_be_file && let Some(file) = value.strip_prefix(b"@") {
            self.read_file(&String::from_utf8_lossy(file));
            self.data.get_or_insert_default();
            return;
        }
        self.append(value, separator);
    }

    fn append(&mut self, value: &[u8], separator: &[u8]) {
        match &mut self.data {
            Some(data) => {
                data.extend_from_slice(separator);
                data.extend_from_slice(value);
            }
            None => self.data = Some(value.to_vec()),
        }
    }

    fn read_file(&mut self, name: &str) {
        if name == "-" || name == "." {
            self.reads_stdin = true;
        } else {
            self.file = Some(name.to_owned());
        }
    }

    fn add_encoded(&mut self, value: &[u8]) {
        match value.iter().position(|byte| matches!(byte, b'=' | b'@')) {
            Some(at) if value[at] == b'@' => {
                self.read_file(&String::from_utf8_lossy(&value[at + 1..]));
                self.data.get_or_insert_default();
            }
            _ => self.append(&encoded(value), b"&"),
        }
    }

    /// A request for each URL.
    fn finish(self, stdin: Option<&Stdin>, line: usize) -> Vec<Captured> {
        let body = self.body(stdin);
        let query: Vec<Vec<u8>> = match (&self.data, self.is_get) {
            (Some(data), true) => self.query.iter().cloned().chain([data.clone()]).collect(),
            _ => self.query.clone(),
        };
        let query = query.iter().map(|part| String::from_utf8_lossy(part)).collect::<Vec<_>>().join("&");
        let requests = self.urls.iter().map(|url| {
            let url = self.target(url, &query);
            let parts = RequestParts {
                method: Some(self.method()),
                headers: Some(self.all_headers(&url)),
                target: Some(url),
                body: body.clone(),
            };
            parts.captured(Format::Curl, line)
        });
        requests.collect()
    }

    fn method(&self) -> String {
        let has_data = self.data.is_some() && !self.is_get;
        let implied = match (self.is_head, self.is_upload, has_data) {
            (true, _, _) => "HEAD",
            (_, true, _) => "PUT",
            (_, _, true) => "POST",
            _ => "GET",
        };
        self.method.clone().unwrap_or_else(|| implied.to_owned())
    }

    fn body(&self, stdin: Option<&Stdin>) -> Body {
        if self.is_get {
            return Body::default();
        }
        let missing = |file: &str| {
            Body::missing(format!("the body is missing: curl reads it from `{}`", one_line(file)))
        };
        match (&self.file, stdin) {
            (Some(file), _) => missing(file),
            (None, Some(Stdin::Known(text))) if self.reads_stdin => Body::new(text.clone()),
            (None, _) if self.reads_stdin => missing("its standard input"),
            _ => Body::new(self.data.clone().unwrap_or_default()),
        }
    }

    /// The requested URL: with a scheme, without a fragment, with the additions of `-G` and `--url-query`.
    fn target(&self, url: &str, query: &str) -> String {
        let url = url.split('#').next().unwrap_or_default();
        let mut url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        if let Some(target) = &self.target {
            let host = url.find("://").map_or(0, |at| at + "://".len());
            url.truncate(url[host..].find(['/', '?']).map_or(url.len(), |end| host + end));
            url.push_str(target);
        }
        if !query.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(query);
        }
        url
    }

    fn all_headers(&self, url: &str) -> Vec<(String, Vec<u8>)> {
        let mut headers = Vec::new();
        let mut replaced = Vec::new();
        for line in &self.headers {
            let colon = memchr::memchr(b':', line);
            let name = |end: usize| String::from_utf8_lossy(&line[..end]).trim().to_owned();
            match colon {
                Some(at) => {
                    let value = line[at + 1..].trim_ascii();
                    replaced.push(name(at).to_ascii_lowercase());
                    // Without a value, curl leaves the header out.
                    if !value.is_empty() {
                        headers.push((name(at), value.to_vec()));
                    }
                }
                None if line.ends_with(b";") => {
                    replaced.push(name(line.len() - 1).to_ascii_lowercase());
                    headers.push((name(line.len() - 1), Vec::new()));
                }
                None => {}
            }
        }
        let has_body = self.data.is_some() && !self.is_get;
        let content_type =
            if self.is_json { "application/json" } else { "application/x-www-form-urlencoded" };
        let mut defaults = vec![("accept", if self.is_json { "application/json" } else { "*/*" }.into())];
        defaults.extend(has_body.then(|| ("content-type", content_type.as_bytes().to_vec())));
        defaults.extend(self.defaults.iter().cloned());
        let host = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next());
        let host = host.unwrap_or_default().rsplit('@').next().unwrap_or_default();
        defaults.push(("host", host.as_bytes().to_vec()));
        for (name, value) in defaults {
            let is_removed = value.is_empty() && name != "host";
            if !replaced.iter().any(|own| own == name) && !is_removed {
                headers.push((name.to_owned(), value));
            }
        }
        headers
    }
}

/// A value of `--data-urlencode`: `content`, `=content` or `name=content`.
fn encoded(value: &[u8]) -> Vec<u8> {
    let (name, content) = match value.iter().position(|byte| *byte == b'=') {
        Some(0) => (&[][..], &value[1..]),
        Some(at) => (&value[..=at], &value[at + 1..]),
        None => (&[][..], value),
    };
    let mut encoded = name.to_vec();
    for byte in content {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(*byte),
            b' ' => encoded.push(b'+'),
            _ => encoded.extend(format!("%{byte:02X}").bytes()),
        }
    }
    encoded
}
