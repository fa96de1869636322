//! The RSVP form of an event: what it offers, and what it refuses.

use serde_json::{Map, Value};

use crate::core::emulator::Record;
use crate::core::model::Reply;

/// The RSVP form of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// All seats of the event; none if there is no limit.
    pub seats: Option<u64>,
    pub seats_per_answer: u64,
    /// When registration ends, in milliseconds since 1970.
    pub expires: Option<i64>,
    pub has_undecided: bool,
    /// Whether no choice is shown: each answer is `confirmed`.
    pub is_always_confirmed: bool,
    /// Whether the email address must be confirmed.
    pub is_confirmed_by_email: bool,
}

/// Why a sign-up is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The email address cannot be used.
    Email,
    /// Registration has ended.
    Expired,
    /// Not enough seats are left.
    BookedOut,
    /// The request is invalid, for this reason.
    Invalid(String),
}

impl Refusal {
    /// The code in the response; none for requests that the vendor's client never sends.
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
            // Recorded: the vendor's client treats a missing number as 1
            seats_per_answer: template.get("maxpp").and_then(Value::as_u64).unwrap_or(1),
            expires: template.get("expires").and_then(Value::as_str).and_then(milliseconds),
            has_undecided: flag("maybe_option"),
            is_always_confirmed: flag("initial_confirmation"),
            is_confirmed_by_email: flag("doi"),
        })
    }

    /// Checks a reply and a number of seats, as far as the vendor's client lets a person choose them.
    pub(super) fn check(&self, reply: Reply, amount: u64) -> Result<(), Refusal> {
        if reply == Reply::Undecided && !self.has_undecided {
            return Err(Refusal::Invalid("`status`: the form does not offer `undecided`".to_owned()));
        }
        if amount == 0 || amount > self.seats_per_answer {
            let most = self.seats_per_answer;
            return Err(Refusal::Invalid(format!("`amount` must be from 1 to {most}")));
        }
        Ok(())
    }

    pub(super) fn has_seats(&self, needed: u64, taken: u64) -> bool {
        needed == 0 || self.seats.is_none_or(|all| taken.saturating_add(needed) <= all)
    }
}

/// Assumed: a declined answer takes no seat
pub(super) fn seats(reply: Reply, amount: u64) -> u64 {
    if reply == Reply::Declined { 0 } else { amount }
}

/// Whether a text has the form of an email address, as far as the vendor's client checks it.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    !local.is_empty()
        && text.chars().all(is_plain)
        && !local.contains('@')
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
}

/// The platform accepts no other spelling.
pub(super) fn reply(text: &str) -> Option<Reply> {
    Reply::ALL.into_iter().find(|own| own.as_str() == text)
}

pub(super) fn read_reply(value: &Value) -> Result<Reply, Refusal> {
    value
        .as_str()
        .and_then(reply)
        .ok_or_else(|| Refusal::Invalid("`status` must be `confirmed`, `undecided` or `declined`".to_owned()))
}

pub(super) fn read_amount(value: &Value) -> Result<u64, Refusal> {
    value.as_u64().ok_or_else(|| Refusal::Invalid("`amount` must be a whole number from 1".to_owned()))
}

pub(super) fn read_payload(value: &Value) -> Result<Map<String, Value>, Refusal> {
    value.as_object().cloned().ok_or_else(|| Refusal::Invalid("`payload` must be an object".to_owned()))
}
