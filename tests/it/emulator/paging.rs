//! Lists: reading all pages, and the filters of the list of events.

use hooks::io::emulator::EmulatorOptions;
use serde_json::{Value, json};

use super::{Server, group, options};

#[test]
fn lists_are_read_page_by_page_to_the_end() {
    let server = Server::with(EmulatorOptions { rate_limit: 0, page_size: Some(3), ..options() });
    for number in 1..=7 {
        let style = json!({ "name": number.to_string(), "options": ["apple"] });
        server.post("/v1/style", &style).created();
    }
    let names = |page: u64| {
        let list = server.get(&format!("/v1/style/all?page={page}")).ok();
        list.as_array().unwrap().iter().map(|style| style["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(1), ["Café green", "1", "2"]);
    assert_eq!(names(2), ["3", "4", "5"]);
    assert_eq!(names(3), ["6", "7"]);
    assert_eq!(server.get("/v1/style/all").ok(), server.get("/v1/style/all?page=1").ok());
    assert_eq!(server.get("/v1/style/all?page=4").error(404), "No entry found");
    for bad in ["0", "-1", "x", "", "99999999999999999999"] {
        assert_eq!(server.get(&format!("/v1/style/all?page={bad}")).status, 400, "{bad}");
    }
    assert_eq!(server.get("/v1/style/latest").ok()["name"], "7");
}

#[test]
fn a_page_has_800_entries() {
    let styles: Vec<Value> =
        (1..=801).map(|id| json!({ "id": id, "name": "x", "options": ["apple"] })).collect();
    let server = Server::start();
    server.call("PUT", "/_emulator/state", &json!({ "style": styles })).ok();
    assert_eq!(server.get("/v1/style/all").ok().as_array().unwrap().len(), 800);
    assert_eq!(server.get("/v1/style/all?page=2").ok(), json!([{ "id": 801, "name": "x" }]));
}

#[test]
fn events_are_filtered_by_group_and_time() {
    let server = Server::with(EmulatorOptions { rate_limit: 0, ..options() });
    server.call("PUT", "/_emulator/state", &json!({})).ok();
    let (first, second) = (group(&server), group(&server));
    for (name, group, date) in [
        ("past", &first, json!({ "startDate": "2026-01-01" })),
        (
            "now",
            &first,
            json!({ "startDate": "2026-03-01", "startTime": "10:30", "endTime": "11:00", "timeZone": "Europe/Berlin" }),
        ),
        ("soon", &second, json!({ "startDate": "today+4" })),
        ("later", &second, json!({ "startDate": "2026-06-01", "endDate": "2026-06-03" })),
    ] {
        let mut date = date;
        date["name"] = json!(name);
        server.post("/v1/event", &json!({ "event_group": group, "dates": [date] })).created();
    }
    let listed = |query: &str| -> Vec<String> {
        let response = server.get(&format!("/v1/event/all?{query}"));
        if response.status == 404 {
            return Vec::new();
        }
        let list = response.ok();
        list.as_array().unwrap().iter().map(|own| own["label"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(""), ["past", "now", "soon", "later"]);
    assert_eq!(listed(&format!("group={second}")), ["soon", "later"]);
    assert_eq!(listed("group=unknown"), [""; 0]);
    // It is 9:00 UTC, and the event in Berlin begins at 9:30 UTC.
    assert_eq!(listed("from=now"), ["now", "soon", "later"]);
    assert_eq!(listed("to=now"), ["past"]);
    assert_eq!(listed("from=now&to=2026-03-31T00:00:00Z"), ["now", "soon"]);
    assert_eq!(listed("from=2026-03-01T10:00:00Z"), ["now", "soon", "later"]);
    assert_eq!(listed("from=2026-03-01T10:00:01Z"), ["soon", "later"]);
    assert_eq!(listed(&format!("from=2026-06-02T00:00:00Z&group={second}")), ["later"]);
    let paged = server.get("/v1/event/all?from=now&dates=true&page=1").ok();
    assert_eq!(paged[0]["dates"][0]["startTime"], "10:30");
    assert_eq!(server.get("/v1/event/all").ok()[0].get("dates"), None);
    for bad in ["from=2026-03-01T10:00:00.000Z", "from=2026-03-01", "to=tomorrow"] {
        assert_eq!(server.get(&format!("/v1/event/all?{bad}")).status, 400, "{bad}");
    }
    let latest = server.get("/v1/event/latest?dates=true").ok();
    assert_eq!(
        (latest["label"].as_str(), latest["dates"][0]["endDate"].as_str()),
        (Some("later"), Some("2026-06-03"))
    );
    server.patch("/_emulator/assumptions", &json!({ "event-range": "within" })).ok();
    assert_eq!(listed("from=2026-06-02T00:00:00Z"), [""; 0]);
    assert_eq!(listed("from=2026-03-01T09:00:00Z&to=2026-03-01T10:00:00Z"), ["now"]);
}
