//! Why what came is not taken for a request.

use crate::core::text::size;

/// Why what came is not taken for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The head has more bytes than are accepted.
    HeadTooLarge(usize),
    /// There are more headers than are accepted.
    TooManyHeaders(usize),
    /// The body has more bytes than are accepted.
    BodyTooLarge(usize),
    /// The head did not come to its end in time.
    HeadTimeout,
    /// The body did not come to its end in time.
    BodyTimeout,
    /// All connections are taken.
    TooManyConnections(usize),
    /// The sender left in the middle.
    CutShort,
    /// It sent the next request before this one was answered.
    Pipelined,
    /// It begins a TLS handshake.
    Tls,
    /// It speaks HTTP/2 without having asked.
    Http2,
    /// It wants to be connected with someone else.
    Connect,
    /// The body has two lengths: `content-length` and `transfer-encoding`.
    TwoLengths,
    /// `content-length` is no number, or stands there twice.
    BadLength,
    /// `transfer-encoding` is not `chunked`.
    BadTransferEncoding,
    /// A chunk of the body is malformed.
    BadChunk,
    /// There is not one `host`.
    BadHost,
    /// It is no HTTP, for this reason.
    Malformed(&'static str),
}

impl Refusal {
    /// The status that it is answered with; none if there is nobody to answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::HeadTooLarge(_) | Self::TooManyHeaders(_) => Some(431),
            Self::BodyTooLarge(_) => Some(413),
            Self::HeadTimeout | Self::BodyTimeout => Some(408),
            Self::TooManyConnections(_) => Some(503),
            Self::CutShort => None,
            _ => Some(400),
        }
    }

    /// Its stable name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::HeadTooLarge(_) => "head_too_large",
            Self::TooManyHeaders(_) => "too_many_headers",
            Self::BodyTooLarge(_) => "body_too_large",
            Self::HeadTimeout => "head_timeout",
            Self::BodyTimeout => "body-timeout",
            Self::TooManyConnections(_) => "too_many_connections",
            Self::CutShort => "cut_short",
            Self::Pipelined => "pipelined",
            Self::Tls => "tls",
            Self::Http2 => "http2",
            Self::Connect => "connect",
            Self::TwoLengths => "two_lengths",
            Self::BadLength => "bad_length",
            Self::BadTransferEncoding => "bad_transfer_encoding",
            Self::BadChunk => "bad_chunk",
            Self::BadHost => "bad_host",
            Self::Malformed(_) => "malformed",
        }
    }

    /// What is wrong: a fragment.
    pub fn what(&self) -> String {
        let text = match self {
            Self::HeadTooLarge(most) => {
                return format!("first line and headers are larger than {}", size(*most));
            }
            Self::TooManyHeaders(most) => return format!("more than {most} headers"),
            Self::BodyTooLarge(most) => return format!("the body is larger than {}", size(*most)),
            Self::TooManyConnections(most) => return format!("{most} connections are open already"),
            Self::Malformed(reason) => return format!("not HTTP: {reason}"),
            Self::HeadTimeout => "first line and headers did not come in time",
            Self::BodyTimeout => "the body did not come in time",
            Self::CutShort => "the sender left before the request was whole",
            Self::Pipelined => "the next request came before this one was answered",
            Self::Tls => "it speaks TLS: write `http://`, not `https://`",
            Self::Http2 => "it speaks HTTP/2: let it send HTTP/1.1",
            Self::Connect => "it takes this receiver for a proxy",
            Self::TwoLengths => "it has both `content-length` and `transfer-encoding`",
            Self::BadLength => "`content-length` is no number, or there are several",
            Self::BadTransferEncoding => "`transfer-encoding` is not `chunked`",
            Self::BadChunk => "a chunk of the body is malformed",
            Self::BadHost => "there is not one `host` header",
        };
        text.to_owned()
    }
}
