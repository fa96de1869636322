//! A delivery as it may be stored and shown. Secrets are masked when the value is created.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::core::delivery::{Exchange, State};
use crate::core::model::{Method, Trigger, TriggerElement};
use crate::core::received::{ReceivedRequest, RequestHead};
use crate::core::request::{Destination, Element, PreparedRequest};
use crate::core::secrets::{MASK, Redactor, Secret, spans_in_header};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    pub hooks: String,
    pub webhook: String,
    /// The definitions file: an absolute path.
    pub file: String,
    pub trigger: Trigger,
    pub trigger_element: TriggerElement,
    /// The source of the element: the path of a file, `standard input`, or the sample.
    pub data: String,
    /// The element as it was rendered, as compact JSON.
    pub element: Kept,
    /// The value of `{{id}}`, if the element does not contain it.
    #[serde(default)]
    pub element_id: Option<String>,
    pub destination: DestinationKind,
    pub method: Method,
    /// The URL as it may be shown.
    pub url: String,
    /// Whether a part of the URL is masked.
    pub is_url_masked: bool,
    /// The headers as they may be shown.
    pub headers: Vec<(String, String)>,
    pub body: Kept,
    pub replay_of: Option<i64>,
    /// Only in deliveries of `hooks emulate`.
    #[serde(default)]
    pub emulated: Option<Emulated>,
    /// None while it is in flight, or if the program was killed before the result was known.
    pub exchange: Option<Exchange>,
}

/// The part of a record that only deliveries of `hooks emulate` have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emulated {
    /// Whether the webhook was created through the API of the emulator, so that no file defines it.
    pub is_created_over_api: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The text, or its beginning.
    pub text: String,
    /// How many bytes were sent.
    pub bytes: u64,
    pub fidelity: Fidelity,
}

/// Whether a stored text is the one that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    /// Byte for byte.
    AsSent,
    /// With masks in place of secrets.
    Masked,
    /// Only its beginning is stored.
    Truncated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationKind {
    PayloadUrl,
    /// The URL of `--to`.
    To,
    /// The receiver of `--echo`.
    Echo,
}

/// What is recorded about a delivery besides its request.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// The definitions file: an absolute path.
    pub file: &'a str,
    pub trigger: Trigger,
    pub kind: TriggerElement,
    pub element: &'a Element,
    pub data: &'a str,
    pub destination: &'a Destination,
    /// The delivery that this one replays.
    pub replay_of: Option<i64>,
    pub emulated: Option<&'a Emulated>,
}

impl Delivery {
    /// A request that is about to be sent.
    pub fn of(request: &PreparedRequest, sending: Sending<'_>) -> Self {
        let redactor = &request.redactor;
        let mut element = Vec::new();
        sending.element.write_compact(&mut element);
        let element = String::from_utf8_lossy(&element).into_owned();
        let headers = request.headers.iter();
        Self {
            hooks: env!("CARGO_PKG_VERSION").to_owned(),
            webhook: request.webhook.to_string(),
            file: redactor.redact(sending.file).into_owned(),
            trigger: sending.trigger,
            trigger_element: sending.kind,
            data: redactor.redact(sending.data).into_owned(),
            element: Kept::new(&element, redactor.redact(&element).into_owned()),
            element_id: sending.element.own_id().map(Cow::into_owned),
            destination: match sending.destination {
                Destination::Defined => DestinationKind::PayloadUrl,
                Destination::Elsewhere(_) | Destination::Host(_) => DestinationKind::To,
                Destination::Receiver(_) => DestinationKind::Echo,
            },
            method: request.method,
            url: request.shown_url.to_string(),
            is_url_masked: *request.shown_url != *request.url.as_str(),
            headers: headers
                .map(|header| {
                    (header.name.to_string(), request.shown_header_value(header, false).into_owned())
                })
                .collect(),
            body: Kept::body(request, redactor),
            replay_of: sending.replay_of,
            emulated: sending.emulated.cloned(),
            exchange: None,
        }
    }

    /// A delivery without a result may have been received.
    pub fn state(&self) -> State {
        self.exchange.as_ref().map_or(State::InDoubt, |exchange| exchange.state)
    }

    /// Whether no file defines its webhook.
    pub fn is_created_over_api(&self) -> bool {
        self.emulated.as_ref().is_some_and(|own| own.is_created_over_api)
    }

    /// The names of the headers that are not recorded in full.
    pub fn masked_headers(&self) -> Vec<&str> {
        let masked = self.headers.iter().filter(|(_, value)| value.contains(MASK));
        masked.map(|(name, _)| name.as_str()).collect()
    }

    /// The request as recorded, without masked headers.
    pub fn recorded(&self) -> ReceivedRequest {
        let url = self.url.as_str();
        let authority = url.find("://").map_or(0, |at| at + "://".len());
        let target = url[authority..].find('/').map_or("/", |at| &url[authority + at..]);
        let headers = self.headers.iter().filter(|(_, value)| !value.contains(MASK));
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
        ReceivedRequest {
            head: RequestHead::written(self.method.as_str(), target, "HTTP/1.1", headers),
            body: self.body.text.clone().into(),
        }
    }

    /// Whether the request or the response contains this text, in any letter case of ASCII.
    pub fn contains(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        let is_in = |own: &str| own.to_ascii_lowercase().contains(&text);
        let Self { webhook, url, data, headers, body, element, exchange, .. } = self;
        let failure = exchange.as_ref().and_then(|exchange| exchange.failure.as_ref());
        let response = exchange.as_ref().and_then(|exchange| exchange.response.as_ref());
        [webhook, url, data, &body.text, &element.text].into_iter().any(|own| is_in(own))
            || headers.iter().any(|(name, value)| is_in(name) || is_in(value))
            || failure.is_some_and(|own| is_in(own.kind.name()) || is_in(&own.what))
            || response.is_some_and(|own| {
                own.reason.as_deref().is_some_and(is_in)
                    || own.headers.iter().any(|(name, value)| is_in(name) || is_in(value))
                    || is_in(&String::from_utf8_lossy(&own.body))
            })
    }
}

/// Masks what the request must hide, and credentials that the element brought into its headers.
pub fn masked(request: &PreparedRequest, exchange: &Exchange) -> Exchange {
    let mut redactor = request.redactor.clone();
    for header in request.headers.iter().filter(|header| header.is_secret) {
        for span in spans_in_header(&header.name, &header.value, &[]) {
            let secret = &header.value[span];
            if redactor.redact(secret) == secret {
                redactor.add(&Secret::new(secret));
            }
        }
    }
    let mut exchange = exchange.clone();
    exchange.redact(&redactor);
    exchange
}

impl Kept {
    /// The maximum number of bytes stored of a text: the history is not an archive of large files.
    pub const MAX_TEXT_BYTES: usize = 1024 * 1024;

    fn new(sent: &str, mut shown: String) -> Self {
        let bytes = sent.len() as u64;
        let mut fidelity = if shown == sent { Fidelity::AsSent } else { Fidelity::Masked };
        if shown.len() > Self::MAX_TEXT_BYTES {
            shown.truncate(shown.floor_char_boundary(Self::MAX_TEXT_BYTES));
            fidelity = Fidelity::Truncated;
        }
        Self { text: shown, bytes, fidelity }
    }

    fn body(request: &PreparedRequest, redactor: &Redactor) -> Self {
        let shown = request.shown_body(false);
        let shown = redactor.redact(&String::from_utf8_lossy(&shown)).into_owned();
        Self::new(&String::from_utf8_lossy(&request.body), shown)
    }
}

impl Fidelity {
    pub const ALL: [Self; 3] = [Self::AsSent, Self::Masked, Self::Truncated];

    /// Its name in JSON and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsSent => "as_sent",
            Self::Masked => "masked",
            Self::Truncated => "truncated",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.as_str() == name)
    }
}

impl DestinationKind {
    pub const ALL: [Self; 3] = [Self::PayloadUrl, Self::To, Self::Echo];

    /// Its name in JSON and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PayloadUrl => "payload_url",
            Self::To => "to",
            Self::Echo => "echo",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.as_str() == name)
    }
}

serde_by_name!(
    Fidelity: as_str,
    DestinationKind: as_str,
    Method: as_str,
    Trigger: as_str,
    TriggerElement: as_str,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_parsed() {
        assert!(Fidelity::ALL.iter().all(|own| Fidelity::parse(own.as_str()) == Some(*own)));
        assert!(DestinationKind::ALL.iter().all(|own| DestinationKind::parse(own.as_str()) == Some(*own)));
    }

    #[test]
    fn a_long_text_is_truncated_at_a_character() {
        let text = format!("a{}", "ä".repeat(Kept::MAX_TEXT_BYTES));
        let kept = Kept::new(&text, text.clone());
        assert_eq!((kept.fidelity, kept.bytes), (Fidelity::Truncated, text.len() as u64));
        assert!(kept.text.len() <= Kept::MAX_TEXT_BYTES && text.starts_with(&kept.text));
    }
}
