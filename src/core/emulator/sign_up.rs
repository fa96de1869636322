//! The life of an RSVP answer: sign-up, confirmation, change and expiry. No input or output, and no clock.

use serde_json::{Map, Value, json};

use crate::core::model::Trigger;

use super::Record;
use super::assumptions::{Assumptions, DoubleOptIn, ExpiredAnswer, SecondSignUp};

/// How long the link in the email that confirms an answer is valid, in milliseconds (documented).
pub const CONFIRMATION_TIME: i64 = 30 * 60 * 1000;

/// What a person chose (recorded: exactly these three).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    Confirmed,
    Undecided,
    Declined,
}

impl Reply {
    pub const ALL: [Self; 3] = [Self::Confirmed, Self::Undecided, Self::Declined];

    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Undecided => "undecided",
            Self::Declined => "declined",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.as_str() == text)
    }
}

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

/// What the form sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub reply: Reply,
    pub amount: u64,
    pub email: String,
    pub payload: Map<String, Value>,
}

/// An answer as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct SignUp {
    /// In the shape and order of the API.
    pub record: Record,
    /// Until when it can be confirmed, in milliseconds since 1970; none once it counts.
    pub pending_until: Option<i64>,
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

/// What a sign-up leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted {
    /// Stored as a new answer.
    New(SignUp),
    /// Replaces the answer to the same event with the same email address.
    Changed(SignUp),
    /// Replaces such an answer that has not been confirmed yet.
    Resubmitted(SignUp),
    /// There is such an answer, which stays as it is.
    Known,
}

/// The circumstances of a sign-up.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    pub prokey: &'a str,
    /// For a new answer.
    pub id: &'a str,
    /// In milliseconds since 1970.
    pub now: i64,
    /// The same as the API writes it.
    pub timestamp: &'a str,
    /// The seats that all other answers to the event take.
    pub taken: u64,
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
    fn check(&self, reply: Reply, amount: u64) -> Result<(), Refusal> {
        if reply == Reply::Undecided && !self.has_undecided {
            return Err(Refusal::Invalid("`status`: the form does not offer `undecided`".to_owned()));
        }
        if amount == 0 || amount > self.seats_per_answer {
            let most = self.seats_per_answer;
            return Err(Refusal::Invalid(format!("`amount` must be from 1 to {most}")));
        }
        Ok(())
    }

    fn has_seats(&self, needed: u64, taken: u64) -> bool {
        needed == 0 || self.seats.is_none_or(|all| taken.saturating_add(needed) <= all)
    }
}

impl Submission {
    /// Reads the body of a submission. The form decides what is valid for it.
    pub fn read(body: &Record, form: &Form) -> Result<Self, Refusal> {
        let email = body.get("email").and_then(Value::as_str).unwrap_or_default().trim();
        if !is_email(email) {
            return Err(Refusal::Email);
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
    ) -> Result<Accepted, Refusal> {
        if form.expires.is_some_and(|expires| expires <= at.now) {
            return Err(Refusal::Expired);
        }
        let second = assumptions.second_sign_up;
        let replaced = existing.filter(|_| second != SecondSignUp::Adds);
        let is_pending = |own: &SignUp| own.pending_until.is_some();
        if second == SecondSignUp::Ignored && replaced.is_some_and(|own| !is_pending(own)) {
            return Ok(Accepted::Known);
        }
        if !form.has_seats(seats(self.reply, self.amount), at.taken) {
            return Err(Refusal::BookedOut);
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
            None => {
                Accepted::New(SignUp { record, pending_until: form.is_confirmed_by_email.then_some(until) })
            }
            // Assumed: who submits the form again before confirming gets a new email, and the last answer counts.
            Some(own) if is_pending(own) => {
                Accepted::Resubmitted(SignUp { record, pending_until: Some(until) })
            }
            Some(_) => Accepted::Changed(SignUp { record, pending_until: None }),
        })
    }
}

impl Accepted {
    /// The trigger that fires for it, if any. Recorded in one case: `create` of an answer that must be confirmed fires at
    /// confirmation.
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

    /// The response to the form (recorded: `doi` if the email address must be confirmed, anything else otherwise).
    pub fn response(&self) -> Value {
        let is_pending = self.sign_up().is_some_and(|own| own.pending_until.is_some());
        json!({ "status": if is_pending { "doi" } else { "success" } })
    }
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

    /// The seats that it takes, also while it is not confirmed (documented).
    pub fn seats(&self) -> u64 {
        let reply = Reply::parse(self.text("status")).unwrap_or(Reply::Confirmed);
        seats(reply, self.record.get("amount").and_then(Value::as_u64).unwrap_or(1))
    }

    /// Whether it can no longer be confirmed and disappears.
    pub fn has_expired(&self, now: i64) -> bool {
        self.pending_until.is_some_and(|end| end <= now)
    }

    /// Confirms it, with the trigger that fires; none if there is nothing to confirm.
    pub fn confirm(mut self, timestamp: &str, assumptions: &Assumptions) -> Option<(Self, Trigger)> {
        self.pending_until.take()?;
        self.record.insert("date_updated".to_owned(), timestamp.into());
        let trigger = match assumptions.double_opt_in {
            DoubleOptIn::Confirmation => Trigger::Create,
            DoubleOptIn::Submission => Trigger::Update,
        };
        Some((self, trigger))
    }

    /// Changes status, seats, email address or form fields, as on the self-service page. `taken` are the seats of all other
    /// answers to the event.
    pub fn change(
        mut self,
        body: &Record,
        form: &Form,
        timestamp: &str,
        taken: u64,
    ) -> Result<Self, Refusal> {
        if let Some(odd) = body.keys().find(|key| !CHANGEABLE.contains(&key.as_str())) {
            return Err(Refusal::Invalid(format!("`{odd}` cannot be changed")));
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
            return Err(Refusal::Email);
        }
        for (key, value) in body {
            self.record.insert(key.clone(), value.clone());
        }
        // Assumed: fewer seats, or none, can always be taken
        if self.seats() > before && !form.has_seats(self.seats(), taken) {
            return Err(Refusal::BookedOut);
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

/// Assumed: who declines takes no seat
fn seats(reply: Reply, amount: u64) -> u64 {
    if reply == Reply::Declined { 0 } else { amount }
}

/// Whether two addresses belong to the same person (assumed: letter case does not matter).
pub fn is_same_email(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Whether a text has the form of an email address, as far as the vendor's client checks it.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    !local.is_empty()
        && text.chars().all(is_plain)
        && !local.contains('@')
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
}

fn read_reply(value: &Value) -> Result<Reply, Refusal> {
    value
        .as_str()
        .and_then(Reply::parse)
        .ok_or_else(|| Refusal::Invalid("`status` must be `confirmed`, `undecided` or `declined`".to_owned()))
}

fn read_amount(value: &Value) -> Result<u64, Refusal> {
    value.as_u64().ok_or_else(|| Refusal::Invalid("`amount` must be a whole number from 1".to_owned()))
}

fn read_payload(value: &Value) -> Result<Map<String, Value>, Refusal> {
    value.as_object().cloned().ok_or_else(|| Refusal::Invalid("`payload` must be an object".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;
    const TIME: &str = "2023-11-14T22:13:20.000Z";

    fn at_submission() -> Assumptions {
        Assumptions { double_opt_in: DoubleOptIn::Submission, ..Assumptions::default() }
    }

    fn form() -> Form {
        Form {
            seats: Some(3),
            seats_per_answer: 2,
            expires: None,
            has_undecided: false,
            is_always_confirmed: false,
            is_confirmed_by_email: false,
        }
    }

    fn object(value: Value) -> Record {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    fn at(taken: u64) -> Circumstances<'static> {
        Circumstances { prokey: "p", id: "new", now: NOW, timestamp: TIME, taken }
    }

    fn submit(form: &Form, body: Value, existing: Option<&SignUp>, taken: u64) -> Result<Accepted, Refusal> {
        Submission::read(&object(body), form)?.accept(form, existing, at(taken), &Assumptions::default())
    }

    fn signed_up(form: &Form, body: Value) -> SignUp {
        submit(form, body, None, 0).unwrap().sign_up().unwrap().clone()
    }

    #[test]
    fn an_answer_has_the_fields_of_the_api_in_their_order() {
        let body =
            json!({ "email": "a@b.example", "status": "declined", "amount": 2, "payload": { "x": "1" } });
        let own = signed_up(&form(), body);
        let keys: Vec<&String> = own.record.keys().collect();
        assert_eq!(
            keys,
            ["id", "status", "email", "amount", "payload", "prokey", "date_created", "date_updated"]
        );
        assert_eq!(own.record["date_updated"], Value::Null);
        assert_eq!(signed_up(&form(), json!({ "email": "a@b.example" })).record["payload"], json!({}));
    }

    #[test]
    fn each_refusal_has_the_code_of_the_public_form() {
        let closed = Form { expires: Some(NOW), ..form() };
        let good = json!({ "email": "a@b.example", "amount": 2 });
        assert_eq!(submit(&closed, good.clone(), None, 0).unwrap_err().code(), Some(5));
        assert_eq!(submit(&form(), good.clone(), None, 2).unwrap_err().code(), Some(6));
        assert!(submit(&form(), good, None, 1).is_ok());
        for email in ["", "a", "a@b", "@b.example", "a@b..example", "a b@c.example", "a@b@c.example"] {
            let refused = submit(&form(), json!({ "email": email }), None, 0).unwrap_err();
            assert_eq!(refused.code(), Some(2), "{email}");
        }
        for wrong in [
            json!({ "email": "a@b.example", "amount": 3 }),
            json!({ "email": "a@b.example", "amount": 0 }),
            json!({ "email": "a@b.example", "amount": "1" }),
            json!({ "email": "a@b.example", "status": "undecided" }),
            json!({ "email": "a@b.example", "status": "pending" }),
            json!({ "email": "a@b.example", "payload": [] }),
        ] {
            assert_eq!(submit(&form(), wrong.clone(), None, 0).unwrap_err().code(), None, "{wrong}");
        }
    }

    #[test]
    fn who_declines_takes_no_seat_and_is_never_refused_for_seats() {
        let body = json!({ "email": "a@b.example", "status": "declined", "amount": 2 });
        let accepted = submit(&form(), body, None, 3).unwrap();
        assert_eq!(accepted.sign_up().unwrap().seats(), 0);
    }

    #[test]
    fn a_form_without_choice_confirms_whatever_is_sent() {
        let form = Form { is_always_confirmed: true, ..form() };
        let own = signed_up(&form, json!({ "email": "a@b.example", "status": "declined" }));
        assert_eq!(own.record["status"], "confirmed");
    }

    #[test]
    fn an_unconfirmed_answer_is_pending_for_30_minutes_and_fires_create_once() {
        let form = Form { is_confirmed_by_email: true, ..form() };
        let accepted = submit(&form, json!({ "email": "a@b.example" }), None, 0).unwrap();
        assert_eq!(accepted.response(), json!({ "status": "doi" }));
        assert_eq!(accepted.trigger(&Assumptions::default()), None);
        assert_eq!(accepted.trigger(&at_submission()), Some(Trigger::Create));
        let own = accepted.sign_up().unwrap().clone();
        assert_eq!(own.seats(), 1);
        assert!(!own.has_expired(NOW + CONFIRMATION_TIME - 1) && own.has_expired(NOW + CONFIRMATION_TIME));
        let (confirmed, trigger) = own.clone().confirm(TIME, &Assumptions::default()).unwrap();
        assert_eq!((trigger, &confirmed.record["date_updated"]), (Trigger::Create, &json!(TIME)));
        assert_eq!(own.confirm(TIME, &at_submission()).unwrap().1, Trigger::Update);
        assert!(!confirmed.has_expired(i64::MAX));
        assert_eq!(confirmed.confirm(TIME, &Assumptions::default()), None);
    }

    #[test]
    fn a_second_sign_up_follows_the_assumption() {
        let body = || json!({ "email": "a@b.example", "amount": 2 });
        let first = signed_up(&form(), body());
        let second = |second_sign_up, taken| {
            let assumptions = Assumptions { second_sign_up, ..Assumptions::default() };
            let submission = Submission::read(&object(body()), &form()).unwrap();
            let accepted = submission.accept(&form(), Some(&first), at(taken), &assumptions);
            accepted.map(|own| (own.trigger(&assumptions), own.sign_up().map(|own| own.id().to_owned())))
        };
        assert_eq!(second(SecondSignUp::Ignored, 3), Ok((None, None)));
        assert_eq!(second(SecondSignUp::Changes, 2), Err(Refusal::BookedOut));
        assert_eq!(second(SecondSignUp::Changes, 1), Ok((Some(Trigger::Update), Some("new".to_owned()))));
        assert_eq!(second(SecondSignUp::Adds, 1), Ok((Some(Trigger::Create), Some("new".to_owned()))));
        assert!(is_same_email(" A@b.example", "a@B.example"));
    }

    #[test]
    fn who_submits_again_before_confirming_has_30_more_minutes() {
        let form = Form { is_confirmed_by_email: true, ..form() };
        let pending =
            SignUp { pending_until: Some(NOW), ..signed_up(&form, json!({ "email": "a@b.example" })) };
        let again = submit(&form, json!({ "email": "a@b.example", "amount": 2 }), Some(&pending), 0).unwrap();
        let Accepted::Resubmitted(own) = &again else { panic!("{again:?}") };
        assert_eq!((own.id(), own.pending_until), (pending.id(), Some(NOW + CONFIRMATION_TIME)));
        assert_eq!((again.trigger(&Assumptions::default()), own.seats()), (None, 2));
    }

    #[test]
    fn a_change_is_refused_if_it_needs_seats_that_are_taken() {
        let own = signed_up(&form(), json!({ "email": "a@b.example" }));
        let change = |body: Value, taken| own.clone().change(&object(body), &form(), TIME, taken);
        assert_eq!(change(json!({ "amount": 2 }), 2), Err(Refusal::BookedOut));
        let changed = change(json!({ "amount": 2, "payload": { "x": true } }), 1).unwrap();
        assert_eq!((changed.seats(), &changed.record["date_updated"]), (2, &json!(TIME)));
        assert!(change(json!({ "status": "declined" }), 3).is_ok());
        for wrong in
            [json!({ "amount": 3 }), json!({ "status": "x" }), json!({ "id": "x" }), json!({ "payload": 1 })]
        {
            assert!(matches!(change(wrong.clone(), 0), Err(Refusal::Invalid(_))), "{wrong}");
        }
        assert_eq!(change(json!({ "email": "x" }), 0), Err(Refusal::Email));
    }

    #[test]
    fn an_event_has_a_form_only_with_rsvp_and_a_template() {
        let event = |rsvp: bool| object(json!({ "rsvp": rsvp, "rsvp_block": 3 }));
        let template = object(json!({ "max": 17, "maxpp": null, "expires": "soon", "doi": true }));
        let form = Form::of(&event(true), Some(&template), |_| Some(5)).unwrap();
        assert_eq!((form.seats, form.seats_per_answer, form.expires), (Some(17), 1, Some(5)));
        assert!(form.is_confirmed_by_email && !form.is_always_confirmed);
        assert_eq!(Form::of(&event(false), Some(&template), |_| None), None);
        assert_eq!(Form::of(&event(true), None, |_| None), None);
    }
}
