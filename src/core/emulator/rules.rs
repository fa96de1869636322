//! Rules that involve several fields of a record, in addition to the tables. Each says whether it is documented or assumed.

use serde_json::Value;

use super::format::is_dynamic_day;
use super::{ApiError, Record, Resource};

/// Checks a record after a create or change, and sets fields that are derived from others.
pub(super) fn apply(
    resource: Resource,
    record: &mut Record,
    sent: &Record,
    before: Option<&Record>,
) -> Result<(), ApiError> {
    match resource {
        Resource::Webhook => Ok(()),
        Resource::Event => {
            event_has_a_date(record)?;
            recurrence_excludes_several_dates(record)?;
            rsvp_needs_a_form(record)
        }
        Resource::Group => {
            if let Some(before) = before {
                subscription_cannot_change_with_events(record, before)?;
            }
            external_subscription_has_an_address(record)?;
            subscription_to_events_is_public(record);
            Ok(())
        }
        Resource::Style => custom_look_has_a_style_sheet(record),
        Resource::RsvpBlock | Resource::CtaBlock => form_fields(record),
        Resource::Landingpage => second_colour_is_for_gradients(record, sent),
    }
}

/// Removes `new_event_group_name` from the body of a new event; returns the body for creating that group.
///
/// Documented: an event needs `event_group`, or `new_event_group_name` instead of it. Assumed: not both.
pub(super) fn new_group(resource: Resource, sent: &mut Record) -> Result<Option<Record>, ApiError> {
    if resource != Resource::Event {
        return Ok(None);
    }
    let name = sent.shift_remove("new_event_group_name");
    match (sent.get("event_group"), name) {
        (Some(_), None) => Ok(None),
        (None, Some(name)) => Ok(Some(Record::from_iter([("name".to_owned(), name)]))),
        (None, None) => Err(ApiError::field(
            "event_group",
            "required; expected the prokey of a group, or `new_event_group_name` instead",
        )),
        (Some(_), Some(_)) => Err(ApiError::field(
            "new_event_group_name",
            "cannot be combined with `event_group`; send only one of them",
        )),
    }
}

/// Documented: at least one date.
fn event_has_a_date(event: &Record) -> Result<(), ApiError> {
    if dates(event).is_empty() {
        return Err(ApiError::field("dates", "an event needs at least one date"));
    }
    Ok(())
}

/// Documented: a recurring event has only one date.
fn recurrence_excludes_several_dates(event: &Record) -> Result<(), ApiError> {
    // Documented: `simplified_recurrence` decides which of the two is used.
    let used = if is_true(event, "simplified_recurrence") { "recurrence_simple_type" } else { "recurrence" };
    let recurs = event.get(used).is_some_and(|value| !value.is_null());
    if recurs && dates(event).len() > 1 {
        let problem = format!("an event with `{used}` can have only one date");
        return Err(ApiError::field("dates", problem));
    }
    Ok(())
}

/// Documented in the manual: an RSVP form needs a template. Assumed: the API refuses an event without one.
fn rsvp_needs_a_form(event: &Record) -> Result<(), ApiError> {
    if is_true(event, "rsvp") && !is_set(event, "rsvp_block") {
        return Err(ApiError::field(
            "rsvp_block",
            "required if `rsvp` is true; expected the id of an rsvp-block",
        ));
    }
    Ok(())
}

/// Documented: the subscription can be changed only while the group has no events.
fn subscription_cannot_change_with_events(group: &Record, before: &Record) -> Result<(), ApiError> {
    let has_events = before.get("events").and_then(Value::as_array).is_some_and(|events| !events.is_empty());
    if has_events && group.get("subscription") != before.get("subscription") {
        return Err(ApiError::field("subscription", "cannot be changed while the group has events"));
    }
    Ok(())
}

/// Documented: an external calendar needs its address.
fn external_subscription_has_an_address(group: &Record) -> Result<(), ApiError> {
    if is_text(group, "subscription", "external") && !is_set(group, "subscription_cal_url") {
        let problem = "required if `subscription` is `external`; expected the URL of the calendar";
        return Err(ApiError::field("subscription_cal_url", problem));
    }
    Ok(())
}

/// Documented: if people can subscribe to a group's events, its list of events is always public.
fn subscription_to_events_is_public(group: &mut Record) {
    if is_text(group, "subscription", "children") {
        group.insert("public_event_overview".to_owned(), Value::Bool(true));
    }
}

/// Checks that an event can be in its group, after each create or change of an event.
///
/// Documented: events of a group with the subscription `children` must not use RSVP, dynamic dates, date status, organizer or
/// attendee. Assumed: the API refuses them.
pub fn check_event_in_group(event: &Record, group: &Record) -> Result<(), ApiError> {
    const EXCLUDED: [&str; 5] =
        ["status", "organizer_name", "organizer_email", "attendee_name", "attendee_email"];
    if !is_text(group, "subscription", "children") {
        return Ok(());
    }
    let refused = |path: &str, what: &str| {
        let problem = format!("{what} not allowed in a group with the subscription `children`; leave it out");
        Err(ApiError::field(path, problem))
    };
    if is_true(event, "rsvp") {
        return refused("rsvp", "RSVP is");
    }
    for (position, date) in dates(event).iter().enumerate() {
        let text = |name: &str| date.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        for name in ["startDate", "endDate"] {
            if text(name).is_some_and(is_dynamic_day) {
                return refused(&format!("dates.{position}.{name}"), "dynamic dates are");
            }
        }
        if let Some(name) = EXCLUDED.into_iter().find(|name| text(name).is_some()) {
            return refused(&format!("dates.{position}.{name}"), "is");
        }
    }
    Ok(())
}

/// Documented: the look `custom` needs a style sheet.
fn custom_look_has_a_style_sheet(style: &Record) -> Result<(), ApiError> {
    if is_text(style, "buttonStyle", "custom") && !is_set(style, "customCss") {
        let problem = "required if `buttonStyle` is `custom`; expected the URL of a CSS file";
        return Err(ApiError::field("customCss", problem));
    }
    Ok(())
}

/// Documented: which attributes apply to which type, that other attributes are absent, and that only labels have no name.
fn form_fields(template: &mut Record) -> Result<(), ApiError> {
    let Some(Value::Array(fields)) = template.get_mut("fields") else { return Ok(()) };
    for (position, field) in fields.iter_mut().enumerate() {
        let Value::Object(field) = field else { continue };
        let kind = field.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let at = |name: &str| format!("fields.{position}.{name}");
        let has_name = field.get("name").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
        if kind != "label" && !has_name {
            return Err(ApiError::field(&at("name"), format!("required for a field of type `{kind}`")));
        }
        if !matches!(kind.as_str(), "text" | "number" | "radio") {
            field.shift_remove("placeholder");
        }
        let (fits, expected) = match (kind.as_str(), field.get("default")) {
            (_, None) => continue,
            ("checkbox" | "radio", Some(default)) => (default.is_boolean(), "true or false"),
            ("text" | "number" | "hidden", Some(default)) => (default.is_string(), "a string"),
            _ => {
                field.shift_remove("default");
                continue;
            }
        };
        if !fits {
            let problem = format!("expected {expected} for a field of type `{kind}`");
            return Err(ApiError::field(&at("default"), problem));
        }
    }
    Ok(())
}

/// Documented: direction and second colour apply only to the background `gradient`. Assumed: with another background they are
/// refused, and they become null when the background changes.
fn second_colour_is_for_gradients(page: &mut Record, sent: &Record) -> Result<(), ApiError> {
    if is_text(page, "background", "gradient") {
        return Ok(());
    }
    for name in ["gradient_direction", "background_color_2"] {
        if is_set(sent, name) {
            return Err(ApiError::field(name, "allowed only if `background` is `gradient`"));
        }
        page.insert(name.to_owned(), Value::Null);
    }
    Ok(())
}

fn dates(event: &Record) -> &[Value] {
    event.get("dates").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn is_true(record: &Record, name: &str) -> bool {
    record.get(name) == Some(&Value::Bool(true))
}

/// Neither missing nor null.
fn is_set(record: &Record, name: &str) -> bool {
    record.get(name).is_some_and(|value| !value.is_null())
}

fn is_text(record: &Record, name: &str, text: &str) -> bool {
    record.get(name).and_then(Value::as_str) == Some(text)
}
