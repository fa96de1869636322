//! Creating, reading, changing and deleting elements.

use serde_json::{Value, json};

use super::{NOW, Server, event, group, webhook};

#[test]
fn a_webhook_is_created_read_changed_and_deleted_as_documented() {
    let server = Server::start();
    let id = server.post("/v1/webhook", &webhook()).created();
    let path = format!("/v1/webhook/{id}");
    let read = server.get(&path).ok();
    let number: u64 = id.parse().unwrap();
    let expected = json!({
        "id": number, "name": "Guests to CRM", "active": true, "method": "PUT",
        "payload_url": "https://crm.example.com/in", "trigger": "update", "trigger_element": "rsvp_answer",
        "prokey_filter": null, "header": [{ "key": "X-Token", "value": "abc" }], "body": [],
        "date_created": NOW, "date_updated": null, "last_execution": null,
    });
    assert_eq!(read, expected);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&read), keys(&expected));
    assert_eq!(server.get("/v1/webhook/all").ok(), json!([{ "id": number, "name": "Guests to CRM" }]));
    assert_eq!(server.get("/v1/webhook/latest").ok(), expected);
    for (method, active) in [("PATCH", false), ("PUT", true)] {
        let response = server.call(method, &path, &json!({ "active": active })).ok();
        assert_eq!(response, json!({ "status": "success", "message": "updated" }));
        assert_eq!(server.get(&path).ok()["active"], active);
    }
    assert_eq!(server.delete(&path).ok(), json!({ "status": "success", "message": "deleted" }));
    for method in ["GET", "PATCH", "DELETE"] {
        let body = if method == "PATCH" { json!({ "active": true }) } else { Value::Null };
        assert_eq!(server.call(method, &path, &body).error(404), "No entry found");
    }
    assert_eq!(server.get("/v1/webhook/all").error(404), "No entry found");
    // Ids are not reused.
    assert_ne!(server.post("/v1/webhook", &webhook()).created(), id);
    assert!(server.fired().is_empty());
}

#[test]
fn each_change_of_an_element_fires_in_the_recorded_shape() {
    let server = Server::start();
    let concerts = group(&server);
    let prokey = server.post("/v1/event", &event(&concerts)).created();
    let changes = server.changes();
    assert_eq!(changes.len(), 2);
    assert_eq!((changes[1].cause.as_str(), changes[1].time > changes[0].time), ("POST /v1/event", true));
    let element: Value = serde_json::from_str(&changes[1].element).unwrap();
    assert_eq!(element["prokey"], prokey.as_str());
    assert_eq!(element["date_updated"], Value::Null);
    assert_eq!(element["dates"][0].as_object().unwrap().len(), 14);
    assert_eq!(element.get("id"), None);
    let path = format!("/v1/event/{prokey}");
    server.patch(&path, &json!({ "dates": [{ "location": "Berlin" }] })).ok();
    server.delete(&path).ok();
    let changes = server.changes();
    let fired: Vec<String> = changes.iter().map(|own| format!("{} {}", own.trigger, own.kind)).collect();
    assert_eq!(fired, ["update event", "delete event"]);
    assert!(changes.iter().all(|own| own.element.contains("\"location\":\"Berlin\"")));
    let read = server.get(&format!("/v1/group/{concerts}")).ok();
    assert_eq!((&read["events"], read.get("id")), (&json!([]), None));
}

#[test]
fn the_samples_of_all_elements_can_be_created_again_from_what_is_read() {
    let server = Server::start();
    for (resource, element) in [
        ("style", "style"),
        ("rsvp-block", "rsvp_template"),
        ("cta-block", "cta_template"),
        ("landingpage", "landingpage_template"),
        ("group", "event_group"),
        ("event", "event"),
    ] {
        let list = server.get(&format!("/v1/{resource}/all")).ok();
        let key = ["prokey", "id"]
            .iter()
            .find_map(|key| list[0].get(*key).filter(|_| *key == "prokey" || resource != "event"));
        let key = key.map(|key| key.as_str().map_or_else(|| key.to_string(), str::to_owned)).unwrap();
        let before = server.get(&format!("/v1/{resource}/{key}")).ok();
        let copy = server.post(&format!("/v1/{resource}"), &before).created();
        let after = server.get(&format!("/v1/{resource}/{copy}")).ok();
        assert_eq!(server.fired(), [format!("create {element}")]);
        for (field, value) in before.as_object().unwrap() {
            let is_own = ["id", "prokey", "date_created", "date_updated", "events", "header_image", "image"];
            if !is_own.contains(&field.as_str()) {
                assert_eq!(&after[field], value, "{resource} {field}");
            }
        }
        server.delete(&format!("/v1/{resource}/{copy}")).ok();
        server.fired();
    }
}

#[test]
fn a_new_event_can_create_its_group() {
    let server = Server::start();
    let mut body = event("");
    body.as_object_mut().unwrap().remove("event_group");
    assert!(server.post("/v1/event", &body).error(400).contains("event_group"));
    body["new_event_group_name"] = json!("Concerts");
    let prokey = server.post("/v1/event", &body).created();
    assert_eq!(server.fired(), ["create event_group", "create event"]);
    let read = server.get(&format!("/v1/event/{prokey}")).ok();
    let group = read["event_group"].as_str().unwrap();
    let group = server.get(&format!("/v1/group/{group}")).ok();
    assert_eq!((&group["name"], &group["events"]), (&json!("Concerts"), &json!([prokey])));
    let path = format!("/v1/event/{prokey}");
    assert!(server.patch(&path, &json!({ "event_group": "x" })).error(400).contains("event_group"));
}

#[test]
fn deleting_a_group_deletes_its_events_and_their_answers_and_fires_once() {
    let server = Server::start();
    let groups = server.get("/v1/group/all").ok();
    let prokey = groups[0]["prokey"].as_str().unwrap();
    let event = server.get("/v1/event/all").ok()[0]["prokey"].as_str().unwrap().to_owned();
    server.get(&format!("/v1/rsvp-answers/{event}")).ok();
    server.delete(&format!("/v1/group/{prokey}")).ok();
    assert_eq!(server.fired(), ["delete event_group"]);
    assert_eq!(server.get(&format!("/v1/event/{event}")).status, 404);
    assert_eq!(server.get("/v1/event/all").status, 404);
    assert_eq!(server.get("/v1/rsvp-answers/latest").status, 404);
}

#[test]
fn events_and_groups_lose_a_deleted_template() {
    let server = Server::start();
    let event = server.get("/v1/event/all").ok()[0]["prokey"].as_str().unwrap().to_owned();
    let path = format!("/v1/event/{event}");
    for (resource, field) in [
        ("style", "layout"),
        ("rsvp-block", "rsvp_block"),
        ("cta-block", "cta_block"),
        ("landingpage", "landingpage"),
    ] {
        let id = server.get(&path).ok()[field].clone();
        server.delete(&format!("/v1/{resource}/{id}")).ok();
        assert_eq!(server.get(&path).ok()[field], Value::Null, "{field}");
    }
    let read = server.get(&path).ok();
    assert_eq!((&read["rsvp"], &read["cta"]), (&json!(false), &json!(false)));
    assert_eq!(
        server.fired(),
        ["delete style", "delete rsvp_template", "delete cta_template", "delete landingpage_template"]
    );
}

#[test]
fn a_refused_call_changes_nothing_and_names_the_field() {
    let server = Server::start();
    let before = server.get("/_emulator/state").ok();
    for (path, body, field) in [
        ("/v1/webhook", json!({ "name": "x" }), "active"),
        ("/v1/webhook", json!({ "name": "x", "active": "yes" }), "active"),
        ("/v1/style", json!({ "name": "x", "options": ["apple", "nokia"] }), "options.1"),
        ("/v1/event", event("unknown"), "event_group"),
        ("/v1/group", json!({ "name": "x", "layout": 999 }), "layout"),
        ("/v1/rsvp-block", json!({ "name": "x", "email_rsvp_doi": 33 }), "email_rsvp_doi"),
        ("/v1/landingpage", json!({ "name": "x", "custom_domain": 1 }), "custom_domain"),
    ] {
        let message = server.post(path, &body).error(400);
        assert!(message.contains(&format!("`{field}`")), "{path}: {message}");
        let logged = server.logged(|call| call.message.as_ref() == Some(&message));
        assert_eq!((logged.path.as_str(), logged.status), (path, Some(400)));
    }
    assert_eq!(server.get("/_emulator/state").ok(), before);
    assert!(server.fired().is_empty());
}

#[test]
fn ignored_fields_are_logged() {
    let server = Server::start();
    let mut body = webhook();
    body["colour"] = json!("red");
    body["last_execution"] = json!(NOW);
    server.post("/v1/webhook", &body).created();
    let logged = server.logged(|call| call.path == "/v1/webhook");
    assert_eq!(logged.ignored, ["colour", "last_execution"]);
    assert_eq!(logged.namespace.unwrap().key_end.as_ref(), "9b11");
}

#[test]
fn every_fifth_update_of_an_event_costs_a_credit() {
    let server = Server::start();
    let credits = || server.get("/_emulator/state").ok()["credits"].as_u64().unwrap();
    let prokey = server.post("/v1/event", &event(&group(&server))).created();
    let style = server.post("/v1/style", &json!({ "name": "x", "options": ["apple"] })).created();
    assert_eq!(credits(), 1);
    for round in 1..=10 {
        server.patch(&format!("/v1/event/{prokey}"), &json!({ "hideButton": round % 2 == 0 })).ok();
        server.patch(&format!("/v1/style/{style}"), &json!({ "size": round.to_string() })).ok();
        assert_eq!(credits(), 1 + round / 5);
    }
}

#[test]
fn read_only_resources_come_from_the_seed() {
    let server = Server::start();
    let templates = server.get("/v1/email-template/all").ok();
    assert_eq!(templates.as_array().unwrap().len(), 6);
    assert_eq!(server.get("/v1/email-template/latest").ok()["type"], "rsvp_second_signup");
    let own = server.get("/v1/email-template/rsvp_magic_link").ok();
    assert_eq!(own, json!([{ "id": 56, "name": "Our magic link email" }]));
    assert_eq!(server.get("/v1/email-template/rsvp_doi").status, 404);
    let event = server.get("/v1/event/all").ok()[0]["prokey"].as_str().unwrap().to_owned();
    let answers = server.get(&format!("/v1/rsvp-answers/{event}")).ok();
    assert_eq!(answers[0]["email"], "jane.doe@example.com");
    assert_eq!(server.get("/v1/rsvp-answers/latest").ok(), answers[0]);
    assert_eq!(server.get(&format!("/v1/rsvp-answers/{event}/latest")).ok(), answers[0]);
    assert_eq!(server.get("/v1/rsvp-answers/unknown").status, 404);
    let ics = server.get(&format!("/v1/ics/{event}")).ok();
    assert!(ics[0].as_str().unwrap().starts_with("BEGIN:VCALENDAR\r\n"), "{ics}");
    let object = server.get(&format!("/v1/ics/{event}?responseType=object")).ok();
    assert_eq!(object[0]["icsBody"], ics[0]);
    assert_eq!(object[0]["name"], "open-house.ics");
    assert_eq!(object[0]["icsFile"], format!("https://event.caldn.net/{event}/open-house.ics"));
    let domains = json!({ "default_custom_domain": null, "available_custom_domains": [] });
    assert_eq!(server.get("/v1/custom-domains").ok(), domains);
    for path in ["/v1/email-template/all", "/v1/rsvp-answers/latest", "/v1/custom-domains", "/v1/webhook/all"]
    {
        assert_eq!(server.post(path, &json!({})).status, 405, "{path}");
    }
}
