//! The events of a listener: a request with the response to it, or a refused connection.

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::ReceivedRequest;
use crate::core::delivery::{Failure, Response};
use crate::core::text::size;

/// A request that arrived, and the response to it.
#[derive(Debug)]
pub struct HandledRequest {
    /// When it was complete, in milliseconds since 1970.
    pub time: i64,
    pub peer: SocketAddr,
    pub request: ReceivedRequest,
    pub response: ResponseState,
    /// The result of forwarding it, if requests are forwarded.
    pub forwarded: Option<Forwarded>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseState {
    Status(u16),
    /// The connection was closed without a response, as configured.
    Closed,
    /// The sender did not wait for the response.
    Gone,
}

impl ResponseState {
    /// Its name in JSON and in the history.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "sent",
            Self::Closed => "closed",
            Self::Gone => "gone",
        }
    }

    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(*status),
            Self::Closed | Self::Gone => None,
        }
    }
}

#[derive(Clone)]
pub struct Forwarded {
    /// The whole URL; its query may contain secrets.
    pub url: String,
    /// The response that was returned, or why there is none.
    pub outcome: Result<Response, ForwardError>,
    /// Including the response body.
    pub time: Duration,
}

#[derive(Debug, Clone)]
pub enum ForwardError {
    Failed(Box<Failure>),
    /// The response body is larger than this many bytes.
    TooLarge(u64),
    /// The URL of `--forward` points to this listener.
    Loop,
}

impl ForwardError {
    /// Its stable name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Failed(failure) => failure.kind.name(),
            Self::TooLarge(_) => "response-too-large",
            Self::Loop => "forward-loop",
        }
    }

    /// What happened, in a sentence.
    pub fn what(&self) -> String {
        match self {
            Self::Failed(failure) => failure.what.clone(),
            Self::TooLarge(most) => {
                let most = size(usize::try_from(*most).unwrap_or(usize::MAX));
                format!("The response body is larger than {most}.")
            }
            Self::Loop => "The URL of `--forward` points to this listener.".to_owned(),
        }
    }

    /// What to do next, from the failure table.
    pub fn next(&self) -> Option<String> {
        match self {
            Self::Failed(failure) => Some(failure.next.clone()),
            Self::TooLarge(_) | Self::Loop => None,
        }
    }
}

impl Forwarded {
    /// Why the receiver did not accept the request: a fragment.
    pub fn not_delivered(&self) -> Option<String> {
        match &self.outcome {
            Ok(response) if response.is_success() => None,
            Ok(response) => Some(format!("the receiver responded with {}", response.status_line())),
            Err(why) => Some(why.name().to_owned()),
        }
    }
}

/// Hides the URL, which may contain secrets.
impl fmt::Debug for Forwarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarded")
            .field("outcome", &self.outcome)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

/// Input that is not accepted as a request.
#[derive(Debug, Clone)]
pub struct RefusedRequest {
    /// When, in milliseconds since 1970.
    pub time: i64,
    pub peer: SocketAddr,
    pub why: Refusal,
    /// The parsed part.
    pub request: Option<Arc<ReceivedRequest>>,
}

/// Why input is not accepted as a request. Numbers are the exceeded limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    HeadTooLarge(usize),
    TooManyHeaders(usize),
    BodyTooLarge(usize),
    HeadTimeout,
    BodyTimeout,
    TooManyConnections(usize),
    /// The sender left before the request was complete.
    CutShort,
    /// The next request was sent before the response to this one.
    Pipelined,
    Tls,
    /// HTTP/2 without an upgrade.
    Http2,
    /// The method `CONNECT`.
    Connect,
    /// The body has two lengths: `content-length` and `transfer-encoding`.
    TwoLengths,
    BadLength,
    BadTransferEncoding,
    BadChunk,
    BadHost,
    Malformed(&'static str),
}

impl Refusal {
    /// Its stable name in JSON.
    pub fn name(&self) -> &'static str {
        self.describe().0
    }

    /// The status of the response; none if the sender has left.
    pub fn status(&self) -> Option<u16> {
        self.describe().1
    }

    /// What is wrong: a fragment.
    pub fn what(&self) -> String {
        self.describe().2.into_owned()
    }

    fn describe(&self) -> (&'static str, Option<u16>, Cow<'static, str>) {
        let (name, status, what) = match self {
            Self::HeadTooLarge(most) => {
                let what = format!("first line and headers are larger than {}", size(*most));
                return ("head-too-large", Some(431), what.into());
            }
            Self::TooManyHeaders(most) => {
                return ("too-many-headers", Some(431), format!("more than {most} headers").into());
            }
            Self::BodyTooLarge(most) => {
                let what = format!("the body is larger than {}", size(*most));
                return ("body-too-large", Some(413), what.into());
            }
            Self::TooManyConnections(most) => {
                let what = format!("{most} connections are already open");
                return ("too-many-connections", Some(503), what.into());
            }
            Self::Malformed(reason) => return ("malformed", Some(400), format!("not HTTP: {reason}").into()),
            Self::CutShort => ("cut-short", None, "the sender left before the request was complete"),
            Self::HeadTimeout => {
                ("head-timeout", Some(408), "timed out waiting for the first line and headers")
            }
            Self::BodyTimeout => ("body-timeout", Some(408), "timed out waiting for the body"),
            Self::Pipelined => {
                ("pipelined", Some(400), "the next request arrived before the response to this one")
            }
            Self::Tls => ("tls", Some(400), "received TLS: use `http://` instead of `https://`"),
            Self::Http2 => ("http2", Some(400), "received HTTP/2: use HTTP/1.1"),
            Self::Connect => {
                ("connect", Some(400), "`CONNECT` is not supported: this receiver is not a proxy")
            }
            Self::TwoLengths => {
                ("two-lengths", Some(400), "both `content-length` and `transfer-encoding` are set")
            }
            Self::BadLength => {
                ("bad-length", Some(400), "`content-length` is not a number, or appears several times")
            }
            Self::BadTransferEncoding => {
                ("bad-transfer-encoding", Some(400), "`transfer-encoding` is not `chunked`")
            }
            Self::BadChunk => ("bad-chunk", Some(400), "a chunk of the body is malformed"),
            Self::BadHost => ("bad-host", Some(400), "expected exactly one `host` header"),
        };
        (name, status, what.into())
    }
}
