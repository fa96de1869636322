//! The submission of an RSVP form.

use serde_json::{Map, Value, json};

use crate::core::emulator::Record;
use crate::core::emulator::assumptions::{Assumptions, DoubleOptIn, SecondSignUp};
use crate::core::model::{Reply, Trigger};

use super::answer::SignUp;
use super::form::{Form, SignUpRefusal, is_email, read_amount, read_payload, read_reply, seats};

/// How long the confirmation link in the email is valid, in milliseconds (documented).
pub const CONFIRMATION_TIME: i64 = 30 * 60 * 1000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub reply: Reply,
    pub amount: u64,
    pub email: String,
    pub payload: Map<String, Value>,
}

/// The result of an accepted sign-up.
#[derive(Debug, Clone, PartialEq)]
pub enum SignUpResult {
    /// Stored as a new answer.
    New(SignUp),
    /// Replaces an answer to the same event with the same email address that is not waiting for confirmation.
    Changed(SignUp),
    /// Replaces one that is waiting for confirmation.
    Resubmitted(SignUp),
    /// Not stored, because the event already has an answer with this email address.
    Known,
}

/// What a sign-up depends on besides its body.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    pub prokey: &'a str,
    /// For a new answer.
    pub id: &'a str,
    /// In milliseconds since 1970.
    pub now: i64,
    /// `now` in the API's format.
    pub timestamp: &'a str,
    /// The seats that all other answers to the event take.
    pub taken: u64,
}

impl Submission {
    /// Parses the body of a submission to this form.
    pub fn read(body: &Record, form: &Form) -> Result<Self, SignUpRefusal> {
        let email = body.get("email").and_then(Value::as_str).unwrap_or_default().trim();
        if !is_email(email) {
            return Err(SignUpRefusal::Email);
        }
        let reply = match body.get("status") {
            _ if form.is_always_confirmed => Reply::Confirmed,
            None | Some(Value::Null) => Reply::Confirmed,
            Some(status) => read_reply(status)?,
        };
        let amount = body.get("amount").filter(|amount| !amount.is_null()).map_or(Ok(1), read_amount)?;
        form.check(reply, amount)?;
        let payload = body.get("payload").filter(|payload| !payload.is_null());
        let payload = payload.map_or(Ok(Map::new()), read_payload)?;
        Ok(Self { reply, amount, email: email.to_owned(), payload })
    }

    /// Signs up. `existing` is the answer to the same event with the same email address.
    pub fn accept(
        self,
        form: &Form,
        existing: Option<&SignUp>,
        at: Circumstances<'_>,
        assumptions: &Assumptions,
    ) -> Result<SignUpResult, SignUpRefusal> {
        if form.expires.is_some_and(|expires| expires <= at.now) {
            return Err(SignUpRefusal::Expired);
        }
        let second = assumptions.second_sign_up;
        let replaced = existing.filter(|_| second != SecondSignUp::Adds);
        let is_pending = |own: &SignUp| own.pending_until.is_some();
        if second == SecondSignUp::Ignored && replaced.is_some_and(|own| !is_pending(own)) {
            return Ok(SignUpResult::Known);
        }
        if !form.has_seats(seats(self.reply, self.amount), at.taken) {
            return Err(SignUpRefusal::BookedOut);
        }
        let now = Value::from(at.timestamp);
        let (created, updated) = match replaced.filter(|own| !is_pending(own)) {
            Some(own) => (own.record.get("date_created").cloned().unwrap_or_default(), now),
            None => (now, Value::Null),
        };
        let fields = [
            ("id", replaced.map_or(at.id, SignUp::id).into()),
            ("status", self.reply.as_str().into()),
            ("email", self.email.into()),
            ("amount", self.amount.into()),
            ("payload", Value::Object(self.payload)),
            ("prokey", at.prokey.into()),
            ("date_created", created),
            ("date_updated", updated),
        ];
        let record = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let until = at.now.saturating_add(CONFIRMATION_TIME);
        Ok(match replaced {
            None => SignUpResult::New(SignUp {
                record,
                pending_until: form.is_confirmed_by_email.then_some(until),
            }),
            // Assumed: a second submission before confirmation sends a new email, and the last answer counts.
            Some(own) if is_pending(own) => {
                SignUpResult::Resubmitted(SignUp { record, pending_until: Some(until) })
            }
            Some(_) => SignUpResult::Changed(SignUp { record, pending_until: None }),
        })
    }
}

impl SignUpResult {
    /// The trigger that fires, if any. Recorded only for an answer that must be confirmed: `create` fires at confirmation.
    pub fn trigger(&self, assumptions: &Assumptions) -> Option<Trigger> {
        let fires_at_once = assumptions.double_opt_in == DoubleOptIn::Submission;
        match self {
            Self::New(own) if own.pending_until.is_none() => Some(Trigger::Create),
            Self::New(_) => fires_at_once.then_some(Trigger::Create),
            Self::Resubmitted(_) => fires_at_once.then_some(Trigger::Update),
            Self::Changed(_) => Some(Trigger::Update),
            Self::Known => None,
        }
    }

    /// The answer to store, if any.
    pub fn sign_up(&self) -> Option<&SignUp> {
        match self {
            Self::New(own) | Self::Changed(own) | Self::Resubmitted(own) => Some(own),
            Self::Known => None,
        }
    }

    /// The response to the form. Recorded: `status` is `doi` if the email address must be confirmed, and any other value if not.
    pub fn response(&self) -> Value {
        let is_pending = self.sign_up().is_some_and(|own| own.pending_until.is_some());
        json!({ "status": if is_pending { "doi" } else { "success" } })
    }
}
