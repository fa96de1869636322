//! What was to be sent, as it may be kept.

use crate::core::model::{Method, Trigger, TriggerElement};
use crate::core::request::{Destination, Element, PreparedRequest};
use crate::core::secrets::Redactor;

/// What was to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The webhook's handle.
    pub webhook: String,
    /// The definitions file, from the root.
    pub file: String,
    /// The action.
    pub trigger: Trigger,
    /// The kind of element.
    pub kind: TriggerElement,
    /// Where the element came from: a file's path, `standard input`, or the sample.
    pub data: String,
    /// The element as it was rendered, as compact JSON.
    pub element: Kept,
    /// Where it went.
    pub place: Place,
    /// The method.
    pub method: Method,
    /// The URL as it may be shown.
    pub url: String,
    /// Whether that is not the whole URL.
    pub is_url_masked: bool,
    /// The headers as they may be shown.
    pub headers: Vec<(String, String)>,
    /// The body as it may be shown.
    pub body: Kept,
    /// The delivery that this one repeats.
    pub replay_of: Option<i64>,
    /// The line of a backfill that it was.
    pub line: Option<LineOfRun>,
}

/// One line of a backfill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineOfRun {
    /// The number of the run.
    pub run: i64,
    /// The number of the line, or the position in a list, from 1.
    pub line: u64,
}

/// A text as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The text, or its beginning.
    pub text: String,
    /// How many bytes were sent.
    pub bytes: u64,
    /// Whether it is what was sent.
    pub fidelity: Fidelity,
}

/// Whether a text that is kept is the one that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    /// Byte for byte.
    AsSent,
    /// Masks stand for what is secret.
    Masked,
    /// It was too long, and only its beginning is kept.
    Cut,
}

/// Where a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// To the webhook's payload URL.
    Defined,
    /// To the address that `--to` named.
    Elsewhere,
    /// To the receiver of `--echo`.
    Receiver,
}

/// The circumstances of a delivery, beside its request.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// The definitions file, from the root.
    pub file: &'a str,
    /// The action.
    pub trigger: Trigger,
    /// The kind of element.
    pub kind: TriggerElement,
    /// The element.
    pub element: &'a Element,
    /// Where the element came from.
    pub data: &'a str,
    /// Where it goes.
    pub destination: &'a Destination,
    /// The delivery that this one repeats.
    pub replay_of: Option<i64>,
    /// The line of a backfill that it is.
    pub line: Option<LineOfRun>,
}

impl Intent {
    /// The id of the element, or else its prokey.
    pub fn element_id(&self) -> Option<String> {
        element_id(&self.element.text)
    }

    /// What may be kept of a request.
    pub fn of(request: &PreparedRequest, sending: Sending<'_>) -> Self {
        let redactor = &request.redactor;
        let mut element = Vec::new();
        sending.element.write_compact(&mut element);
        let element = String::from_utf8_lossy(&element).into_owned();
        let headers = request.headers.iter();
        Self {
            webhook: request.webhook.to_string(),
            file: redactor.redact(sending.file).into_owned(),
            trigger: sending.trigger,
            kind: sending.kind,
            data: redactor.redact(sending.data).into_owned(),
            element: Kept::new(&element, redactor.redact(&element).into_owned()),
            place: match sending.destination {
                Destination::Defined => Place::Defined,
                Destination::Elsewhere(_) | Destination::Host(_) => Place::Elsewhere,
                Destination::Receiver(_) => Place::Receiver,
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
            line: sending.line,
        }
    }
}

impl Kept {
    /// The most bytes of a text that are kept: a history is no archive of large files.
    pub const LONGEST: usize = 1024 * 1024;

    fn new(sent: &str, mut shown: String) -> Self {
        let bytes = sent.len() as u64;
        let mut fidelity = if shown == sent { Fidelity::AsSent } else { Fidelity::Masked };
        if shown.len() > Self::LONGEST {
            shown.truncate(shown.floor_char_boundary(Self::LONGEST));
            fidelity = Fidelity::Cut;
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
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AsSent, Self::Masked, Self::Cut];

    /// Its name in JSON and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsSent => "as_sent",
            Self::Masked => "masked",
            Self::Cut => "cut",
        }
    }

    /// Reads the name back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.as_str() == name)
    }
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Defined, Self::Elsewhere, Self::Receiver];

    /// Its name in JSON and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Defined => "payload_url",
            Self::Elsewhere => "to",
            Self::Receiver => "echo",
        }
    }

    /// Reads the name back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.as_str() == name)
    }
}

/// The id of a recorded element, or else its prokey.
pub fn element_id(element: &str) -> Option<String> {
    let element: serde_json::Value = serde_json::from_str(element).ok()?;
    let id = element.get("id").or_else(|| element.get("prokey"))?;
    Some(id.as_str().map_or_else(|| id.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        assert!(Fidelity::ALL.iter().all(|own| Fidelity::parse(own.as_str()) == Some(*own)));
        assert!(Place::ALL.iter().all(|own| Place::parse(own.as_str()) == Some(*own)));
    }

    #[test]
    fn of_a_long_text_the_beginning_is_kept_up_to_a_whole_character() {
        let text = format!("a{}", "ä".repeat(Kept::LONGEST));
        let kept = Kept::new(&text, text.clone());
        assert_eq!((kept.fidelity, kept.bytes), (Fidelity::Cut, text.len() as u64));
        assert!(kept.text.len() <= Kept::LONGEST && text.starts_with(&kept.text));
    }
}
