//! The initial state of an emulated account: an object with a list for each resource, in the shapes that the API returns.

mod answer;
mod error;
mod members;
mod sample;
mod settings;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use self::error::{error, in_element};
use self::members::{ANSWERS, CREDITS, CUSTOM_DOMAINS, EMAIL_TEMPLATES, list};
use super::sign_up::SignUp;
use super::{
    ApiError, Assumptions, Identity, Origin, Record, ReferenceTarget, Resource, check_event_in_group, create,
    references,
};
use crate::core::json;
use crate::core::text::{Source, nearest, one_line};

pub use error::SeedError;
pub use settings::{CustomDomain, CustomDomains, EmailTemplate, Settings};

/// A valid seed. Missing ids, prokeys and times of creation are generated for each account.
#[derive(Debug, Clone, Default)]
pub struct Seed {
    pub elements: Vec<SeedElement>,
    /// `id` and `date_created` are null if they are generated.
    pub sign_ups: Vec<SignUp>,
    pub settings: Settings,
    /// The number of credits spent.
    pub credits: u64,
}

#[derive(Debug, Clone)]
pub struct SeedElement {
    pub resource: Resource,
    pub id: Option<u64>,
    /// For events and groups.
    pub prokey: Option<String>,
    /// `date_created` is null if it is generated.
    pub record: Record,
}

/// The elements, by the key that references use.
type ByKey<'a> = HashMap<(Resource, String), &'a SeedElement>;

impl SeedElement {
    /// The prokey of an event or group, or the id of another element.
    fn key(&self) -> Option<(Resource, String)> {
        let key = if self.resource.is_addressed_by_prokey() {
            self.prokey.clone()
        } else {
            Some(self.id?.to_string())
        };
        Some((self.resource, key?))
    }
}

impl Seed {
    /// Parses and checks a seed.
    pub fn parse(text: &str) -> Result<Self, SeedError> {
        let document = json::check(text).map_err(|wrong| {
            let position = Source::new("seed", text).position(wrong.span.start);
            error(format!("line {}, column {}", position.line, position.column), wrong.message)
        })?;
        if let Some(key) = document.duplicate_keys().first() {
            let position = Source::new("seed", text).position(key.start);
            let place = format!("line {}, column {}", position.line, position.column);
            return Err(error(place, format!("duplicate key {}", one_line(&text[key.clone()]))));
        }
        let value = serde_json::from_str(text).map_err(|wrong| error("$", wrong.to_string()))?;
        Self::of(value)
    }

    /// Checks a seed.
    pub fn of(value: Value) -> Result<Self, SeedError> {
        let Value::Object(mut lists) = value else { return Err(error("$", "expected an object")) };
        let mut seed = Self { settings: settings::read(&mut lists)?, ..Self::default() };
        for resource in Resource::ALL {
            let path = format!("$.{}", resource.path());
            for (index, value) in list(&mut lists, resource.path())?.into_iter().enumerate() {
                seed.elements.push(element(resource, value, &format!("{path}[{index}]"))?);
            }
        }
        for (index, value) in list(&mut lists, ANSWERS)?.into_iter().enumerate() {
            seed.sign_ups.push(answer::sign_up(value, &format!("$.{ANSWERS}[{index}]"))?);
        }
        if let Some(credits) = lists.shift_remove(CREDITS) {
            let path = format!("$.{CREDITS}");
            seed.credits = credits.as_u64().ok_or_else(|| error(path, "expected a whole number"))?;
        }
        if let Some(key) = lists.keys().next() {
            return Err(unknown_member(key));
        }
        seed.check_identities()?;
        seed.check_references()?;
        Ok(seed)
    }

    /// No two elements may have the same id or prokey.
    fn check_identities(&self) -> Result<(), SeedError> {
        let (mut ids, mut prokeys, mut answers) = (HashSet::new(), HashSet::new(), HashSet::new());
        for (own, path) in self.paths() {
            if own.id.is_some_and(|id| !ids.insert((own.resource, id))) {
                return Err(error(format!("{path}.id"), "another element has this id"));
            }
            if own.prokey.as_ref().is_some_and(|prokey| !prokeys.insert(prokey)) {
                return Err(error(format!("{path}.prokey"), "another event or group has this prokey"));
            }
        }
        for (index, own) in self.sign_ups.iter().enumerate() {
            if !own.id().is_empty() && !answers.insert(own.id()) {
                return Err(error(format!("$.{ANSWERS}[{index}].id"), "another answer has this id"));
            }
        }
        Ok(())
    }

    /// Everything that fields refer to must be in the seed.
    fn check_references(&self) -> Result<(), SeedError> {
        let by_key: ByKey<'_> = self.elements.iter().filter_map(|own| Some((own.key()?, own))).collect();
        for (own, path) in self.paths() {
            for reference in references(own.resource, &own.record) {
                if !self.has(&by_key, reference.target, &reference.key) {
                    let problem = format!("the seed does not contain `{}`", one_line(&reference.key));
                    return Err(error(format!("{path}.{}", reference.field), problem));
                }
            }
            let group = own.record.get("event_group").and_then(Value::as_str);
            let group = group.filter(|_| own.resource == Resource::Event);
            if let Some(group) = group.and_then(|prokey| by_key.get(&(Resource::Group, prokey.to_owned()))) {
                check_event_in_group(&own.record, &group.record)
                    .map_err(|refused| in_element(&path, &refused))?;
            }
        }
        for (index, own) in self.sign_ups.iter().enumerate() {
            if !by_key.contains_key(&(Resource::Event, own.prokey().to_owned())) {
                let problem = format!("the seed does not contain the event `{}`", one_line(own.prokey()));
                return Err(error(format!("$.{ANSWERS}[{index}].prokey"), problem));
            }
        }
        Ok(())
    }

    fn has(&self, by_key: &ByKey<'_>, target: ReferenceTarget, key: &str) -> bool {
        match target {
            ReferenceTarget::Resource(resource) => by_key.contains_key(&(resource, key.to_owned())),
            ReferenceTarget::EmailTemplate(kind) => self.settings.has_email_template(kind, key),
            ReferenceTarget::CustomDomain => self.settings.has_custom_domain(key),
        }
    }

    /// The elements with their paths.
    fn paths(&self) -> impl Iterator<Item = (&SeedElement, String)> {
        let mut last = (None, 0);
        self.elements.iter().map(move |own| {
            last = if last.0 == Some(own.resource) { (last.0, last.1 + 1) } else { (Some(own.resource), 0) };
            (own, format!("$.{}[{}]", own.resource.path(), last.1))
        })
    }
}

fn unknown_member(key: &str) -> SeedError {
    let others = [EMAIL_TEMPLATES, ANSWERS, CUSTOM_DOMAINS, CREDITS];
    let known = Resource::ALL.into_iter().map(Resource::path).chain(others);
    let near = nearest(key, known).map(|near| format!("; did you mean `{near}`?"));
    error(format!("$.{}", one_line(key)), format!("unknown list{}", near.unwrap_or_default()))
}

fn element(resource: Resource, value: Value, path: &str) -> Result<SeedElement, SeedError> {
    let Value::Object(mut body) = value else { return Err(error(path, "expected an object")) };
    let id = match body.get("id") {
        None => None,
        Some(value) => {
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            let number = number.filter(|number| (1..=1 << 53).contains(number));
            Some(number.ok_or_else(|| error(format!("{path}.id"), "expected a whole number above 0"))?)
        }
    };
    let prokey = match body.get("prokey").filter(|_| resource.is_addressed_by_prokey()) {
        None => None,
        Some(Value::String(prokey)) if is_prokey(prokey) => Some(prokey.clone()),
        Some(_) => return Err(error(format!("{path}.prokey"), "expected a prokey, such as a UUID")),
    };
    if resource == Resource::Group {
        // It is derived from the events.
        body.shift_remove("events");
    }
    let has_time = body.get("date_created").is_some_and(|time| !time.is_null());
    let identity = Identity { id: id.unwrap_or_default(), prokey: prokey.clone() };
    let accepted = create(Origin::Seed, resource, &body, &identity, "", &Assumptions::default())
        .map_err(|refused| in_element(path, &refused))?;
    if let Some(field) = accepted.ignored.first() {
        return Err(in_element(path, &ApiError::field(field, "unknown field")));
    }
    if accepted.new_group.is_some() {
        let problem = "not allowed in a seed; add the group to the seed and use `event_group`";
        return Err(error(format!("{path}.new_event_group_name"), problem));
    }
    let mut record = accepted.record;
    if !has_time {
        record.insert("date_created".to_owned(), Value::Null);
    }
    Ok(SeedElement { resource, id, prokey, record })
}

/// Whether a text can be a prokey in a path.
fn is_prokey(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=100).contains(&text.len()) && text.bytes().all(is_plain) && !matches!(text, "all" | "latest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_json_path_and_the_problem() {
        let style = r#"{"id":1,"name":"a","options":["apple"]}"#;
        let date = r#"[{"name":"n","startDate":"2026-01-01"}]"#;
        let group = r#""group":[{"prokey":"g","name":"G"}]"#;
        for (seed, expected) in [
            ("[]".to_owned(), "`$`: expected an object"),
            ("{\n  \"event\": x}".to_owned(), "`line 2, column 12`: expected a value"),
            (r#"{"style":[],"style":[]}"#.to_owned(), "`line 1, column 13`: duplicate key \"style\""),
            (r#"{"stile":[]}"#.to_owned(), "`$.stile`: unknown list; did you mean `style`?"),
            (r#"{"style":{}}"#.to_owned(), "`$.style`: expected a list"),
            (r#"{"style":[1]}"#.to_owned(), "`$.style[0]`: expected an object"),
            (format!(r#"{{"style":[{style},{style}]}}"#), "`$.style[1].id`: another element has this id"),
            (
                r#"{"style":[{"id":0,"name":"a"}]}"#.to_owned(),
                "`$.style[0].id`: expected a whole number above 0",
            ),
            (
                format!(r#"{{{group},"event":[{{"event_group":"x","dates":{date}}}]}}"#),
                "`$.event[0].event_group`: the seed does not contain `x`",
            ),
            (
                format!(r#"{{{group},"event":[{{"event_group":"g","dates":{date},"layout":7}}]}}"#),
                "`$.event[0].layout`: the seed does not contain `7`",
            ),
            (
                format!(r#"{{{group},"event":[{{"event_group":"g","dates":{date},"color":7}}]}}"#),
                "`$.event[0].color`: unknown field",
            ),
            (
                r#"{"group":[{"prokey":"all","name":"G"}]}"#.to_owned(),
                "`$.group[0].prokey`: expected a prokey, such as a UUID",
            ),
            (
                format!(r#"{{{group},"rsvp-answers":[{{"email":"a@b.example","prokey":"g"}}]}}"#),
                "`$.rsvp-answers[0].prokey`: the seed does not contain the event `g`",
            ),
            (
                r#"{"rsvp-answers":[{"status":"maybe"}]}"#.to_owned(),
                "`$.rsvp-answers[0].status`: expected `confirmed`, `undecided` or `declined`",
            ),
            (
                r#"{"email-template":[{"id":1,"name":"a","type":"doi"}]}"#.to_owned(),
                "`$.email-template[0].type`: unknown type `doi`",
            ),
        ] {
            assert_eq!(Seed::parse(&seed).unwrap_err().to_string(), expected, "{seed}");
        }
        let seed = format!(r#"{{{group},"event":[{{"event_group":"g","dates":[{{"name":"n"}}]}}]}}"#);
        assert_eq!(Seed::parse(&seed).unwrap_err().path, "$.event[0].dates[0].startDate");
    }
}
