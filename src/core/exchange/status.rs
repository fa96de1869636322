//! What a status means for a delivery (RFC 9110, section 15): 2xx delivered, everything else failed.

use url::Url;

use super::answer::{Answer, BodyEnd};
use super::catalogue::{FailureKind, NoteKind};
use super::failure::{Facts, Failure, Note};
use crate::core::text::Redactor;

/// Judges an answer to a request for `url`: why it is a failure, if it is one, and what else to say.
///
/// `facts` holds what is known of the target; `redactor` takes out secrets that a receiver echoes.
pub fn judge(answer: &Answer, url: &Url, facts: &Facts, redactor: &Redactor) -> (Option<Failure>, Vec<Note>) {
    let mut notes = Vec::new();
    let mut note = |kind| notes.push(Note { kind, facts: facts.clone() });
    match answer.body_end {
        BodyEnd::CutShort => note(NoteKind::BodyCutShort),
        BodyEnd::TimedOut => note(NoteKind::BodyTimeout),
        BodyEnd::Complete | BodyEnd::Stopped => {}
    }
    if answer.is_success() {
        if answer.is_html() {
            note(NoteKind::HtmlPage);
        }
        return (None, notes);
    }
    let clean = |text: String| redactor.redact(&text).into_owned();
    let reason = match answer.status {
        101 => Some("it switched to another protocol without being asked".to_owned()),
        407 => Some("it wants credentials: 407".to_owned()),
        _ => None,
    };
    let facts = Facts {
        reason,
        status: Some(clean(answer.status_line())),
        location: redirect_target(answer, url).map(clean),
        retry_after: answer.header("retry-after").map(clean),
        allow: answer.header("allow").map(clean),
        ..facts.clone()
    };
    let kind = if wants_tls(answer, url) { FailureKind::HttpToTlsPort } else { kind(answer.status, &facts) };
    (Some(Failure { kind, facts }), notes)
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
        422 => FailureKind::Unprocessable,
        429 => FailureKind::RateLimited,
        431 => FailureKind::HeadersTooLarge,
        502 => FailureKind::BadGateway,
        503 => FailureKind::Unavailable,
        504 => FailureKind::GatewayTimeout,
        500..=599 => FailureKind::ServerError,
        _ => FailureKind::OtherStatus,
    }
}

/// Where a redirect points to, made absolute; nothing for what no `payload_url` could be.
fn redirect_target(answer: &Answer, url: &Url) -> Option<String> {
    let mut target = url.join(&answer.header("location")?).ok()?;
    if !matches!(target.scheme(), "http" | "https") {
        return None;
    }
    target.set_fragment(None);
    // A password in a redirect would end up in the definitions.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    Some(target.into())
}

/// Whether a TLS server says in plain HTTP that it wants TLS, as nginx, Apache, Go and `HAProxy` do.
fn wants_tls(answer: &Answer, url: &Url) -> bool {
    const PHRASES: [&str; 3] = [
        "plain http request was sent to https port",
        "http request to an https server",
        "ssl-enabled server port",
    ];
    let text = String::from_utf8_lossy(&answer.body[..answer.body.len().min(2048)]).to_ascii_lowercase();
    url.scheme() == "http"
        && matches!(answer.status, 400 | 497)
        && PHRASES.iter().any(|phrase| text.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        Answer {
            status,
            reason: None,
            version: "HTTP/1.1",
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect(),
            body: body.as_bytes().to_vec(),
            body_read: body.len() as u64,
            body_end: BodyEnd::Complete,
        }
    }

    fn judged(answer: &Answer) -> (Option<Failure>, Vec<Note>) {
        let url = Url::parse("http://receiver.test/old/path?q=1").unwrap();
        judge(answer, &url, &Facts::default(), &Redactor::default())
    }

    #[test]
    fn only_2xx_is_success() {
        for status in 100..=999 {
            let (failure, _) = judged(&answer(status, &[], ""));
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
            let (failure, _) = judged(&answer(308, &[("location", location)], ""));
            let failure = failure.unwrap();
            assert_eq!(failure.kind, FailureKind::Redirect);
            assert_eq!(failure.facts.location.as_deref(), Some(target));
            assert!(failure.next().contains(target), "{}", failure.next());
        }
    }

    #[test]
    fn a_redirect_to_nowhere_suggests_nothing() {
        for headers in [&[][..], &[("location", "javascript:alert(1)")], &[("location", "http://[")]] {
            let (failure, _) = judged(&answer(302, headers, ""));
            assert_eq!(failure.unwrap().facts.location, None);
        }
    }

    #[test]
    fn a_page_with_2xx_is_delivered_and_remarked_upon() {
        let (failure, notes) = judged(&answer(200, &[("content-type", "text/html; charset=utf-8")], "<p>"));
        assert!(failure.is_none());
        assert_eq!(notes[0].kind, NoteKind::HtmlPage);
        let (_, notes) = judged(&answer(200, &[("content-type", "application/json")], "<html>"));
        assert!(notes.is_empty());
        let (_, notes) = judged(&answer(200, &[], "\n<!DOCTYPE html>"));
        assert_eq!(notes[0].kind, NoteKind::HtmlPage);
    }

    #[test]
    fn a_plain_400_of_a_tls_server_is_named_for_what_it_is() {
        let body = "<center>The plain HTTP request was sent to HTTPS port</center>";
        let (failure, _) = judged(&answer(400, &[], body));
        assert_eq!(failure.unwrap().kind, FailureKind::HttpToTlsPort);
    }

    #[test]
    fn a_secret_that_a_receiver_echoes_is_not_repeated() {
        let secret = crate::core::text::Secret::new("s3cret-token");
        let url = Url::parse("http://receiver.test/").unwrap();
        let mut redirect = answer(302, &[("location", "/login?token=s3cret-token")], "");
        redirect.reason = Some("Found s3cret-token".to_owned());
        let (failure, _) = judge(&redirect, &url, &Facts::default(), &Redactor::new([&secret]));
        let failure = failure.unwrap();
        assert!(!format!("{failure:?} {} {}", failure.what(), failure.next()).contains("s3cret"));
    }

    #[test]
    fn retry_after_is_told_in_the_sentence() {
        let (failure, _) = judged(&answer(429, &[("retry-after", "30")], ""));
        assert!(failure.unwrap().what().contains("30 s"));
    }
}
