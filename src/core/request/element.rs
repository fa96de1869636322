//! The element that is sent: from a file, standard input, or the built-in sample.

use std::borrow::Cow;
use std::sync::Arc;

use crate::core::catalog::{self, LearnedFields, Suggestion};
use crate::core::diagnostic::Diagnostic;
use crate::core::json::{self, Document, Kind, SetError, Value};
use crate::core::model::{Trigger, TriggerElement};
use crate::core::text::{Source, list, one_line, text_format};

use super::element_findings::{
    element_elsewhere, http_archive, invalid_json, is_http_archive, not_an_object, other_element,
    other_format, repeated,
};

/// A JSON object, read in place.
#[derive(Debug, Clone)]
pub struct Element {
    source: Arc<Source>,
    document: Document,
    changed: Vec<String>,
    /// The value of `{{id}}`, for elements that are delivered without their `id`.
    own_id: Option<(Arc<str>, Document)>,
    learned: Arc<LearnedFields>,
    /// The `hooks vars` command that lists its variables, if it is from a file.
    vars_command: Option<Arc<str>>,
}

/// A value for [`Element::set`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetValue {
    /// The text of `--set`.
    Text(String),
    /// The JSON of `--set-json`.
    Json(String),
}

const DELIVERY: &str = "element_data";

impl Element {
    /// Parses an element, or a recorded delivery that contains one as `element_data`; with warnings, such as duplicate keys.
    pub fn parse(source: Arc<Source>) -> Result<(Self, Vec<Diagnostic>), Diagnostic> {
        let document = json::check(source.text()).map_err(|error| {
            if let Some(format) = text_format(source.text()).filter(|_| !source.is_part()) {
                return other_format(source.name(), format);
            }
            invalid_json(&source, error)
        })?;
        let root = document.root(source.text());
        if root.kind() != Kind::Object {
            return Err(not_an_object(&source, root));
        }
        let mut notices: Vec<_> =
            document.duplicate_keys().first().map(|_| repeated(&source, &document)).into_iter().collect();
        let mut element = Self::new(source, document);
        if let Some(notice) = element.unwrap_delivery() {
            notices.push(notice);
        } else if is_http_archive(element.root()) {
            return Err(http_archive(&element.source));
        } else if let Some(nested) = catalog::nested_element(element.root()) {
            notices.push(element_elsewhere(&element.source, &nested)?);
        }
        Ok((element, notices))
    }

    /// Parses an element as it is delivered: an `element_data` in it is a field like any other.
    pub fn exact(source: Arc<Source>) -> Result<Self, Diagnostic> {
        let document = json::check(source.text()).map_err(|error| invalid_json(&source, error))?;
        if document.root(source.text()).kind() != Kind::Object {
            return Err(not_an_object(&source, document.root(source.text())));
        }
        Ok(Self::new(source, document))
    }

    fn new(source: Arc<Source>, document: Document) -> Self {
        Self {
            source,
            document,
            changed: Vec::new(),
            own_id: None,
            learned: Arc::default(),
            vars_command: None,
        }
    }

    /// Accepts and suggests the names of these fields, too.
    #[must_use]
    pub fn with_learned(self, learned: Arc<LearnedFields>) -> Self {
        Self { learned, ..self }
    }

    #[must_use]
    pub fn with_vars_command(self, command: &str) -> Self {
        Self { vars_command: Some(command.into()), ..self }
    }

    /// The `hooks vars` command that lists the variables of this element; of its kind if the element is not from a file.
    pub fn vars_command(&self, kind: TriggerElement) -> Cow<'_, str> {
        self.vars_command.as_deref().map_or_else(|| format!("hooks vars {kind}").into(), Cow::from)
    }

    /// Whether the account had a field of this name that the catalog does not know.
    pub fn is_learned(&self, element: TriggerElement, name: &str) -> bool {
        self.learned.may_have(element, name) && !catalog::may_have(element, name)
    }

    /// A warning if the element looks like another kind.
    pub fn looks_like_another(&self, kind: TriggerElement) -> Option<Diagnostic> {
        let others = catalog::detect_other_element(kind, self.root());
        (!others.is_empty()).then(|| other_element(&self.source, self.root(), kind, &others))
    }

    /// The built-in sample for a trigger.
    ///
    /// # Panics
    /// Never: a test parses every sample.
    pub fn sample(kind: TriggerElement, trigger: Trigger) -> Self {
        let source = Arc::new(Source::new(Self::sample_name(kind), catalog::sample(kind, trigger)));
        #[expect(clippy::expect_used, reason = "a test parses every built-in sample")]
        let (element, _) = Self::parse(source).expect("the built-in samples are elements");
        element.as_sample(kind)
    }

    /// The name of the built-in sample in messages and records.
    pub fn sample_name(kind: TriggerElement) -> String {
        format!("the built-in sample of {kind}")
    }

    /// Adds the `{{id}}` that a delivered RSVP answer does not contain.
    #[must_use]
    pub fn as_sample(self, kind: TriggerElement) -> Self {
        match catalog::sample_id(kind) {
            Some(id) => self.with_own_id(id),
            None => self,
        }
    }

    /// Uses this JSON for `{{id}}`, unless the element has an `id`.
    #[must_use]
    pub fn with_own_id(mut self, json: &str) -> Self {
        self.own_id = json::check(json).ok().map(|document| (json.into(), document));
        self
    }

    /// The text of `{{id}}`, if the element does not contain it.
    pub fn own_id(&self) -> Option<Cow<'_, str>> {
        let (text, id) = self.own_id.as_ref()?;
        id.root(text).as_text()
    }

    /// The name of its source in messages: a path, `standard input`, or the sample.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    pub fn root(&self) -> Value<'_> {
        self.document.root(self.source.text())
    }

    /// Appends the whole element as compact JSON, every number and string as written.
    pub fn write_compact(&self, out: &mut Vec<u8>) {
        self.document.write_compact(self.source.text(), out);
    }

    /// The value of `{{name}}`. For elements that are addressed by a prokey and have no `id`, `id` is the prokey.
    pub fn variable(&self, element: TriggerElement, name: &str) -> Option<Value<'_>> {
        let root = self.root();
        let prokey =
            || (name == "id" && element.is_addressed_by_prokey()).then(|| root.get("prokey")).flatten();
        let own_id = || self.own_id.as_ref().filter(|_| name == "id").map(|(text, id)| id.root(text));
        root.find(name).or_else(prokey).or_else(own_id)
    }

    /// The source of a variable's value: that of the element, or `--set`.
    pub fn origin_of(&self, name: &str) -> &str {
        if self.is_changed(name) { "--set" } else { self.name() }
    }

    /// Whether a variable, or an object that contains it, was changed with `--set`.
    pub fn is_changed(&self, name: &str) -> bool {
        self.changed.iter().any(|path| {
            name == path || name.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// The prokey of the event that an RSVP answer belongs to.
    pub fn prokey(&self) -> Option<Cow<'_, str>> {
        self.root().get("prokey")?.as_text()
    }

    /// The field that was probably meant by a name that the element does not have.
    pub fn suggest(&self, element: TriggerElement, name: &str) -> Option<Suggestion> {
        const ENOUGH: usize = 1000;
        let root = self.root();
        let own: Vec<(Cow<'_, str>, Value<'_>)> = root.members().take(ENOUGH).collect();
        let below = own.iter().flat_map(|(key, value)| {
            value.members().take(ENOUGH).enumerate().map(move |(index, (inner, _))| {
                if inner.is_empty() { format!("{key}.{index}") } else { format!("{key}.{inner}") }
            })
        });
        // Each lookup walks through the whole element.
        let may_be = |name: &str| {
            let step = name.split('.').next().unwrap_or(name);
            step == "id" || own.iter().any(|(key, _)| key == step)
        };
        let known = catalog::variables(element).iter().map(|variable| variable.name);
        let known = known.filter(|name| may_be(name) && self.variable(element, name).is_some());
        let names = own.iter().map(|(key, _)| Cow::Borrowed(key.as_ref()));
        let names = names.chain(below.map(Cow::Owned)).chain(known.map(Cow::Borrowed));
        catalog::suggest_among(element, name, names)
    }

    pub fn set(&mut self, element: TriggerElement, path: &str, value: &SetValue) -> Result<(), Diagnostic> {
        let new = match value {
            SetValue::Text(text) => json::quote(text),
            SetValue::Json(text) => checked_json(path, text)?,
        };
        if self.variable(element, path).is_none() && !self.learned.may_have(element, path) {
            let near = self.learned.suggest(element, path);
            if !catalog::may_be_new(element, path, near.as_ref()) {
                let message = format!("`{element}` has no field `{path}`");
                return Err(self.set_path_error(element, path, message));
            }
        }
        let changed = json::set(self.source.text(), self.root(), path, &new).map_err(|error| {
            let message = format!("cannot set `{path}`: {}", set_error(&error));
            self.set_path_error(element, path, message)
        })?;
        let source = Arc::new(Source::new(self.source.name(), changed));
        self.document = json::check(source.text()).map_err(|error| {
            Diagnostic::error(error.code, format!("`{path}`: {}", error.message)).maybe_help(error.help)
        })?;
        self.source = source;
        self.changed.push(path.to_owned());
        Ok(())
    }

    fn set_path_error(&self, element: TriggerElement, path: &str, message: String) -> Diagnostic {
        let known = || self.learned.suggest(element, path);
        let near = self.suggest(element, path).or_else(known).filter(|near| near.name != path);
        let help = near.map_or_else(
            || format!("`hooks vars {element}` lists the fields"),
            |near| near.question(|name| format!("`{name}`")),
        );
        Diagnostic::error("set-path", message).help(help)
    }

    fn unwrap_delivery(&mut self) -> Option<Diagnostic> {
        let root = self.root();
        let inner = root.get(DELIVERY).filter(|inner| inner.kind() == Kind::Object)?;
        let others: Vec<String> = root
            .members()
            .map(|(key, _)| one_line(&key).into_owned())
            .filter(|key| key != DELIVERY)
            .collect();
        let (span, at) = (inner.span(), root.span().start);
        self.document = self.document.part(span);
        if others.is_empty() {
            return None;
        }
        let message = format!(
            "`{}` is a recorded delivery: its `element_data` is used, and {} {} ignored",
            self.name(),
            list(&others, "and"),
            if others.len() == 1 { "is" } else { "are" },
        );
        Some(Diagnostic::warning("delivery-unwrapped", message).at(&self.source, at..at + 1))
    }
}

fn checked_json(path: &str, text: &str) -> Result<String, Diagnostic> {
    let document = json::check(text).map_err(|error| {
        let source = Arc::new(Source::new(format!("--set-json {path}"), text));
        error.into_diagnostic(&source).help(format!("to set a string, use `--set {path}=…`"))
    })?;
    let mut compact = Vec::new();
    document.write_compact(text, &mut compact);
    Ok(String::from_utf8_lossy(&compact).into_owned())
}

fn set_error(error: &SetError) -> String {
    match error {
        SetError::EmptyStep => "the path contains an empty step".to_owned(),
        SetError::NoSuchStep { reached, kind, step } if reached.is_empty() => {
            format!("the element, {}, has no `{step}`", kind.with_article())
        }
        SetError::NoSuchStep { reached, kind, step } => {
            format!("`{reached}`, {}, has no `{step}`", kind.with_article())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(text: &str) -> Element {
        Element::parse(Arc::new(Source::new("data.json", text))).unwrap().0
    }

    fn compact(element: &Element) -> String {
        let mut out = Vec::new();
        element.write_compact(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_sample_is_an_element() {
        for kind in TriggerElement::ALL {
            for trigger in Trigger::ALL {
                assert!(Element::sample(kind, trigger).root().members().next().is_some());
            }
        }
    }

    #[test]
    fn a_recorded_delivery_is_unwrapped_and_its_other_parts_named() {
        let (bare, notices) =
            Element::parse(Arc::new(Source::new("x", "{\"element_data\": {\"a\": 1}}"))).unwrap();
        assert_eq!((compact(&bare).as_str(), notices.len()), ("{\"a\":1}", 0));
        let (bare, notices) =
            Element::parse(Arc::new(Source::new("x", "{\"seats\":2, \"element_data\": {\"a\": 1}}")))
                .unwrap();
        assert_eq!(compact(&bare), "{\"a\":1}");
        assert_eq!(notices[0].code, "delivery-unwrapped");
        assert_eq!(compact(&element("{\"element_data\": 3}")), "{\"element_data\":3}");
    }

    #[test]
    fn id_takes_the_prokey_of_events_and_groups_only() {
        let data = element("{\"prokey\": \"p\"}");
        assert_eq!(data.variable(TriggerElement::Event, "id").unwrap().raw(), "\"p\"");
        assert!(data.variable(TriggerElement::RsvpAnswer, "id").is_none());
        let own = element("{\"id\": 7, \"prokey\": \"p\"}");
        assert_eq!(own.variable(TriggerElement::Event, "id").unwrap().raw(), "7");
    }

    #[test]
    fn the_sample_of_an_answer_has_an_id_that_is_not_sent() {
        let sample = Element::sample(TriggerElement::RsvpAnswer, Trigger::Delete);
        let id = sample.variable(TriggerElement::RsvpAnswer, "id").unwrap();
        assert_eq!(id.raw(), catalog::sample_id(TriggerElement::RsvpAnswer).unwrap());
        assert!(!compact(&sample).contains(id.raw()));
        let own = element("{\"id\": 7}").as_sample(TriggerElement::RsvpAnswer);
        assert_eq!(own.variable(TriggerElement::RsvpAnswer, "id").unwrap().raw(), "7");
    }

    #[test]
    fn set_changes_existing_fields_and_adds_known_fields_and_form_fields() {
        let mut data = element("{\"email\": \"a\", \"payload\": {}, \"amount\": 2}");
        let kind = TriggerElement::RsvpAnswer;
        data.set(kind, "email", &SetValue::Text("b \"c\"".into())).unwrap();
        data.set(kind, "payload.shoe size", &SetValue::Json(" 4.20 ".into())).unwrap();
        data.set(kind, "date_updated", &SetValue::Json("null".into())).unwrap();
        assert_eq!(
            compact(&data),
            r#"{"email":"b \"c\"","payload":{"shoe size":4.20},"amount":2,"date_updated":null}"#
        );
        assert_eq!(data.origin_of("payload.shoe size"), "--set");
        assert_eq!(data.origin_of("amount"), "data.json");
        for path in ["emial", "email.x", "payload..x", "dates.0.name"] {
            let error = data.set(kind, path, &SetValue::Text(String::new())).unwrap_err();
            assert_eq!(error.code, "set-path", "{path}");
        }
        assert_eq!(
            data.set(kind, "amount", &SetValue::Json("2,".into())).unwrap_err().code,
            "json-trailing-data"
        );
    }
}
