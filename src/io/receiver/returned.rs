//! The answer of the receiver that a request was passed on to: read, bounded, and written again for the sender.

use bytes::BytesMut;
use tokio::io::AsyncReadExt;

use super::Refusal;
use super::chunks::Chunks;
use crate::core::body::header_text;
use crate::core::exchange::{Answer, BodyEnd, Framing, framing};
use crate::core::received::OfConnection;
use crate::io::http::{Broken, Incoming};

/// The most bytes of first line and headers.
const LARGEST_HEAD: usize = 400 * 1024;
/// The most headers.
const MOST_HEADERS: usize = 100;

const HTTP_1_1: &str = "HTTP/1.1";

/// Headers about how a message is framed, which is told anew.
const OF_THE_FRAME: [&str; 3] = ["transfer-encoding", "te", "trailer"];

/// An answer to pass back.
#[derive(Debug)]
pub(super) struct Returned {
    pub(super) status: u16,
    version: &'static str,
    reason: Vec<u8>,
    /// Names in their letter case, in their order.
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// Whether its length has to be told anew: it came in chunks, or up to the end of the connection.
    is_unmeasured: bool,
}

/// How reading an answer ended.
pub(super) enum Outcome {
    Whole(Returned),
    /// Its body has more bytes than are accepted.
    TooLarge,
}

impl Returned {
    /// The answer when there is none to pass back.
    pub(super) fn bad_gateway(text: &str, is_head: bool) -> Self {
        Self {
            status: 502,
            version: HTTP_1_1,
            reason: b"Bad Gateway".to_vec(),
            headers: vec![("content-type".to_owned(), b"text/plain; charset=utf-8".to_vec())],
            body: if is_head { Vec::new() } else { text.as_bytes().to_vec() },
            is_unmeasured: !is_head,
        }
    }

    /// The whole message.
    pub(super) fn message(&self, keep_alive: bool) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {} ", self.status).into_bytes();
        bytes.extend_from_slice(&self.reason);
        bytes.extend_from_slice(b"\r\n");
        let mut header = |name: &str, value: &[u8]| {
            for part in [name.as_bytes(), b": ", value, b"\r\n"] {
                bytes.extend_from_slice(part);
            }
        };
        for (name, value) in &self.headers {
            header(name, value);
        }
        if self.is_unmeasured {
            header("content-length", self.body.len().to_string().as_bytes());
        }
        if !keep_alive {
            header("connection", b"close");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// What is told of it.
    pub(super) fn answer(&self) -> Answer {
        let reason = header_text(&self.reason).into_owned();
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        Answer {
            status: self.status,
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            version: self.version,
            headers: Answer::kept_headers(headers),
            body: self.body[..self.body.len().min(Answer::KEPT)].to_vec(),
            body_read: self.body.len() as u64,
            body_end: BodyEnd::Complete,
        }
    }

    /// Takes out what is about the other connection.
    fn without_connection(mut self) -> Self {
        let of_connection = OfConnection::new(self.values("connection"));
        let is_unmeasured = self.is_unmeasured;
        self.headers.retain(|(name, _)| {
            let is = |other: &str| other.eq_ignore_ascii_case(name);
            // Who names the length as the connection's would leave the body without an end.
            let is_dropped = if is("content-length") { is_unmeasured } else { of_connection.has(name) };
            !(is_dropped || OF_THE_FRAME.iter().any(|own| is(own)))
        });
        self
    }

    fn bytes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let own = self.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_slice())
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        let own = self.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| String::from_utf8_lossy(value).trim().to_owned())
    }

    fn framing(&self, is_head: bool) -> Result<Framing, Broken> {
        if is_head {
            return Ok(Framing::None);
        }
        let (encodings, lengths) = (self.bytes("transfer-encoding"), self.bytes("content-length"));
        let framing = framing(self.status, encodings, lengths).map_err(Broken::Malformed)?;
        let mut codings = self.values("transfer-encoding").flat_map(|value| {
            value.split(',').map(|coding| coding.trim().to_ascii_lowercase()).collect::<Vec<_>>()
        });
        // The body would be forwarded without the header that says how it is encoded.
        match codings.find(|coding| !matches!(coding.as_str(), "" | "chunked" | "identity")) {
            Some(coding) => {
                Err(Broken::Malformed(format!("its transfer coding `{coding}` is not supported")))
            }
            None => Ok(framing),
        }
    }
}

/// Reads an answer, `1xx` before it passed over.
pub(super) async fn read(mut stream: Incoming, is_head: bool, most: usize) -> Result<Outcome, Broken> {
    let mut buffer = BytesMut::new();
    let mut returned = loop {
        match parse(&buffer)? {
            Some((length, returned)) => {
                let _ = buffer.split_to(length);
                match returned.status {
                    ..100 => return Err(Broken::Malformed("its status is below 100".to_owned())),
                    101 => return Err(Broken::Malformed("it changes to another protocol".to_owned())),
                    100..=199 => {}
                    _ => break returned,
                }
            }
            None if buffer.len() > LARGEST_HEAD => return Err(Broken::HeadTooLarge),
            None => more(&mut stream, &mut buffer).await?,
        }
    };
    let framing = returned.framing(is_head)?;
    returned.is_unmeasured = match framing {
        Framing::None => false,
        Framing::Length(length) => returned.bytes("content-length").ne([length.to_string().as_bytes()]),
        Framing::Chunked | Framing::UntilClose => true,
    };
    let body = body(stream, buffer, &framing, most).await?;
    Ok(body
        .map_or(Outcome::TooLarge, |body| Outcome::Whole(Returned { body, ..returned }.without_connection())))
}

/// The body; none when it is too large.
async fn body(
    mut stream: Incoming,
    mut buffer: BytesMut,
    framing: &Framing,
    most: usize,
) -> Result<Option<Vec<u8>>, Broken> {
    let mut chunks = Chunks::default();
    loop {
        match *framing {
            Framing::None => return Ok(Some(Vec::new())),
            Framing::Length(length) => match usize::try_from(length) {
                Ok(length) if length > most => return Ok(None),
                Ok(length) if buffer.len() >= length => return Ok(Some(buffer[..length].to_vec())),
                Ok(_) => {}
                Err(_) => return Ok(None),
            },
            Framing::Chunked => match chunks.take(&mut buffer, most) {
                Ok(Some(body)) => return Ok(Some(body)),
                Ok(None) => {}
                Err(Refusal::BodyTooLarge(_)) => return Ok(None),
                Err(_) => return Err(Broken::Malformed("a chunk of the body is malformed".to_owned())),
            },
            Framing::UntilClose if buffer.len() > most => return Ok(None),
            Framing::UntilClose => match stream.read_buf(&mut buffer).await {
                // Many servers leave out the end of TLS.
                Ok(0) => return Ok(Some(buffer.to_vec())),
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return Ok(Some(buffer.to_vec()));
                }
                Ok(_) => continue,
                Err(error) => return Err(error.into()),
            },
        }
        more(&mut stream, &mut buffer).await?;
    }
}

async fn more(stream: &mut Incoming, buffer: &mut BytesMut) -> Result<(), Broken> {
    match stream.read_buf(buffer).await? {
        0 => Err(Broken::Ended),
        _ => Ok(()),
    }
}

/// First line and headers; none while they are not whole.
fn parse(bytes: &[u8]) -> Result<Option<(usize, Returned)>, Broken> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Broken::HeadTooLarge),
        Err(error) => return Err(Broken::Malformed(error.to_string())),
    };
    let own = response.headers.iter().map(|header| (header.name.to_owned(), header.value.to_vec()));
    let returned = Returned {
        status: response.code.unwrap_or_default(),
        version: if response.version == Some(0) { "HTTP/1.0" } else { HTTP_1_1 },
        reason: response.reason.unwrap_or_default().as_bytes().to_vec(),
        headers: own.collect(),
        body: Vec::new(),
        is_unmeasured: false,
    };
    Ok(Some((length, returned)))
}
