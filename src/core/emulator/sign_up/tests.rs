use serde_json::{Value, json};

use super::*;
use crate::core::emulator::Record;
use crate::core::emulator::assumptions::{Assumptions, DoubleOptIn, SecondSignUp};
use crate::core::model::Trigger;

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

fn submit(
    form: &Form,
    body: Value,
    existing: Option<&SignUp>,
    taken: u64,
) -> Result<SignUpResult, SignUpRefusal> {
    Submission::read(&object(body), form)?.accept(form, existing, at(taken), &Assumptions::default())
}

fn signed_up(form: &Form, body: Value) -> SignUp {
    submit(form, body, None, 0).unwrap().sign_up().unwrap().clone()
}

#[test]
fn an_answer_has_the_fields_of_the_api_in_their_order() {
    let body = json!({ "email": "a@b.example", "status": "declined", "amount": 2, "payload": { "x": "1" } });
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
fn a_declined_answer_takes_no_seat_and_is_never_refused_for_lack_of_seats() {
    let body = json!({ "email": "a@b.example", "status": "declined", "amount": 2 });
    let accepted = submit(&form(), body, None, 3).unwrap();
    assert_eq!(accepted.sign_up().unwrap().seats(), 0);
}

#[test]
fn a_form_without_a_choice_confirms_every_answer() {
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
    assert_eq!(second(SecondSignUp::Changes, 2), Err(SignUpRefusal::BookedOut));
    assert_eq!(second(SecondSignUp::Changes, 1), Ok((Some(Trigger::Update), Some("new".to_owned()))));
    assert_eq!(second(SecondSignUp::Adds, 1), Ok((Some(Trigger::Create), Some("new".to_owned()))));
}

#[test]
fn submitting_again_before_confirmation_allows_30_more_minutes() {
    let form = Form { is_confirmed_by_email: true, ..form() };
    let pending = SignUp { pending_until: Some(NOW), ..signed_up(&form, json!({ "email": "a@b.example" })) };
    let again = submit(&form, json!({ "email": "a@b.example", "amount": 2 }), Some(&pending), 0).unwrap();
    let SignUpResult::Resubmitted(own) = &again else { panic!("{again:?}") };
    assert_eq!((own.id(), own.pending_until), (pending.id(), Some(NOW + CONFIRMATION_TIME)));
    assert_eq!((again.trigger(&Assumptions::default()), own.seats()), (None, 2));
}

#[test]
fn a_change_is_refused_if_it_needs_seats_that_are_taken() {
    let own = signed_up(&form(), json!({ "email": "a@b.example" }));
    let change = |body: Value, taken| own.clone().change(&object(body), &form(), TIME, taken);
    assert_eq!(change(json!({ "amount": 2 }), 2), Err(SignUpRefusal::BookedOut));
    let changed = change(json!({ "amount": 2, "payload": { "x": true } }), 1).unwrap();
    assert_eq!((changed.seats(), &changed.record["date_updated"]), (2, &json!(TIME)));
    assert!(change(json!({ "status": "declined" }), 3).is_ok());
    for wrong in
        [json!({ "amount": 3 }), json!({ "status": "x" }), json!({ "id": "x" }), json!({ "payload": 1 })]
    {
        assert!(matches!(change(wrong.clone(), 0), Err(SignUpRefusal::Invalid(_))), "{wrong}");
    }
    assert_eq!(change(json!({ "email": "x" }), 0), Err(SignUpRefusal::Email));
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
