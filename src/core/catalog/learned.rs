//! Fields that the catalog does not know, but elements of the account have: their names and types, kept in a file beside the
//! definitions.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::core::diagnostic::Diagnostic;
use crate::core::json::{self, Kind};
use crate::core::model::TriggerElement;
use crate::core::text::{Source, Span, list, nearest, one_line};

use super::lookup::{find, is_same_field, may_have};
use super::suggest::{Suggestion, suggest_with};
use super::variable::VariableType;

/// The name of the file beside the definitions.
pub const FIELDS_FILE: &str = "webhooks.fields.json";

const VERSION: u64 = 1;

/// The fields of the file, by trigger element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LearnedFields {
    by_element: BTreeMap<&'static str, BTreeMap<String, LearnedType>>,
}

/// The type of the values that a field had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LearnedType {
    /// None if it was always null.
    kind: Option<LearnedKind>,
    pub is_nullable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LearnedKind {
    String,
    Integer,
    Number,
    Boolean,
    Object,
    List,
    Any,
}

impl LearnedKind {
    const ALL: [Self; 7] =
        [Self::String, Self::Integer, Self::Number, Self::Boolean, Self::Object, Self::List, Self::Any];

    fn as_str(self) -> &'static str {
        match self {
            Self::String => VariableType::String.as_str(),
            Self::Integer => VariableType::Integer.as_str(),
            Self::Number => "number",
            Self::Boolean => VariableType::Boolean.as_str(),
            Self::Object => VariableType::Object.as_str(),
            Self::List => VariableType::List.as_str(),
            Self::Any => VariableType::Any.as_str(),
        }
    }
}

impl LearnedType {
    fn of(value: &Value) -> Self {
        let kind = match value {
            Value::Null => return Self { kind: None, is_nullable: true },
            Value::Bool(_) => LearnedKind::Boolean,
            Value::Number(number) if number.is_f64() => LearnedKind::Number,
            Value::Number(_) => LearnedKind::Integer,
            Value::String(_) => LearnedKind::String,
            Value::Array(_) => LearnedKind::List,
            Value::Object(_) => LearnedKind::Object,
        };
        Self { kind: Some(kind), is_nullable: false }
    }

    /// The type of values of both types.
    fn and(self, other: Self) -> Self {
        use LearnedKind::{Any, Integer, Number};
        let kind = match (self.kind, other.kind) {
            (None, kind) | (kind, None) => kind,
            (Some(one), Some(other)) if one == other => Some(one),
            (Some(Integer), Some(Number)) | (Some(Number), Some(Integer)) => Some(Number),
            _ => Some(Any),
        };
        Self { kind, is_nullable: self.is_nullable || other.is_nullable }
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "null" {
            return Some(Self { kind: None, is_nullable: true });
        }
        let (kind, is_nullable) = text.strip_suffix(" or null").map_or((text, false), |kind| (kind, true));
        let kind = LearnedKind::ALL.into_iter().find(|own| own.as_str() == kind)?;
        Some(Self { kind: Some(kind), is_nullable })
    }

    /// The type without null.
    pub fn as_str(self) -> &'static str {
        self.kind.map_or(VariableType::Any.as_str(), LearnedKind::as_str)
    }

    /// Whether it may contain fields; their names are not kept.
    fn is_container(self) -> bool {
        matches!(self.kind, None | Some(LearnedKind::Object | LearnedKind::List | LearnedKind::Any))
    }
}

impl fmt::Display for LearnedType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.is_nullable) {
            (None, _) => f.write_str("null"),
            (Some(kind), false) => f.write_str(kind.as_str()),
            (Some(kind), true) => write!(f, "{} or null", kind.as_str()),
        }
    }
}

impl Serialize for LearnedType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The fields of a delivered element that the catalog does not know, with position 0 for all items of a list. What is below an
/// unknown field, or in a container whose fields differ from element to element, is left out.
pub fn unknown_fields(element: TriggerElement, delivered: &Value) -> Vec<(String, LearnedType)> {
    let mut found: Vec<(String, LearnedType)> = Vec::new();
    collect_unknown(element, delivered, "", &mut |name, value| {
        let own = LearnedType::of(value);
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = known.and(own),
            None => found.push((name, own)),
        }
    });
    found
}

fn collect_unknown(
    element: TriggerElement,
    value: &Value,
    path: &str,
    found: &mut impl FnMut(String, &Value),
) {
    let below = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = below(name);
                match find(element, &path).filter(|_| !name.contains('.')) {
                    Some(known) if known.open => {}
                    Some(_) => collect_unknown(element, value, &path, found),
                    None => found(path, value),
                }
            }
        }
        Value::Array(items) if find(element, &below("0")).is_some() => {
            for item in items {
                collect_unknown(element, item, &below("0"), found);
            }
        }
        _ => {}
    }
}

/// Whether every step of a path can be written between braces.
pub fn is_usable(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    name.split('.').all(|step| !step.is_empty() && step.chars().all(is_plain))
}

impl LearnedFields {
    /// Adds the unknown fields of an element; returns whether anything changed. A field whose name cannot be written between braces is
    /// left out.
    pub fn learn(&mut self, element: TriggerElement, unknown: &[(String, LearnedType)]) -> bool {
        let before = self.clone();
        for (name, kind) in unknown.iter().filter(|(name, _)| is_usable(name)) {
            let fields = self.by_element.entry(element.as_str()).or_default();
            let known = fields.get(name).copied();
            fields.insert(name.clone(), known.map_or(*kind, |known| known.and(*kind)));
        }
        *self != before
    }

    /// The fields of an element that the catalog does not know, in alphabetical order.
    pub fn fields(&self, element: TriggerElement) -> impl Iterator<Item = (&str, LearnedType)> {
        let fields = self.by_element.get(element.as_str()).into_iter().flatten();
        let fields = fields.map(|(name, kind)| (name.as_str(), *kind));
        fields.filter(move |(name, _)| find(element, name).is_none())
    }

    /// The learned field with this name, for any list position.
    pub fn get(&self, element: TriggerElement, name: &str) -> Option<LearnedType> {
        self.fields(element).find(|(own, _)| is_same_field(own, name)).map(|(_, kind)| kind)
    }

    /// Whether an element may have a variable of this name: the catalog knows it, or it is learned, or below a learned container.
    pub fn may_have(&self, element: TriggerElement, name: &str) -> bool {
        let is_below = || {
            name.match_indices('.')
                .any(|(dot, _)| self.get(element, &name[..dot]).is_some_and(LearnedType::is_container))
        };
        may_have(element, name) || self.get(element, name).is_some() || is_below()
    }

    /// The known or learned name that was probably meant.
    pub fn suggest(&self, element: TriggerElement, name: &str) -> Option<Suggestion> {
        suggest_with(element, name, self.fields(element).map(|(name, _)| name))
    }

    /// The file: sorted, with a field on each line, so that versions can be merged.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct File<'a> {
            version: u64,
            fields: &'a BTreeMap<&'static str, BTreeMap<String, LearnedType>>,
        }
        let file = File { version: VERSION, fields: &self.by_element };
        // Maps of text cannot fail to serialise.
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// Reads the file.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Diagnostic> {
        let document =
            json::check(source.text()).map_err(|error| with_recovery(error.into_diagnostic(source)))?;
        let root = document.root(source.text());
        let at = |span: Span, message: String| {
            with_recovery(Diagnostic::error("fields-file", message).at(source, span))
        };
        let object = |value: json::Value<'_>, what: &str| match value.kind() {
            Kind::Object => Ok(()),
            kind => {
                Err(at(value.span(), format!("expected an object {what}, found {}", kind.with_article())))
            }
        };
        object(root, "with `version` and `fields`")?;
        let version = root.get("version").map(json::Value::raw);
        if version != Some(VERSION.to_string().as_str()) {
            let place =
                root.get("version").map_or(root.span().start..root.span().start + 1, json::Value::span);
            let message = version.map_or("`version` is missing".to_owned(), |own| {
                format!("unsupported version {}", one_line(own))
            });
            return Err(at(place, message).help("a newer hooks may have written it: update hooks"));
        }
        let mut learned = Self::default();
        for (key, elements) in root.members().filter(|(key, _)| key != "version") {
            if key != "fields" {
                return Err(at(elements.span(), format!("unknown key `{}`", one_line(&key))));
            }
            object(elements, "of trigger elements")?;
            for (name, fields) in elements.members() {
                let element = TriggerElement::parse(&name).ok_or_else(|| {
                    let message = format!("unknown trigger element `{}`", one_line(&name));
                    at(fields.span(), message)
                        .maybe_help(near(&name, TriggerElement::ALL.map(TriggerElement::as_str)))
                })?;
                object(fields, "of fields and their types")?;
                for (name, kind) in fields.members() {
                    if !is_usable(&name) {
                        return Err(at(kind.span(), format!("invalid field name: `{}`", one_line(&name))));
                    }
                    let text = kind.as_text().unwrap_or_default();
                    let kind = LearnedType::parse(&text).ok_or_else(|| {
                        let names = LearnedKind::ALL.map(LearnedKind::as_str);
                        let expected =
                            format!("expected {}, optionally followed by ` or null`", list(&names, "or"));
                        at(kind.span(), format!("invalid type of `{}`: {expected}", one_line(&name)))
                    })?;
                    // Merging two versions of the file may repeat a field.
                    learned.learn(element, &[(name.into_owned(), kind)]);
                }
            }
        }
        Ok(learned)
    }
}

fn with_recovery(finding: Diagnostic) -> Diagnostic {
    finding.help(format!(
        "correct it, or delete `{FIELDS_FILE}` and run `hooks vars ELEMENT --id ID` to write it again"
    ))
}

fn near<const N: usize>(name: &str, names: [&'static str; N]) -> Option<String> {
    nearest(name, names).map(|near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use crate::core::catalog::sample;
    use crate::core::model::Trigger;

    use super::*;

    fn parse(text: &str) -> Result<LearnedFields, Diagnostic> {
        LearnedFields::parse(&Arc::new(Source::new(FIELDS_FILE, text)))
    }

    fn learned(element: TriggerElement, delivered: &Value) -> LearnedFields {
        let mut fields = LearnedFields::default();
        fields.learn(element, &unknown_fields(element, delivered));
        fields
    }

    fn event() -> Value {
        json!({
            "dates": [{"name": "a", "room": "A"}, {"room": null, "floor": 3}], "prokey": "p", "reminder": {"days": 3},
            "rate": 2.5, "odd name": 1, "a.b": 1, "id": 7,
        })
    }

    #[test]
    fn only_names_and_types_of_unknown_fields_are_learned() {
        let fields = learned(TriggerElement::Event, &event());
        let found: Vec<String> =
            fields.fields(TriggerElement::Event).map(|(name, kind)| format!("{name}: {kind}")).collect();
        assert_eq!(
            found,
            [
                "a.b: integer",
                "dates.0.floor: integer",
                "dates.0.room: string or null",
                "rate: number",
                "reminder: object"
            ]
        );
        for element in TriggerElement::ALL {
            let sample: Value = serde_json::from_str(&sample(element, Trigger::Update)).unwrap();
            assert_eq!(unknown_fields(element, &sample), [], "{element}");
        }
        let answer = json!({"payload": {"diet": "vegan"}, "waitlist": null});
        assert_eq!(unknown_fields(TriggerElement::RsvpAnswer, &answer).len(), 1, "forms differ");
    }

    #[test]
    fn learned_fields_are_known_at_any_position_with_what_is_below_them() {
        let fields = learned(TriggerElement::Event, &event());
        for known in ["rate", "dates.7.room", "reminder.days", "reminder.x.y", "prokey", "dates.0.name"] {
            assert!(fields.may_have(TriggerElement::Event, known), "{known}");
        }
        for unknown in ["rates", "rate.x", "dates.0.x", "dates.0.room.x"] {
            assert!(!fields.may_have(TriggerElement::Event, unknown), "{unknown}");
        }
        assert!(!fields.may_have(TriggerElement::Style, "rate"));
        assert_eq!(fields.suggest(TriggerElement::Event, "rat").unwrap().name, "rate");
        assert_eq!(fields.suggest(TriggerElement::Event, "room").unwrap().name, "dates.0.room");
    }

    #[test]
    fn types_of_several_values_are_combined() {
        for (values, expected) in [
            (json!([1, null]), "integer or null"),
            (json!([null]), "null"),
            (json!([null, "a"]), "string or null"),
            (json!([1, 2.5]), "number"),
            (json!([1, "a"]), "any"),
            (json!([[], {}, null]), "any or null"),
        ] {
            let kinds = values.as_array().unwrap().iter().map(LearnedType::of);
            let kind = kinds.reduce(LearnedType::and).unwrap();
            assert_eq!(kind.to_string(), expected);
            assert_eq!(LearnedType::parse(expected), Some(kind));
        }
    }

    #[test]
    fn an_invalid_file_is_an_error_with_a_position() {
        for (text, line, message) in [
            ("{\n  \"version\": 1,\n}", 2, "comma"),
            ("[]", 1, "expected an object"),
            ("{}", 1, "`version` is missing"),
            ("{\n\"version\": 2}", 2, "unsupported version 2"),
            ("{\"version\": 1,\n\"field\": {}}", 2, "unknown key `field`"),
            ("{\"version\": 1, \"fields\": {\n\"events\": {}}}", 2, "unknown trigger element `events`"),
            ("{\"version\": 1, \"fields\": {\"event\":\n[]}}", 2, "expected an object of fields"),
            ("{\"version\": 1, \"fields\": {\"event\": {\n\"a\": \"text\"}}}", 2, "invalid type of `a`"),
            ("{\"version\": 1, \"fields\": {\"event\": {\n\"a b\": \"string\"}}}", 2, "invalid field name"),
            ("{\"version\": 1, \"fields\": {\"event\": {\n<<<<<<< ours\n\"a\": \"string\"}}}", 3, ""),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(message), "{text}: {}", error.message);
            let place = error.primary.as_ref().unwrap().start();
            assert!(place.line == line || message.is_empty(), "{text}: {place:?}");
            assert!(
                error.helps.iter().any(|help| help.contains("hooks vars ELEMENT --id ID")),
                "{:?}",
                error.helps
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_merging_repeats_nothing(
            names in proptest::collection::vec(("[a-z_]{1,9}(\\.[a-z_]{1,9})?", 0..5_usize), 0..9),
        ) {
            let values = [json!(null), json!("a"), json!(1), json!(1.5), json!({})];
            let mut fields = LearnedFields::default();
            for (name, value) in &names {
                fields.learn(TriggerElement::Style, &[(name.clone(), LearnedType::of(&values[*value]))]);
            }
            let text = fields.to_json();
            prop_assert_eq!(parse(&text), Ok(fields.clone()));
            let mut again = fields.clone();
            let known: Vec<_> = fields.fields(TriggerElement::Style).map(|(name, kind)| (name.to_owned(), kind)).collect();
            prop_assert!(!again.learn(TriggerElement::Style, &known));
            prop_assert_eq!(again.to_json(), text);
        }
    }
}
