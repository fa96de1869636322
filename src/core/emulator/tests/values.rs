//! The types of values, and what the assumptions change.

use serde_json::{Value, json};

use super::{GROUP, LATER, NOW, identity, least, object, refused, stored, with};
use crate::core::emulator::assumptions::{
    EventGroupChange, InvalidFieldStatus, MissingMethod, StatusField, UnchangedUpdate, UnknownField,
    WebhookLists,
};
use crate::core::emulator::*;

#[test]
fn values_of_a_wrong_type_are_refused_with_the_expected_one() {
    for (resource, fields, message) in [
        (
            Resource::Webhook,
            json!({ "active": "yes" }),
            "`active`: expected true or false, found the string `yes`",
        ),
        (Resource::Webhook, json!({ "active": null }), "`active`: must not be null; expected true or false"),
        (Resource::Webhook, json!({ "header": { "a": "b" } }), "`header`: expected a list, found an object"),
        (
            Resource::Webhook,
            json!({ "header": [{ "key": "a" }] }),
            "`header.0.value`: required; expected a string",
        ),
        (
            Resource::Webhook,
            json!({ "header": [{ "key": "a", "value": 1 }] }),
            "`header.0.value`: expected a string, found a number",
        ),
        (Resource::Webhook, json!({ "body": ["a"] }), "`body.0`: expected an object, found a string"),
        (
            Resource::Webhook,
            json!({ "name": " " }),
            "`name`: invalid value ` `; expected a string that is not empty or only whitespace",
        ),
        (
            Resource::Style,
            json!({ "options": ["apple", "outlok"] }),
            "`options.1`: invalid value `outlok`; expected `apple`, `google`, `ical`, `ms365`, `msteams`, `outlookcom` or `yahoo`",
        ),
        (
            Resource::Style,
            json!({ "customLabels": { "a.b": 1 } }),
            "`customLabels.a.b`: expected a string, found a number",
        ),
        (
            Resource::Style,
            json!({ "size": "11" }),
            "`size`: invalid value `11`; expected `0`, `1`, `2`, `3`, `4`, `5`, `6`, `7`, `8`, `9` or `10`",
        ),
        (Resource::RsvpBlock, json!({ "max": 0 }), "`max`: expected an integer from 1, or null, found 0"),
        (Resource::RsvpBlock, json!({ "maxpp": 1.5 }), "`maxpp`: expected an integer from 1, found 1.5"),
        (
            Resource::RsvpBlock,
            json!({ "max": "5" }),
            "`max`: expected an integer from 1, or null, found the string `5`",
        ),
        (
            Resource::RsvpBlock,
            json!({ "email_rsvp_doi": [] }),
            "`email_rsvp_doi`: expected an id from `/email-template/all`, or null, found a list",
        ),
        (
            Resource::Landingpage,
            json!({ "custom_domain": "x" }),
            "`custom_domain`: expected an id from `/custom-domains`, or null, found the string `x`",
        ),
        (
            Resource::Event,
            json!({ "event_group": 5 }),
            "`event_group`: expected a prokey from `/group/all`, found a number",
        ),
        (
            Resource::Group,
            json!({ "name": "\u{1b}[31m\u{202e}" , "cta": 1 }),
            "`cta`: expected true or false, found 1",
        ),
    ] {
        assert_eq!(refused(resource, fields), message);
    }
    for (fields, secret) in [
        (json!({ "payload_url": "ftp://name:s3cret@example.com" }), "s3cret"),
        (json!({ "header": [{ "key": "X-Token", "value": 4711 }] }), "4711"),
        (json!({ "header": ["X-Token: s3cret"] }), "s3cret"),
        (json!({ "header": "X-Token: s3cret" }), "s3cret"),
    ] {
        assert!(!refused(Resource::Webhook, fields).contains(secret));
    }
    let long = refused(Resource::Webhook, json!({ "trigger": format!("\u{1b}{}", "ä".repeat(1000)) }));
    assert!(long.chars().count() < 200 && !long.contains('\u{1b}'), "{long}");
}

#[test]
fn a_number_is_accepted_where_the_allowed_strings_are_digits() {
    assert_eq!(stored(Resource::Style, json!({ "size": 7 }))["size"], "7");
    let body = json!({ "body": [{ "key": "a", "value": { "b": [1, null] } }] });
    assert_eq!(stored(Resource::Webhook, body.clone())["body"], body["body"]);
}

#[test]
fn every_assumption_about_fields_can_be_changed() {
    let with_assumption = |assumption: &dyn Fn(&mut Assumptions)| {
        let mut assumptions = Assumptions::default();
        assumption(&mut assumptions);
        assumptions
    };
    let create = |resource, body: Value, assumptions: &Assumptions| {
        create(Origin::Request, resource, &object(body), &identity(resource), NOW, assumptions)
    };
    let change = |resource, record: &Record, body: Value, assumptions: &Assumptions| {
        change(resource, record, &object(body), LATER, assumptions)
    };

    let mut webhook = object(least(Resource::Webhook));
    webhook.shift_remove("method");
    let webhook = Value::Object(webhook);
    let accepted = create(Resource::Webhook, webhook.clone(), &Assumptions::default()).unwrap();
    assert_eq!(accepted.record["method"], "POST");
    let refuse = with_assumption(&|own| own.missing_method = MissingMethod::Refuse);
    assert!(
        create(Resource::Webhook, webhook, &refuse).unwrap_err().message.starts_with("`method`: required")
    );

    let refuse = with_assumption(&|own| own.unknown_field = UnknownField::Refuse);
    for fields in [
        json!({ "colour": "red" }),
        json!({ "id": 7 }),
        json!({ "header": [{ "key": "a", "value": "b", "c": 1 }] }),
    ] {
        let body = with(Resource::Webhook, fields);
        assert_eq!(
            create(Resource::Webhook, body.clone(), &Assumptions::default()).unwrap().ignored.len(),
            1
        );
        assert!(
            create(Resource::Webhook, body, &refuse)
                .unwrap_err()
                .message
                .contains("unknown or read-only field")
        );
    }
    let event = stored(Resource::Event, json!({}));
    let status = json!({ "status": "draft" });
    assert_eq!(change(Resource::Event, &event, status.clone(), &refuse).unwrap().ignored, ["status"]);
    let refuse = with_assumption(&|own| own.status_field = StatusField::Refuse);
    assert_eq!(
        change(Resource::Event, &event, status, &refuse).unwrap_err().message,
        "`status`: cannot be set; leave it out"
    );

    let ignore = with_assumption(&|own| own.event_group_change = EventGroupChange::Ignore);
    let moved = change(Resource::Event, &event, json!({ "event_group": "x" }), &ignore).unwrap();
    assert_eq!(
        (moved.ignored, &moved.record["event_group"]),
        (vec!["event_group".to_owned()], &json!(GROUP))
    );

    let silent = with_assumption(&|own| own.unchanged_update = UnchangedUpdate::Silent);
    let same = json!({ "rsvp": false, "dates": [{ "name": "Opening" }] });
    let unchanged = change(Resource::Event, &event, same.clone(), &silent).unwrap();
    assert_eq!((unchanged.record, unchanged.is_update), (event.clone(), false));
    let mut updated = event.clone();
    updated.insert("date_updated".to_owned(), json!(LATER));
    let at_the_same_time = change(Resource::Event, &updated, same, &Assumptions::default()).unwrap();
    assert_eq!((at_the_same_time.record, at_the_same_time.is_update), (updated, true));
    assert_eq!(
        change(Resource::Event, &event, json!({ "cta": true }), &silent).unwrap().record["date_updated"],
        LATER
    );

    let merge = with_assumption(&|own| own.webhook_lists = WebhookLists::Merge);
    let header = json!([{ "key": "A", "value": "1" }, { "key": "B", "value": "2" }]);
    let webhook = stored(Resource::Webhook, json!({ "header": header }));
    let sent = json!({ "header": [{ "key": "B", "value": "3" }, { "key": "C", "value": "4" }] });
    let merged = change(Resource::Webhook, &webhook, sent.clone(), &merge).unwrap().record;
    let all =
        json!([{ "key": "A", "value": "1" }, { "key": "B", "value": "3" }, { "key": "C", "value": "4" }]);
    assert_eq!(merged["header"], all);
    let replaced = change(Resource::Webhook, &webhook, sent.clone(), &Assumptions::default()).unwrap().record;
    assert_eq!(replaced["header"], sent["header"]);

    let unprocessable = with_assumption(&|own| own.invalid_field_status = InvalidFieldStatus::Unprocessable);
    assert_eq!(create(Resource::Group, json!({}), &unprocessable).unwrap_err().status, 422);
}
