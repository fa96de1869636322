//! What a status means for a delivery (RFC 9110, section 15): 2xx delivered, everything else failed.

use url::Url;

use super::catalogue::{FailureKind, NoteKind};
use super::failure::{Facts, Failure, Location, Note};
use super::response::{BodyEnd, Response};
use super::retry::RetryAfter;
use crate::core::secrets::Redactor;

/// Judges a response to a request for `url`: why it is a failure, if it is one, and what else to say.
///
/// `facts` holds what is known of the target; `redactor` takes out secrets that a receiver echoes.
pub fn judge(
    response: &Response,
    url: &Url,
    facts: &Facts,
    redactor: &Redactor,
) -> (Option<Failure>, Vec<Note>) {
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
        return (None, notes);
    }
    let clean = |text: String| redactor.redact(&text).into_owned();
    let reason = match response.status {
        101 => Some("it switched to another protocol without being asked".to_owned()),
        407 => Some(format!("it responded {}", clean(response.status_line()))),
        _ => None,
    };
    let facts = Facts {
        reason,
        status: Some(clean(response.status_line())),
        location: match redirect_target(response, url, redactor) {
            Location::Url(target) => Location::Url(clean(target)),
            Location::NotWeb(text) => Location::NotWeb(clean(text)),
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
    (Some(Failure::new(kind, &facts)), notes)
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

/// Where a redirect points to, made absolute.
fn redirect_target(response: &Response, url: &Url, redactor: &Redactor) -> Location {
    let Some(text) = response.header("location") else { return Location::Missing };
    let Ok(mut target) = url.join(&text) else { return Location::NotWeb(text) };
    if !matches!(target.scheme(), "http" | "https") {
        return Location::NotWeb(text);
    }
    target.set_fragment(None);
    // A password in a redirect would end up in the definitions.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    if target == *url {
        return Location::Itself;
    }
    // Parsing a URL re-encodes some characters, so secrets are searched for in the original.
    let masked = redactor.masked(&text).and_then(|text| url.join(&text).ok());
    Location::Url(masked.unwrap_or(target).into())
}

/// Of several values of `Retry-After`, the one with the longest wait, or one that cannot be read.
fn longest_wait(response: &Response) -> Option<String> {
    response.headers_named("retry-after").max_by_key(|text| RetryAfter::parse(text))
}

/// Whether a server that was offered no HTTP/2 says that it speaks nothing else, as Node.js does.
fn wants_http2(response: &Response, url: &Url) -> bool {
    url.scheme() == "https"
        && response.status == 403
        && String::from_utf8_lossy(&response.body).contains("Unknown ALPN Protocol, expected `h2`")
}

/// Whether a TLS server says in plain HTTP that it wants TLS, as nginx, Apache, Go and `HAProxy` do.
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

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        Response {
            status,
            reason: None,
            version: "HTTP/1.1",
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect(),
            body: body.as_bytes().to_vec(),
            body_read: body.len() as u64,
            body_end: BodyEnd::Complete,
        }
    }

    fn judged(response: &Response) -> (Option<Failure>, Vec<Note>) {
        let url = Url::parse("http://receiver.test/old/path?q=1").unwrap();
        judge(response, &url, &Facts::default(), &Redactor::default())
    }

    #[test]
    fn only_2xx_is_success() {
        for status in 100..=999 {
            let (failure, _) = judged(&response(status, &[], ""));
            assert_eq!(failure.is_none(), (200..300).contains(&status), "{status}");
        }
    }

    #[test]
    fn a_relative_redirect_is_made_absolute() {
        for (location, target) in [
            ("/new", "http://receiver.test/new"),
            ("new?x=1#part", "http://receiver.test/old/new?x=1"),
            ("//other.test/a", "http://other.test/a"),
            ("https://user:secret@receiver.test/", "https://receiver.test/"),
        ] {
            let (failure, _) = judged(&response(308, &[("location", location)], ""));
            let failure = failure.unwrap();
            assert_eq!(failure.kind, FailureKind::Redirect);
            assert!(failure.what.contains(&format!("points to `{target}`")), "{}", failure.what);
            assert!(failure.next.contains(target), "{}", failure.next);
        }
    }

    #[test]
    fn a_redirect_that_cannot_be_followed_says_why() {
        for (headers, points, advice) in [
            (&[][..], "does not say where to", "Ask whoever runs"),
            (&[("location", "")], "redirects to itself", "lead back here"),
            (&[("location", "?q=1#part")], "redirects to itself", "lead back here"),
            (&[("location", "javascript:alert(1)")], "is not a web address", "Correct the redirect"),
            (&[("location", "ftp://receiver.test/")], "`ftp://receiver.test/`, which is not", "Correct"),
            (&[("location", "http://[")], "is not a web address", "Correct the redirect"),
        ] {
            let (failure, _) = judged(&response(302, headers, ""));
            let failure = failure.unwrap();
            assert!(failure.what.contains(points), "{}", failure.what);
            assert!(failure.next.contains(advice), "{}", failure.next);
        }
    }

    #[test]
    fn advice_is_about_the_option_that_was_given() {
        let url = Url::parse("http://receiver.test/").unwrap();
        let facts = Facts { url_is_overridden: true, ..Facts::default() };
        let redirect = response(302, &[("location", "/new")], "");
        let (failure, _) = judge(&redirect, &url, &facts, &Redactor::default());
        assert!(failure.unwrap().next.starts_with("Set `--to` to `http://receiver.test/new`"));
    }

    #[test]
    fn a_response_through_a_proxy_may_be_its_own() {
        let url = Url::parse("http://receiver.test/").unwrap();
        let proxy = Some("proxy.test:3128".to_owned());
        for (proxy_forwards, said) in [(true, "may be its own"), (false, "goes through the proxy")] {
            let facts = Facts { proxy: proxy.clone(), proxy_forwards, ..Facts::default() };
            let (failure, _) = judge(&response(503, &[], ""), &url, &facts, &Redactor::default());
            let what = failure.unwrap().what;
            assert!(what.contains("the proxy proxy.test:3128") && what.contains(said), "{what}");
        }
    }

    #[test]
    fn a_page_with_2xx_is_delivered_and_remarked_upon() {
        let (failure, notes) = judged(&response(200, &[("content-type", "text/html; charset=utf-8")], "<p>"));
        assert!(failure.is_none());
        assert_eq!(notes[0].kind, NoteKind::HtmlPage);
        let (_, notes) = judged(&response(200, &[("content-type", "application/json")], "<html>"));
        assert!(notes.is_empty());
        let (_, notes) = judged(&response(200, &[], "\n<!DOCTYPE html>"));
        assert_eq!(notes[0].kind, NoteKind::HtmlPage);
    }

    #[test]
    fn a_plain_400_of_a_tls_server_is_named_for_what_it_is() {
        let body = "<center>The plain HTTP request was sent to HTTPS port</center>";
        let (failure, _) = judged(&response(400, &[], body));
        assert_eq!(failure.unwrap().kind, FailureKind::HttpToTlsPort);
    }

    #[test]
    fn a_secret_that_a_receiver_echoes_is_not_repeated() {
        let secret = crate::core::secrets::Secret::new("s3cret-token");
        let url = Url::parse("http://receiver.test/").unwrap();
        let mut redirect = response(302, &[("location", "/login?token=s3cret-token")], "");
        redirect.reason = Some("Found s3cret-token".to_owned());
        let (failure, _) = judge(&redirect, &url, &Facts::default(), &Redactor::new([&secret]));
        let failure = failure.unwrap();
        assert!(!format!("{failure:?}").contains("s3cret"));
    }

    #[test]
    fn retry_after_is_told_in_the_sentence() {
        let (failure, _) = judged(&response(429, &[("retry-after", "30")], ""));
        assert!(failure.unwrap().what.contains("30 s"));
        for (text, said) in [
            ("30.5", "(`Retry-After`): 31 s."),
            ("120, 60", "(`Retry-After`): 120 s."),
            ("", "`Retry-After` is empty"),
            ("soon", "cannot be read: `soon`"),
        ] {
            let what = judged(&response(429, &[("retry-after", text)], "")).0.unwrap().what;
            assert!(what.contains(said), "{text}: {what}");
        }
    }
}
