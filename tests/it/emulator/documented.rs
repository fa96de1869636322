//! The documented examples of requests and responses, over HTTP.

use hooks::core::emulator::Assumptions;
use hooks::io::emulator::EmulatorOptions;
use serde_json::{Value, json};

use super::{Server, group, options};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn each_documented_request_is_accepted_and_read_and_listed_in_the_documented_shape() {
    let examples: Value =
        serde_json::from_str(include_str!("../../../src/core/emulator/documented.json")).unwrap();
    // The elements that the examples refer to are not part of them.
    let mut assumptions = Assumptions::default();
    assumptions.set("unknown-reference", "accept").unwrap();
    let server = Server::with(EmulatorOptions { assumptions, rate_limit: 0, ..options() });
    for example in examples.as_array().unwrap() {
        let resource = example["resource"].as_str().unwrap();
        let mut request = example["request"].clone();
        if resource == "event" {
            request["event_group"] = json!(group(&server));
        }
        let created = server.post(&format!("/v1/{resource}"), &request);
        let (own, documented) = (created.ok(), &example["created"]);
        assert_eq!(keys(&own), keys(documented), "{resource}");
        assert_eq!((&own["status"], &own["message"]), (&documented["status"], &documented["message"]));
        let path = format!("/v1/{resource}/{}", created.created());
        let read = server.get(&path).ok();
        assert_eq!(keys(&read), keys(&example["read"]), "{resource}");
        for (field, value) in request.as_object().unwrap() {
            // Ids may be sent as text, and are read as numbers.
            let read = &read[field];
            let is_id = read.is_number() && value.as_str() == Some(&read.to_string());
            let is_for_new_group = field == "new_event_group_name";
            assert!(read == value || is_id || is_for_new_group, "{resource} {field}: {read}");
        }
        let list = server.get(&format!("/v1/{resource}/all")).ok();
        let entry = list.as_array().unwrap().last().unwrap();
        assert_eq!(keys(entry), keys(&example["entry"]), "{resource}");
        // "Updating follows the same rules as creating."
        let mut change = request.clone();
        change.as_object_mut().unwrap().retain(|field, _| !field.contains("event_group"));
        for method in ["PATCH", "PUT"] {
            server.call(method, &path, &change).ok();
        }
        let mut after = server.get(&path).ok();
        after["date_updated"] = read["date_updated"].clone();
        assert_eq!(after, read, "{resource}");
        server.delete(&path).ok();
        assert_eq!(server.get(&path).status, 404);
    }
}
