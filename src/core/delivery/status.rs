//! What a status means for a delivery (RFC 9110, section 15): 2xx delivered, everything else failed.

use url::Url;

use super::State;
use super::facts::{Facts, Failure, Location, Note};
use super::failure_table::Group;
use super::failures::{FailureKind, NoteKind};
use super::response::{BodyEnd, Response};
use super::retry::RetryAfter;
use crate::core::secrets::Redactor;

/// Classifies the response to a request for `url`: the state of the delivery, why it failed, and what else to know.
///
/// `redactor` removes secrets that the receiver echoes.
pub fn classify_response(
    response: &Response,
    url: &Url,
    facts: &Facts,
    redactor: &Redactor,
) -> (State, Option<Failure>, Vec<Note>) {
    let mut notes = Vec::new();
    let mut note = |kind| notes.push(Note::new(kind, facts));
    match response.body_end {
        BodyEnd::CutShort => note(NoteKind::BodyCutShort),
        BodyEnd::Malformed => note(NoteKind::BodyMalformed),
        BodyEnd::TimedOut => note(NoteKind::BodyTimeout),
        BodyEnd::Complete | BodyEnd::Stopped => {}
    }
    if response.is_success() {
        if response.is_html() {
            note(NoteKind::HtmlPage);
        }
        return (State::Delivered, None, notes);
    }
    let clean = |text: &str| redactor.redact(text).into_owned();
    let reason = match response.status {
        101 => Some("it switched to another protocol without being asked".to_owned()),
        407 => Some(format!("it responded {}", clean(&response.status_line()))),
        _ => None,
    };
    let facts = Facts {
        reason,
        status: Some(clean(&response.status_line())),
        location: match redirect_target(response, url, redactor) {
            Location::Url(target) => Location::Url(clean(&target)),
            Location::NotWeb(text) => Location::NotWeb(clean(&text)),
            other => other,
        },
        retry_after: longest_wait(response).map(clean),
        allow: response.header("allow").map(clean),
        upgrade: response.header("upgrade").map(clean),
        ..facts.clone()
    };
    let kind = if wants_tls(response, url) {
        FailureKind::HttpToTlsPort
    } else if wants_http2(response, url) {
        FailureKind::Http2Only
    } else {
        kind(response.status, &facts)
    };
    let state = match kind {
        // The response is from the proxy, or from a TLS server that had not read the request.
        FailureKind::ProxyError | FailureKind::HttpToTlsPort | FailureKind::Http2Only => State::NotSent,
        kind if kind.group() == Group::Response => State::Failed,
        _ => State::InDoubt,
    };
    (state, Some(Failure::new(kind, &facts)), notes)
}

fn kind(status: u16, facts: &Facts) -> FailureKind {
    match status {
        101 => FailureKind::BadResponse,
        301 | 302 | 303 | 307 | 308 => FailureKind::Redirect,
        400 => FailureKind::BadRequest,
        401 => FailureKind::Unauthorized,
        403 => FailureKind::Forbidden,
        404 => FailureKind::NotFound,
        405 => FailureKind::MethodNotAllowed,
        406 => FailureKind::NotAcceptable,
        407 if facts.proxy.is_some() => FailureKind::ProxyError,
        408 => FailureKind::RequestTimeout,
        409 => FailureKind::Conflict,
        410 => FailureKind::Gone,
        411 => FailureKind::LengthRequired,
        413 => FailureKind::PayloadTooLarge,
        415 => FailureKind::UnsupportedMediaType,
        421 => FailureKind::Misdirected,
        422 => FailureKind::Unprocessable,
        425 => FailureKind::TooEarly,
        426 => FailureKind::UpgradeRequired,
        429 => FailureKind::RateLimited,
        431 => FailureKind::HeadersTooLarge,
        451 => FailureKind::LegalReasons,
        499 => FailureKind::ClientClosed,
        502 => FailureKind::BadGateway,
        503 => FailureKind::Unavailable,
        504 => FailureKind::GatewayTimeout,
        520 => FailureKind::CdnUnknown,
        521 => FailureKind::CdnRefused,
        522 => FailureKind::CdnConnectTimeout,
        523 => FailureKind::CdnUnreachable,
        524 => FailureKind::CdnTimeout,
        525 => FailureKind::CdnTls,
        526 => FailureKind::CdnCertificate,
        530 => FailureKind::CdnError,
        500..=599 => FailureKind::ServerError,
        _ => FailureKind::OtherStatus,
    }
}

/// The target of a redirect, made absolute.
fn redirect_target(response: &Response, url: &Url, redactor: &Redactor) -> Location {
    let Some(text) = response.header("location") else { return Location::Missing };
    let Ok(mut target) = url.join(text) else { return Location::NotWeb(text.to_owned()) };
    if !matches!(target.scheme(), "http" | "https") {
        return Location::NotWeb(text.to_owned());
    }
    target.set_fragment(None);
    // A password in a redirect would end up in the definitions.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    if target == *url {
        return Location::Itself;
    }
    // Parsing a URL re-encodes some characters, so secrets are searched for in the original.
    let masked = redactor.masked(text).and_then(|text| url.join(&text).ok());
    Location::Url(masked.unwrap_or(target).into())
}

/// The value of `Retry-After` with the longest wait; if none is valid, an invalid one.
fn longest_wait(response: &Response) -> Option<&str> {
    response.headers_named("retry-after").max_by_key(|text| RetryAfter::parse(text))
}

/// Whether the server says that it supports only HTTP/2, as Node.js does.
fn wants_http2(response: &Response, url: &Url) -> bool {
    url.scheme() == "https"
        && response.status == 403
        && String::from_utf8_lossy(&response.body).contains("Unknown ALPN Protocol, expected `h2`")
}

/// Whether a TLS server says in plain HTTP that it expects TLS, as nginx, Apache, Go and `HAProxy` do.
fn wants_tls(response: &Response, url: &Url) -> bool {
    const PHRASES: [&str; 3] = [
        "plain http request was sent to https port",
        "http request to an https server",
        "ssl-enabled server port",
    ];
    let text = String::from_utf8_lossy(&response.body[..response.body.len().min(2048)]).to_ascii_lowercase();
    url.scheme() == "http"
        && matches!(response.status, 400 | 497)
        && PHRASES.iter().any(|phrase| text.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classified(response: &Response, facts: &Facts, redactor: &Redactor) -> (Option<Failure>, Vec<Note>) {
        let url = Url::parse("http://receiver.test/old/path?q=1").unwrap();
        let (state, failure, notes) = classify_response(response, &url, facts, redactor);
        assert_eq!(state == State::Delivered, failure.is_none());
        (failure, notes)
    }

    fn failure(response: &Response) -> Failure {
        classified(response, &Facts::default(), &Redactor::default()).0.unwrap()
    }

    fn notes(response: &Response) -> Vec<NoteKind> {
        let (failure, notes) = classified(response, &Facts::default(), &Redactor::default());
        assert!(failure.is_none());
        notes.iter().map(|note| note.kind).collect()
    }

    #[test]
    fn only_2xx_is_success() {
        for status in 100..=999 {
            let (failure, _) =
                classified(&Response::example(status, &[], ""), &Facts::default(), &Redactor::default());
            assert_eq!(failure.is_none(), (200..300).contains(&status), "{status}");
        }
    }

    #[test]
    fn a_status_without_a_failure_of_its_own_belongs_to_its_class() {
        for (status, kind) in [
            (300, FailureKind::OtherStatus),
            (301, FailureKind::Redirect),
            (303, FailureKind::Redirect),
            (304, FailureKind::OtherStatus),
            (307, FailureKind::Redirect),
            // Without a proxy.
            (407, FailureKind::OtherStatus),
            (418, FailureKind::OtherStatus),
            (501, FailureKind::ServerError),
            (519, FailureKind::ServerError),
            (527, FailureKind::ServerError),
            (999, FailureKind::OtherStatus),
        ] {
            assert_eq!(failure(&Response::example(status, &[], "")).kind, kind, "{status}");
        }
    }

    #[test]
    fn every_failure_of_a_response_has_a_status_and_quotes_it() {
        let of_status = |status| failure(&Response::example(status, &[], ""));
        let failures: Vec<_> = (100..=599).filter(|status| *status / 100 != 2).map(of_status).collect();
        for kind in FailureKind::ALL.iter().filter(|kind| kind.group() == Group::Response) {
            assert!(failures.iter().any(|failure| failure.kind == *kind), "{}", kind.name());
        }
        assert!(of_status(418).what.contains("418 I'm a teapot"));
    }

    #[test]
    fn a_redirect_names_its_absolute_target_or_says_why_there_is_none() {
        for (location, said, advice) in [
            (Some("/new"), "`http://receiver.test/new`", "Set `payload_url` to `http://receiver.test/new`"),
            (Some("new?x=1#part"), "`http://receiver.test/old/new?x=1`", "Set `payload_url`"),
            (Some("//other.test/a"), "`http://other.test/a`", "Set `payload_url`"),
            (Some("https://user:secret@receiver.test/"), "`https://receiver.test/`", "Set `payload_url`"),
            (None, "without a target", "Ask whoever runs"),
            (Some(""), "to the same URL", "lead back"),
            (Some("?q=1#part"), "to the same URL", "lead back"),
            (Some("javascript:alert(1)"), "is not a web address", "Fix the redirect"),
            (Some("ftp://receiver.test/"), "`ftp://receiver.test/`, which is not", "Fix the redirect"),
            (Some("http://["), "is not a web address", "Fix the redirect"),
        ] {
            let headers: Vec<_> = location.map(|location| ("location", location)).into_iter().collect();
            let failure = failure(&Response::example(308, &headers, ""));
            assert_eq!(failure.kind, FailureKind::Redirect);
            assert!(failure.what.contains(said), "{}", failure.what);
            assert!(failure.next.contains(advice), "{}", failure.next);
        }
    }

    #[test]
    fn the_advice_names_the_option_that_was_given() {
        let facts = Facts { setting: "--to", ..Facts::default() };
        let redirect = Response::example(302, &[("location", "/new")], "");
        let (failure, _) = classified(&redirect, &facts, &Redactor::default());
        assert!(failure.unwrap().next.starts_with("Set `--to` to `http://receiver.test/new`"));
    }

    #[test]
    fn a_response_through_a_proxy_may_be_its_own() {
        let proxy = Some("proxy.test:3128".to_owned());
        for (proxy_forwards, said) in [(true, "may be its own"), (false, "goes through the proxy")] {
            let facts = Facts { proxy: proxy.clone(), proxy_forwards, ..Facts::default() };
            let (failure, _) = classified(&Response::example(503, &[], ""), &facts, &Redactor::default());
            let what = failure.unwrap().what;
            assert!(what.contains("the proxy proxy.test:3128") && what.contains(said), "{what}");
        }
    }

    #[test]
    fn a_web_page_with_2xx_is_delivered_with_a_note() {
        let html = [("content-type", "text/html; charset=utf-8")];
        assert_eq!(notes(&Response::example(200, &html, "<p>")), [NoteKind::HtmlPage]);
        assert_eq!(notes(&Response::example(200, &[], "\n<!DOCTYPE html>")), [NoteKind::HtmlPage]);
        assert!(notes(&Response::example(200, &[("content-type", "application/json")], "<html>")).is_empty());
    }

    #[test]
    fn a_plain_400_of_a_tls_server_says_that_tls_is_expected() {
        let body = "<center>The plain HTTP request was sent to HTTPS port</center>";
        assert_eq!(failure(&Response::example(400, &[], body)).kind, FailureKind::HttpToTlsPort);
        for (status, body) in [(400, "sent to the wrong port"), (404, body)] {
            assert_ne!(failure(&Response::example(status, &[], body)).kind, FailureKind::HttpToTlsPort);
        }
        let url = Url::parse("https://receiver.test/").unwrap();
        assert!(!wants_tls(&Response::example(400, &[], body), &url));
    }

    #[test]
    fn a_secret_that_the_receiver_echoes_is_masked() {
        let secret = crate::core::secrets::Secret::new("s3cret-token");
        let mut redirect = Response::example(302, &[("location", "/login?token=s3cret-token")], "");
        redirect.reason = Some("Found s3cret-token".to_owned());
        let (failure, _) = classified(&redirect, &Facts::default(), &Redactor::new([&secret]));
        assert!(!format!("{:?}", failure.unwrap()).contains("s3cret"));
    }

    #[test]
    fn the_failure_quotes_retry_after() {
        for (text, said) in [
            ("30", "a pause of 30 s"),
            ("30.5", "a pause of 31 s"),
            ("120, 60", "a pause of 120 s"),
            ("", "`Retry-After` is empty"),
            ("soon", "is invalid: `soon`"),
        ] {
            let what = failure(&Response::example(429, &[("retry-after", text)], "")).what;
            assert!(what.contains(said), "{text}: {what}");
        }
    }
}
