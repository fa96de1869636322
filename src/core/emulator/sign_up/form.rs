//! The RSVP form of an event, and why it refuses a sign-up.

use serde_json::{Map, Value};

use crate::core::emulator::Record;
use crate::core::model::Reply;

/// The RSVP form of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The number of seats of the event; none for no limit.
    pub seats: Option<u64>,
    pub seats_per_answer: u64,
    /// When registration ends, in milliseconds since 1970.
    pub expires: Option<i64>,
    pub has_undecided: bool,
    /// Whether the form shows no choice and each answer is `confirmed`.
    pub is_always_confirmed: bool,
    /// Whether the email address must be confirmed (double opt-in).
    pub is_confirmed_by_email: bool,
}

/// Why a sign-up is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignUpRefusal {
    /// The email address cannot be used.
    Email,
    /// Registration has ended.
    Expired,
    /// Not enough seats are left.
    BookedOut,
    /// The request is invalid, for this reason.
    Invalid(String),
}

impl SignUpRefusal {
    /// The error code in the response; none for requests that the vendor's client never sends.
    pub fn code(&self) -> Option<u8> {
        match self {
            Self::Email => Some(2),
            Self::Expired => Some(5),
            Self::BookedOut => Some(6),
            Self::Invalid(_) => None,
        }
    }

    /// The reason, for the log.
    pub fn message(&self) -> &str {
        match self {
            Self::Email => "the email address is missing or invalid",
            Self::Expired => "registration has ended",
            Self::BookedOut => "not enough seats are left",
            Self::Invalid(why) => why,
        }
    }
}

impl Form {
    /// The form of an event with its RSVP template; none if the event has no form. `milliseconds` parses a time.
    pub fn of(
        event: &Record,
        template: Option<&Record>,
        milliseconds: impl Fn(&str) -> Option<i64>,
    ) -> Option<Self> {
        let template = template.filter(|_| event.get("rsvp").and_then(Value::as_bool) == Some(true))?;
        let flag = |name: &str| template.get(name).and_then(Value::as_bool).unwrap_or(false);
        Some(Self {
            seats: template.get("max").and_then(Value::as_u64),
            // Recorded: the vendor's client treats a missing number as 1.
            seats_per_answer: template.get("maxpp").and_then(Value::as_u64).unwrap_or(1),
            expires: template.get("expires").and_then(Value::as_str).and_then(milliseconds),
            has_undecided: flag("maybe_option"),
            is_always_confirmed: flag("initial_confirmation"),
            is_confirmed_by_email: flag("doi"),
        })
    }

    /// Checks a reply and a number of seats: only what the vendor's client lets a person choose is valid.
    pub(super) fn check(&self, reply: Reply, amount: u64) -> Result<(), SignUpRefusal> {
        if reply == Reply::Undecided && !self.has_undecided {
            return Err(SignUpRefusal::Invalid("`status`: the form does not offer `undecided`".to_owned()));
        }
        if amount == 0 || amount > self.seats_per_answer {
            let most = self.seats_per_answer;
            return Err(SignUpRefusal::Invalid(format!("`amount` must be from 1 to {most}")));
        }
        Ok(())
    }

    pub(super) fn has_seats(&self, needed: u64, taken: u64) -> bool {
        needed == 0 || self.seats.is_none_or(|all| taken.saturating_add(needed) <= all)
    }
}

/// Assumed: a declined answer takes no seat.
pub(super) fn seats(reply: Reply, amount: u64) -> u64 {
    if reply == Reply::Declined { 0 } else { amount }
}

/// Whether a text looks like an email address, by the same checks as the vendor's client.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    !local.is_empty()
        && text.chars().all(is_plain)
        && !local.contains('@')
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
}

/// Parses a status exactly as the platform spells it.
pub(super) fn reply(text: &str) -> Option<Reply> {
    Reply::ALL.into_iter().find(|own| own.as_str() == text)
}

pub(super) fn read_reply(value: &Value) -> Result<Reply, SignUpRefusal> {
    value.as_str().and_then(reply).ok_or_else(|| {
        SignUpRefusal::Invalid("`status` must be `confirmed`, `undecided` or `declined`".to_owned())
    })
}

pub(super) fn read_amount(value: &Value) -> Result<u64, SignUpRefusal> {
    value.as_u64().ok_or_else(|| SignUpRefusal::Invalid("`amount` must be a whole number from 1".to_owned()))
}

pub(super) fn read_payload(value: &Value) -> Result<Map<String, Value>, SignUpRefusal> {
    value.as_object().cloned().ok_or_else(|| SignUpRefusal::Invalid("`payload` must be an object".to_owned()))
}
