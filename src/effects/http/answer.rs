//! Reads an answer, bounded in size and time.

use std::time::{Duration, Instant};

use hyper::ext::ReasonPhrase;

use crate::core::exchange::{Answer, BodyEnd};

/// Reads the body until its end, [`Answer::READ`] bytes, the time limit or `stop`, whichever is first.
pub(super) async fn read(
    mut response: reqwest::Response,
    start: Instant,
    limit: Duration,
    stop: impl Future<Output = ()>,
) -> Answer {
    let mut answer = head(&response);
    let bodiless = matches!(answer.status, 101 | 204 | 304);
    if bodiless {
        return answer;
    }
    let left = limit.saturating_sub(start.elapsed());
    let ended = tokio::select! {
        biased;
        ended = body(&mut response, &mut answer) => Some(ended),
        () = tokio::time::sleep(left) => None,
        () = stop => Some(BodyEnd::CutShort),
    };
    answer.body_end = ended.unwrap_or(BodyEnd::TimedOut);
    answer
}

fn head(response: &reqwest::Response) -> Answer {
    Answer {
        status: response.status().as_u16(),
        reason: response
            .extensions()
            .get::<ReasonPhrase>()
            .map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned()),
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

async fn body(response: &mut reqwest::Response, answer: &mut Answer) -> BodyEnd {
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = Answer::KEPT - answer.body.len();
                answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                answer.body_read += chunk.len() as u64;
                if answer.body_read >= Answer::READ {
                    return BodyEnd::Stopped;
                }
            }
            Ok(None) => return BodyEnd::Complete,
            Err(_) => return BodyEnd::CutShort,
        }
    }
}
