//! The life cycle of an RSVP answer over HTTP: the public form, confirmation, expiry, changes, and what fires.

use serde_json::{Value, json};

use super::{Emulation, KEY, block, event, receiver, targets};
use crate::emulator::client::Response;
use crate::harness::{Project, requests};
use crate::server::Server;

const FORM: &str = "/24586219-9910-41fe-9b59-df53de9db7af";
const SEATS: &str = "/dffb8bbd-ee5e-4a4f-a7ea-503af98ca468";

/// An emulator with an event that has an RSVP form.
struct Registration {
    emulation: Emulation,
    receiver: Server,
    event: String,
}

impl Registration {
    fn start(template: &Value) -> Self {
        let receiver = receiver();
        let mut text = String::new();
        for trigger in ["create", "update", "delete"] {
            let url = receiver.url("http://127.0.0.1", &format!("/{trigger}"));
            text.push_str(&block(trigger, trigger, "rsvp_answer", &url));
        }
        let project = Project::new().definitions(&text);
        let emulation = Emulation::start(&project, &["--now", "2026-03-01T09:00:00Z"]);
        let mut own = json!({ "name": "Form" });
        own.as_object_mut().unwrap().extend(template.as_object().unwrap().clone());
        let template: u64 = emulation.create("rsvp-block", &own).parse().unwrap();
        let group = emulation.create_group();
        let mut body = event(&group);
        body["rsvp"] = json!(true);
        body["rsvp_block"] = json!(template);
        let event = emulation.create("event", &body);
        Self { emulation, receiver, event }
    }

    /// Submits the form as the button does: without a key.
    fn submit(&self, email: &str, amount: u64) -> Response {
        let body = json!({
            "prokey": self.event, "language": "en", "status": "confirmed", "amount": amount, "email": email,
            "payload": { "first_name": "Ada" },
        });
        let headers = "content-type: application/json\r\norigin: https://example.com\r\nrsvp: true\r\n";
        let response = self.emulation.client.request("POST", FORM, headers, &body.to_string());
        self.emulation.call("GET", "/_emulator/idle", &Value::Null).ok();
        response
    }

    fn seats(&self) -> Value {
        self.emulation.client.request("GET", &format!("{SEATS}?prokey={}", self.event), "", "").ok()["total"]
            .clone()
    }

    fn answers(&self) -> Vec<Value> {
        let all = self.emulation.call("GET", "/_emulator/sign-ups", &Value::Null).ok();
        all.as_array().unwrap().clone()
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> Response {
        self.emulation.call(method, &format!("/_emulator/{path}"), body)
    }

    fn fired(&self) -> Vec<String> {
        targets(&self.receiver)
    }
}

#[test]
fn a_sign_up_fires_create_in_the_recorded_shape() {
    let own = Registration::start(&json!({ "maxpp": 2 }));
    let response = own.submit("ada@example.com", 2);
    assert_ne!(response.ok()["status"], "doi");
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!((own.fired(), own.seats()), (vec!["/create".to_owned()], json!("2")));
    let sent = requests(&own.receiver.received())[0].json();
    let keys: Vec<&String> = sent["element_data"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["status", "date_created", "date_updated", "email", "prokey", "amount", "payload"]);
    let listed = own.emulation.call("GET", &format!("/v1/rsvp-answers/{}", own.event), &Value::Null).ok();
    assert_eq!(listed[0]["payload"], json!({ "first_name": "Ada" }));
}

#[test]
fn the_form_refuses_with_the_recorded_codes_and_scripts_can_read_them() {
    let own = Registration::start(&json!({ "max": 2, "maxpp": 2, "expires": "2026-03-01T10:00:00.000Z" }));
    let code = |response: Response| {
        assert_eq!(response.status, 400);
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
        response.json()["error"].clone()
    };
    assert_eq!(code(own.submit("ada@", 1)), 2);
    own.submit("ada@example.com", 1).ok();
    assert_eq!(code(own.submit("bob@example.com", 2)), 6);
    own.control("PATCH", "clock", &json!({ "advance": "1h" })).ok();
    assert_eq!(code(own.submit("bob@example.com", 1)), 5);
    assert_eq!(code(own.submit("bob@example.com", 3)), Value::Null);
    assert_eq!(own.answers().len(), 1);
}

#[test]
fn with_double_opt_in_create_fires_at_confirmation() {
    let own = Registration::start(&json!({ "doi": true, "max": 1 }));
    assert_eq!(own.submit("ada@example.com", 1).ok()["status"], "doi");
    assert_eq!((own.fired().len(), own.seats()), (0, json!("1")));
    // It takes the seat, but the API does not list it.
    assert_eq!(own.submit("bob@example.com", 1).json(), json!({ "error": 6 }));
    own.emulation.call("GET", &format!("/v1/rsvp-answers/{}", own.event), &Value::Null).error(404);
    let id = own.answers()[0]["id"].as_str().unwrap().to_owned();
    own.control("POST", &format!("sign-ups/{id}/confirm"), &Value::Null).ok();
    assert_eq!(own.fired(), ["/create"]);
    own.control("POST", &format!("sign-ups/{id}/confirm"), &Value::Null).error(409);
}

#[test]
fn an_unconfirmed_answer_disappears_after_30_minutes_and_fires_nothing() {
    let own = Registration::start(&json!({ "doi": true, "max": 1 }));
    own.submit("ada@example.com", 1).ok();
    own.control("PATCH", "clock", &json!({ "advance": "29m" })).ok();
    assert_eq!(own.seats(), json!("1"));
    own.control("PATCH", "clock", &json!({ "advance": "2m" })).ok();
    assert_eq!((own.seats(), own.answers().len(), own.fired().len()), (json!("0"), 0, 0));
}

#[test]
fn changes_and_deletes_fire_update_and_delete_and_a_second_sign_up_nothing() {
    let own = Registration::start(&json!({ "maxpp": 3 }));
    own.submit("ada@example.com", 1).ok();
    own.submit("ADA@example.com", 2).ok();
    assert_eq!((own.answers().len(), own.seats()), (1, json!("1")));
    let path = format!("sign-ups/{}", own.answers()[0]["id"].as_str().unwrap());
    own.control("PATCH", &path, &json!({ "amount": 3 })).ok();
    own.control("DELETE", &path, &Value::Null).ok();
    assert_eq!(own.fired(), ["/create", "/update", "/delete"]);
    let sent = requests(&own.receiver.received());
    assert_eq!(sent[1].json()["element_data"]["amount"], 3);
}

#[test]
fn when_create_fires_is_an_assumption() {
    let own = Registration::start(&json!({ "doi": true }));
    own.control("PATCH", "assumptions", &json!({ "double-opt-in": "submission" })).ok();
    own.submit("ada@example.com", 1).ok();
    assert_eq!(own.fired(), ["/create"]);
}

#[test]
fn the_public_configuration_has_the_form_and_other_routes_have_no_cors() {
    let own = Registration::start(&json!({ "max": 9, "headline": "Join us" }));
    let config = own.emulation.client.request("GET", &format!("/{}/config.json", own.event), "", "");
    assert_eq!(config.header("access-control-allow-origin"), Some("*"));
    let config = config.ok();
    assert_eq!((&config["name"], &config["rsvp"]["max"]), (&json!("Yoga"), &json!(9)));
    assert_eq!(config["rsvp"]["headline"], "Join us");
    let unknown = "/00000000-0000-4000-8000-000000000000/config.json";
    assert_eq!(own.emulation.client.request("GET", unknown, "", "").status, 404);
    let preflight = "origin: https://example.com\r\naccess-control-request-method: POST\r\n";
    let allowed = own.emulation.client.request("OPTIONS", FORM, preflight, "");
    assert!(allowed.header("access-control-allow-headers").unwrap().contains("rsvp"), "{allowed:?}");
    for path in ["/v1/group/all", "/_emulator/sign-ups"] {
        let own = own.emulation.client.call_as(KEY, "GET", path, &Value::Null);
        assert_eq!(own.header("access-control-allow-origin"), None, "{path}");
    }
}

#[test]
fn an_event_without_a_form_accepts_no_sign_up() {
    let own = Registration::start(&json!({}));
    own.emulation.call("PATCH", &format!("/v1/event/{}", own.event), &json!({ "rsvp": false })).ok();
    let refused = own.submit("ada@example.com", 1);
    assert_eq!((refused.status, &refused.json()["message"]), (400, &json!("the event has no RSVP form")));
}

#[test]
fn scripts_of_any_origin_can_read_why_a_public_call_is_refused() {
    let own = Registration::start(&json!({}));
    let public = |path: &str, body: &str| {
        let headers = "content-type: application/json\r\norigin: https://example.com\r\n";
        let method = if body.is_empty() { "GET" } else { "POST" };
        let response = own.emulation.client.request(method, path, headers, body);
        assert_eq!(response.header("access-control-allow-origin"), Some("*"), "{path} {body}");
        response.status
    };
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert_eq!(public(FORM, "{"), 400);
    assert_eq!(public(FORM, "[]"), 404);
    assert_eq!(public(FORM, &json!({ "prokey": unknown, "email": "ada@example.com" }).to_string()), 404);
    assert_eq!(public(&format!("{SEATS}?prokey={unknown}"), ""), 404);
    assert_eq!(public(&format!("/{unknown}/config.json"), ""), 404);
    own.control("POST", "faults", &json!({ "method": "GET", "path": SEATS, "status": 503 })).ok();
    assert_eq!(public(&format!("{SEATS}?prokey={}", own.event), ""), 503);
}

#[test]
fn what_a_second_sign_up_does_is_an_assumption() {
    let own = Registration::start(&json!({ "maxpp": 3 }));
    for (value, fired, seats) in [
        ("ignored", &["/create"][..], 1),
        ("changes", &["/create", "/update"], 2),
        ("adds", &["/create", "/create"], 3),
    ] {
        let before = own.fired().len();
        own.control("PATCH", "assumptions", &json!({ "second-sign-up": value })).ok();
        let email = format!("{value}@example.com");
        let taken = |own: &Registration| own.seats().as_str().unwrap().parse::<u64>().unwrap();
        let taken_before = taken(&own);
        own.submit(&email, 1).ok();
        own.submit(&email, 2).ok();
        assert_eq!(own.fired()[before..], *fired, "{value}");
        assert_eq!(taken(&own) - taken_before, seats, "{value}");
    }
}

#[test]
fn changes_and_deletes_of_an_unconfirmed_answer_fire_nothing() {
    let own = Registration::start(&json!({ "doi": true, "maxpp": 2 }));
    own.submit("ada@example.com", 1).ok();
    let path = format!("sign-ups/{}", own.answers()[0]["id"].as_str().unwrap());
    own.control("PATCH", &path, &json!({ "amount": 2 })).ok();
    assert_eq!(own.seats(), json!("2"));
    own.control("DELETE", &path, &Value::Null).ok();
    assert_eq!((own.seats(), own.fired().len()), (json!("0"), 0));
}

#[test]
fn a_public_call_is_for_the_account_that_has_the_event() {
    let own = Registration::start(&json!({}));
    let other = "7b2f0c6e-8a3b-4c6f-9a54-2f0d1d7e9b22";
    // The other account was used last.
    own.emulation.client.call_as(other, "POST", "/v1/group", &json!({ "name": "Courses" })).created();
    own.submit("ada@example.com", 1).ok();
    assert_eq!((own.answers().len(), own.seats()), (1, json!("1")));
    let theirs = own.emulation.client.call_as(other, "GET", "/_emulator/sign-ups", &Value::Null).ok();
    assert_eq!(theirs, json!([]));
}
