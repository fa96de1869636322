//! Reads a response, bounded in size and time.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use http::Response;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;

use super::wire::{Excess, Wire};
use crate::core::body::header_text;
use crate::core::exchange::{Answer, BodyEnd};

/// Reads the body until its end, [`Answer::READ`] bytes, the time limit or `stop`, whichever is first.
pub(super) async fn read(
    mut response: Response<Incoming>,
    wire: Option<&Wire>,
    start: Instant,
    limit: Duration,
    stop: impl Future<Output = ()>,
) -> Answer {
    let mut answer = head(&response, wire);
    let bodiless = matches!(answer.status, 101 | 204 | 304);
    if bodiless {
        return answer;
    }
    let left = limit.saturating_sub(start.elapsed());
    let ended = tokio::select! {
        biased;
        ended = body(response.body_mut(), &mut answer) => Some(ended),
        () = tokio::time::sleep(left) => None,
        () = stop => Some(BodyEnd::CutShort),
    };
    answer.body_end = ended.unwrap_or(BodyEnd::TimedOut);
    answer
}

fn head(response: &Response<Incoming>, wire: Option<&Wire>) -> Answer {
    // hyper drops a reason phrase with bytes beyond ASCII.
    let reason = match response.extensions().get::<ReasonPhrase>() {
        Some(reason) if reason.as_bytes().is_empty() => wire.and_then(Wire::reason_phrase),
        reason => reason.map(|reason| reason.as_bytes().to_vec()),
    };
    Answer {
        status: response.status().as_u16(),
        reason: reason.map(|reason| header_text(&reason).into_owned()),
        version: match response.version() {
            http::Version::HTTP_10 => "HTTP/1.0",
            _ => "HTTP/1.1",
        },
        headers: Answer::kept_headers(
            response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())),
        ),
        body: Vec::new(),
        body_read: 0,
        body_end: BodyEnd::Complete,
    }
}

async fn body(incoming: &mut Incoming, answer: &mut Answer) -> BodyEnd {
    loop {
        match incoming.frame().await {
            Some(Ok(frame)) => {
                let Ok(chunk) = frame.into_data() else { continue };
                let room = Answer::KEPT - answer.body.len();
                answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                answer.body_read += chunk.len() as u64;
                if answer.body_read >= Answer::READ {
                    return BodyEnd::Stopped;
                }
            }
            None => return BodyEnd::Complete,
            Some(Err(error)) if is_too_long(&error) => return BodyEnd::Stopped,
            Some(Err(error)) if is_malformed(&error) => return BodyEnd::Malformed,
            Some(Err(_)) => return BodyEnd::CutShort,
        }
    }
}

fn io_error(error: &hyper::Error) -> Option<&io::Error> {
    error.source()?.downcast_ref()
}

/// Whether more came than is read, such as a chunk size without an end.
fn is_too_long(error: &hyper::Error) -> bool {
    io_error(error).and_then(io::Error::get_ref).is_some_and(<dyn Error + Send + Sync>::is::<Excess>)
}

/// Whether the framing of the body is invalid; otherwise the connection closed early.
fn is_malformed(error: &hyper::Error) -> bool {
    io_error(error)
        .is_some_and(|io| matches!(io.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData))
}
