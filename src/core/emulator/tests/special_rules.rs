//! The rules that involve several fields.

use serde_json::{Value, json};

use super::{GROUP, PROKEY, changed, created, least, object, refusal, refused, stored};
use crate::core::emulator::*;

fn two_dates() -> Value {
    json!([
        { "name": "First", "startDate": "2026-12-24", "location": "Berlin", "endDate": null },
        { "name": "Second", "startDate": "2026-12-25", "timeZone": "Europe/Berlin" }
    ])
}

#[test]
fn an_event_needs_a_group_or_the_name_of_a_new_one() {
    let mut body = object(least(Resource::Event));
    body.shift_remove("event_group");
    let message =
        "`event_group`: required; expected the prokey of a group, or `new_event_group_name` instead";
    assert_eq!(refusal(Resource::Event, Value::Object(body.clone())), message);

    body.insert("new_event_group_name".to_owned(), json!("Summer"));
    let accepted = created(Resource::Event, Value::Object(body)).unwrap();
    assert_eq!(accepted.new_group, Some(object(json!({ "name": "Summer" }))));
    assert_eq!(accepted.record["event_group"], Value::Null);
    assert!(!accepted.record.contains_key("new_event_group_name"));

    let message = "`new_event_group_name`: cannot be combined with `event_group`; send only one of them";
    assert_eq!(refused(Resource::Event, json!({ "new_event_group_name": "Summer" })), message);
    let event = stored(Resource::Event, json!({}));
    for body in [json!({ "event_group": GROUP }), json!({ "new_event_group_name": "Summer" })] {
        assert!(
            changed(Resource::Event, &event, body).unwrap_err().contains("cannot be changed; leave it out")
        );
    }
}

#[test]
fn dates_are_changed_by_position() {
    let event = stored(Resource::Event, json!({ "dates": two_dates() }));
    assert_eq!(read_shape(Resource::Event, &event)["dates"], two_dates(), "only the keys that were sent");
    for (sent, expected) in [
        // The second date; the first gets a field, too.
        (
            json!([{ "name": "First" }, { "location": "Hamburg" }]),
            json!([two_dates()[0], { "name": "Second", "startDate": "2026-12-25", "timeZone": "Europe/Berlin", "location": "Hamburg" }]),
        ),
        // null clears.
        (
            json!([{ "location": null }]),
            json!([{ "name": "First", "startDate": "2026-12-24", "location": null, "endDate": null }, two_dates()[1]]),
        ),
        (json!([{}, {}]), two_dates()),
        (json!([]), two_dates()),
        // Removed.
        (json!([{ "name": null, "startDate": null, "location": null }]), json!([two_dates()[1]])),
        (json!([{}, { "name": null, "startDate": null, "timeZone": null }]), json!([two_dates()[0]])),
        // Appended.
        (
            json!([{}, {}, { "name": "Third", "startDate": "today+4" }]),
            json!([two_dates()[0], two_dates()[1], { "name": "Third", "startDate": "today+4" }]),
        ),
        // Removed and appended: positions count before.
        (
            json!([{ "name": null, "startDate": null, "location": null }, {}, { "name": "Third", "startDate": "today" }]),
            json!([two_dates()[1], { "name": "Third", "startDate": "today" }]),
        ),
    ] {
        let changed = changed(Resource::Event, &event, json!({ "dates": sent })).unwrap();
        assert_eq!(changed["dates"], expected, "{sent}");
    }
}

#[test]
fn dates_that_would_be_incomplete_are_refused() {
    let event = stored(Resource::Event, json!({ "dates": two_dates() }));
    let all = json!({ "name": null, "startDate": null, "location": null, "timeZone": null });
    for (sent, message) in [
        (
            json!([{ "name": null }]),
            "`dates.0.name`: must not be null; expected a string that is not empty or only whitespace",
        ),
        (json!([{}, {}, { "name": "Third" }]), "`dates.2.startDate`: required; expected a date such as"),
        (json!([{}, {}, { "name": null, "startDate": null }]), "`dates.2.name`: must not be null"),
        (json!([all, all]), "`dates`: an event needs at least one date"),
        (
            json!([{ "startDate": "24.12.2026" }]),
            "`dates.0.startDate`: invalid value `24.12.2026`; expected a date such as",
        ),
        (json!(["x"]), "`dates.0`: expected an object"),
        (json!({ "name": "x" }), "`dates`: expected a list"),
        (Value::Null, "`dates`: expected a list"),
    ] {
        let error = changed(Resource::Event, &event, json!({ "dates": sent })).unwrap_err();
        assert!(error.starts_with(message), "{sent}: {error}");
    }
    assert_eq!(refused(Resource::Event, json!({ "dates": [] })), "`dates`: an event needs at least one date");
}

#[test]
fn an_event_recurs_or_has_several_dates() {
    for fields in [
        json!({ "recurrence": "RRULE:FREQ=DAILY" }),
        json!({ "recurrence_simple_type": "daily", "simplified_recurrence": true }),
    ] {
        let recurring = stored(Resource::Event, fields.clone());
        let mut body = fields;
        body["dates"] = two_dates();
        assert!(refused(Resource::Event, body).contains("can have only one date"));
        let second = json!({ "dates": [{}, { "name": "Second", "startDate": "2026-12-25" }] });
        let error = changed(Resource::Event, &recurring, second).unwrap_err();
        assert!(error.starts_with("`dates`: an event with `recurrence"), "{error}");
    }
    // Set, but not used.
    let unused = json!({ "recurrence_simple_type": "daily", "dates": two_dates() });
    assert_eq!(stored(Resource::Event, unused)["recurrence_simple_type"], "daily");
}

#[test]
fn an_event_with_rsvp_has_a_form() {
    let message = "`rsvp_block`: required if `rsvp` is true; expected the id of an rsvp-block";
    assert_eq!(refused(Resource::Event, json!({ "rsvp": true })), message);
    let event = stored(Resource::Event, json!({ "rsvp": true, "rsvp_block": "34" }));
    assert_eq!(event["rsvp_block"], 34);
    assert_eq!(changed(Resource::Event, &event, json!({ "rsvp_block": null })), Err(message.to_owned()));
    let ordinary = changed(Resource::Event, &event, json!({ "rsvp": false, "rsvp_block": null })).unwrap();
    assert_eq!(ordinary["rsvp_block"], Value::Null);
}

#[test]
fn the_subscription_of_a_group_changes_only_while_it_has_no_events() {
    let mut group = stored(Resource::Group, json!({ "subscription": "no" }));
    let external =
        json!({ "subscription": "external", "subscription_cal_url": "https://cal.example.com/a.ics" });
    assert_eq!(changed(Resource::Group, &group, external.clone()).unwrap()["subscription"], "external");
    group.insert("events".to_owned(), json!([PROKEY]));
    let message = "`subscription`: cannot be changed while the group has events";
    assert_eq!(changed(Resource::Group, &group, external), Err(message.to_owned()));
    assert!(changed(Resource::Group, &group, json!({ "subscription": "no", "name": "Winter" })).is_ok());

    let message =
        "`subscription_cal_url`: required if `subscription` is `external`; expected the URL of the calendar";
    assert_eq!(refused(Resource::Group, json!({ "subscription": "external" })), message);
    let message = "`subscription_cal_url`: invalid URL; expected a URL that begins with `https://` or \
                   `http://`, or null";
    assert_eq!(refused(Resource::Group, json!({ "subscription_cal_url": "webcal://a" })), message);
    let children =
        stored(Resource::Group, json!({ "subscription": "children", "public_event_overview": false }));
    assert_eq!(children["public_event_overview"], true);
}

#[test]
fn events_of_a_subscription_have_no_details_that_it_cannot_show() {
    let plain = stored(Resource::Group, json!({}));
    let children = stored(Resource::Group, json!({ "subscription": "children" }));
    let date = |name: &str, value: &str| {
        let mut date = json!({ "name": "Opening", "startDate": "2026-12-24" });
        date[name] = value.into();
        json!({ "dates": [date] })
    };
    for (fields, path) in [
        (json!({ "rsvp": true, "rsvp_block": 34 }), "rsvp"),
        (date("startDate", "today+4"), "dates.0.startDate"),
        (date("endDate", "today+4"), "dates.0.endDate"),
        (date("status", "CONFIRMED"), "dates.0.status"),
        (date("organizer_name", "Jane"), "dates.0.organizer_name"),
        (date("organizer_email", "jane.doe@example.com"), "dates.0.organizer_email"),
        (date("attendee_name", "Jane"), "dates.0.attendee_name"),
        (date("attendee_email", "jane.doe@example.com"), "dates.0.attendee_email"),
    ] {
        let event = stored(Resource::Event, fields);
        assert_eq!(check_event_in_group(&event, &plain), Ok(()));
        let message = check_event_in_group(&event, &children).unwrap_err().message;
        assert!(message.starts_with(&format!("`{path}`: ")) && message.contains("not allowed"), "{message}");
    }
    assert_eq!(check_event_in_group(&stored(Resource::Event, json!({})), &children), Ok(()));
    let empty = stored(Resource::Event, date("organizer_name", ""));
    assert_eq!(check_event_in_group(&empty, &children), Ok(()));
}

#[test]
fn a_custom_look_has_a_style_sheet() {
    let message = "`customCss`: required if `buttonStyle` is `custom`; expected the URL of a CSS file";
    assert_eq!(refused(Resource::Style, json!({ "buttonStyle": "custom" })), message);
    let custom = json!({ "buttonStyle": "custom", "customCss": "https://www.example.com/a.css" });
    let style = stored(Resource::Style, custom);
    assert_eq!(changed(Resource::Style, &style, json!({ "customCss": null })), Err(message.to_owned()));
}

#[test]
fn only_gradients_have_a_direction_and_a_second_colour() {
    let message = "`background_color_2`: allowed only if `background` is `gradient`";
    assert_eq!(refused(Resource::Landingpage, json!({ "background_color_2": "#ffffff" })), message);
    let gradient = json!({ "background": "gradient", "gradient_direction": "linear-br", "background_color_2": "#e4f2ea" });
    let page = stored(Resource::Landingpage, gradient);
    assert_eq!(page["gradient_direction"], "linear-br");
    let solid = changed(Resource::Landingpage, &page, json!({ "background": "solid" })).unwrap();
    assert_eq!([&solid["gradient_direction"], &solid["background_color_2"]], [&Value::Null, &Value::Null]);
    let error =
        changed(Resource::Landingpage, &solid, json!({ "gradient_direction": "radial" })).unwrap_err();
    assert_eq!(error, "`gradient_direction`: allowed only if `background` is `gradient`");
}

#[test]
fn form_fields_hold_only_the_attributes_that_apply() {
    for resource in [Resource::RsvpBlock, Resource::CtaBlock] {
        let field = |field: Value| stored(resource, json!({ "fields": [field] }))["fields"][0].clone();
        let hidden = json!({ "type": "hidden", "name": "a", "placeholder": "x", "default": "y" });
        assert_eq!(
            field(hidden),
            json!({ "type": "hidden", "name": "a", "label": "", "required": false, "default": "y" })
        );
        let label = json!({ "type": "label", "label": "Food", "default": "x", "placeholder": "y" });
        assert_eq!(field(label), json!({ "type": "label", "label": "Food", "required": false }));
        let radio = json!({ "type": "radio", "name": "a", "label": "b", "required": true, "placeholder": "c", "default": true });
        assert_eq!(field(radio.clone()), radio);

        for (field, message) in [
            (
                json!({ "name": "a" }),
                "`fields.0.type`: required; expected `text`, `number`, `checkbox`, `radio`, `label` or `hidden`",
            ),
            (json!({ "type": "text" }), "`fields.0.name`: required for a field of type `text`"),
            (
                json!({ "type": "checkbox", "name": "a", "default": "true" }),
                "`fields.0.default`: expected true or false for a field of type `checkbox`",
            ),
            (
                json!({ "type": "number", "name": "a", "default": true }),
                "`fields.0.default`: expected a string for a field of type `number`",
            ),
            (
                json!({ "type": "date", "name": "a" }),
                "`fields.0.type`: invalid value `date`; expected `text`, `number`, `checkbox`, `radio`, `label` or `hidden`",
            ),
        ] {
            assert_eq!(refused(resource, json!({ "fields": [field] })), message);
        }
        // The list is one value: a sent one replaces it as a whole.
        let template = stored(resource, json!({ "fields": [radio, { "type": "text", "name": "b" }] }));
        let one =
            changed(resource, &template, json!({ "fields": [{ "type": "text", "name": "c" }] })).unwrap();
        assert_eq!(one["fields"].as_array().map(Vec::len), Some(1));
        assert_eq!(changed(resource, &template, json!({ "fields": null })).unwrap()["fields"], json!([]));
    }
}

#[test]
fn each_reference_has_the_target_that_its_field_implies() {
    let event = stored(Resource::Event, json!({ "layout": 21, "rsvp_block": "34", "cta_block": null }));
    let found = references(Resource::Event, &event);
    let found: Vec<_> = found.iter().map(|own| (own.field, own.target, own.key.as_str())).collect();
    let to = ReferenceTarget::Resource;
    assert_eq!(
        found,
        [
            ("rsvp_block", to(Resource::RsvpBlock), "34"),
            ("layout", to(Resource::Style), "21"),
            ("event_group", to(Resource::Group), GROUP)
        ]
    );
    let block = stored(Resource::RsvpBlock, json!({ "email_rsvp_thank_you": 33 }));
    let target = ReferenceTarget::EmailTemplate("rsvp_thank_you");
    assert_eq!(
        references(Resource::RsvpBlock, &block),
        [Reference { field: "email_rsvp_thank_you", target, key: "33".to_owned() }]
    );
    let page = stored(Resource::Landingpage, json!({ "custom_domain": 12 }));
    assert_eq!(references(Resource::Landingpage, &page)[0].target, ReferenceTarget::CustomDomain);
}

#[test]
fn a_deleted_template_is_dropped_with_the_fields_that_require_it() {
    let mut event = stored(
        Resource::Event,
        json!({ "layout": 21, "rsvp": true, "rsvp_block": 34, "cta": true, "cta_block": 34, "landingpage": 67 }),
    );
    assert!(!drop_reference(Resource::Event, &mut event, Resource::RsvpBlock, "33"));
    assert!(drop_reference(Resource::Event, &mut event, Resource::RsvpBlock, "34"));
    assert_eq!(
        [&event["rsvp"], &event["rsvp_block"], &event["cta_block"]],
        [&json!(false), &json!(null), &json!(34)]
    );
    assert!(drop_reference(Resource::Event, &mut event, Resource::CtaBlock, "34"));
    assert_eq!([&event["cta"], &event["cta_block"]], [&json!(false), &json!(null)]);
    assert!(drop_reference(Resource::Event, &mut event, Resource::Style, "21"));
    assert!(drop_reference(Resource::Event, &mut event, Resource::Landingpage, "67"));
    assert_eq!(references(Resource::Event, &event).len(), 1);
}
