//! A submitted RSVP answer.

use serde_json::Value;

use crate::core::emulator::Record;
use crate::core::emulator::assumptions::{Assumptions, DoubleOptIn, ExpiredAnswer};
use crate::core::model::{Reply, Trigger};

use super::form::{Form, SignUpRefusal, is_email, read_amount, read_payload, read_reply, reply, seats};

/// An answer as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct SignUp {
    /// In the shape and order of the API.
    pub record: Record,
    /// When it expires unless it is confirmed, in milliseconds since 1970; none if it is not waiting for confirmation.
    pub pending_until: Option<i64>,
}

impl SignUp {
    pub fn id(&self) -> &str {
        self.text("id")
    }

    pub fn prokey(&self) -> &str {
        self.text("prokey")
    }

    pub fn email(&self) -> &str {
        self.text("email")
    }

    fn text(&self, name: &str) -> &str {
        self.record.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The seats that it takes, even before it is confirmed (documented).
    pub fn seats(&self) -> u64 {
        let reply = reply(self.text("status")).unwrap_or(Reply::Confirmed);
        seats(reply, self.record.get("amount").and_then(Value::as_u64).unwrap_or(1))
    }

    pub fn has_expired(&self, now: i64) -> bool {
        self.pending_until.is_some_and(|end| end <= now)
    }

    /// Confirms it; also returns the trigger that fires. None if it is not waiting for confirmation.
    pub fn confirm(mut self, timestamp: &str, assumptions: &Assumptions) -> Option<(Self, Trigger)> {
        self.pending_until.take()?;
        self.record.insert("date_updated".to_owned(), timestamp.into());
        let trigger = match assumptions.double_opt_in {
            DoubleOptIn::Confirmation => Trigger::Create,
            DoubleOptIn::Submission => Trigger::Update,
        };
        Some((self, trigger))
    }

    /// Changes status, seats, email address or form fields, as the self-service page does. `taken` is the number of seats that all
    /// other answers to the event take.
    pub fn change(
        mut self,
        body: &Record,
        form: &Form,
        timestamp: &str,
        taken: u64,
    ) -> Result<Self, SignUpRefusal> {
        if let Some(odd) = body.keys().find(|key| !CHANGEABLE.contains(&key.as_str())) {
            return Err(SignUpRefusal::Invalid(format!("`{odd}` cannot be changed")));
        }
        let before = self.seats();
        let reply = body.get("status").map(read_reply).transpose()?;
        let amount = body.get("amount").map(read_amount).transpose()?;
        form.check(reply.unwrap_or(Reply::Confirmed), amount.unwrap_or(1))?;
        if let Some(payload) = body.get("payload") {
            read_payload(payload)?;
        }
        if let Some(email) = body.get("email")
            && !email.as_str().is_some_and(is_email)
        {
            return Err(SignUpRefusal::Email);
        }
        for (key, value) in body {
            self.record.insert(key.clone(), value.clone());
        }
        // Assumed: reducing the number of seats, even to none, is always possible.
        if self.seats() > before && !form.has_seats(self.seats(), taken) {
            return Err(SignUpRefusal::BookedOut);
        }
        self.record.insert("date_updated".to_owned(), timestamp.into());
        Ok(self)
    }
}

/// The trigger that fires when an unconfirmed answer expires, if any.
pub fn expiry_trigger(assumptions: &Assumptions) -> Option<Trigger> {
    (assumptions.expired_answer == ExpiredAnswer::Fires).then_some(Trigger::Delete)
}

const CHANGEABLE: [&str; 4] = ["status", "amount", "email", "payload"];
