//! A webhook that is assembled from options or answers, then written as changes.

use std::collections::HashSet;

use crate::core::model::{
    AccountIds, DEFAULT_ACCOUNT, Field, FieldValue, Method, Trigger, TriggerElement, UnknownWords, Webhook,
};

use super::edit::{Change, FieldPath, Scalar};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    pub name: Option<String>,
    pub ids: DraftIds,
    pub active: Option<bool>,
    pub trigger: Option<Trigger>,
    pub trigger_element: Option<TriggerElement>,
    pub prokey_filter: Option<String>,
    pub method: Option<Method>,
    /// These take precedence.
    pub unknown: UnknownWords,
    pub payload_url: Option<String>,
    /// Every value is text.
    pub header: Vec<DraftPair>,
    pub body: Vec<DraftPair>,
}

/// The key and the value of a header or body field.
pub type DraftPair = (String, FieldValue);

/// The ids of a webhook in the accounts, as in [`AccountIds`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DraftIds {
    is_table: bool,
    all: Vec<(String, u64)>,
}

impl DraftIds {
    fn of(ids: &AccountIds) -> Self {
        let all = ids.all.iter().map(|own| (own.account.value.clone(), own.number.value)).collect();
        Self { is_table: ids.is_table, all }
    }

    /// Sets the id in an account. Any account but the default one needs a table.
    pub fn set(&mut self, account: &str, number: u64) {
        self.is_table |= account != DEFAULT_ACCOUNT;
        match self.all.iter_mut().find(|(own, _)| own == account) {
            Some((_, own)) => *own = number,
            None => self.all.push((account.to_owned(), number)),
        }
    }

    /// Removes the id in an account.
    pub fn remove(&mut self, account: &str) {
        self.all.retain(|(own, _)| own != account);
    }

    fn field(&self) -> Option<(FieldPath, Scalar)> {
        let value = match self.all.as_slice() {
            [] => return None,
            [(_, number)] if !self.is_table => Scalar::Integer((*number).into()),
            all => Scalar::Ids(all.to_vec()),
        };
        Some((FieldPath::Field("id".to_owned()), value))
    }

    /// The `id` as one field; with `is_each`, one field per account.
    fn parts(&self, is_each: bool) -> Vec<(FieldPath, Scalar)> {
        if !is_each {
            return self.field().into_iter().collect();
        }
        let part = |(account, number): &(String, u64)| {
            (FieldPath::Id(account.clone()), Scalar::Integer((*number).into()))
        };
        self.all.iter().map(part).collect()
    }
}

impl Draft {
    /// The fields as written; fields with a default value that are not written are none.
    pub fn of(webhook: &Webhook) -> Self {
        // A default value has the span of the handle.
        let is_written = |span: &crate::core::text::Span| *span != webhook.handle.span;
        let pairs = |fields: &[Field]| {
            fields.iter().map(|field| (field.key.value.clone(), field.value.value.clone())).collect()
        };
        Self {
            name: webhook.name.as_ref().map(|name| name.value.clone()),
            ids: DraftIds::of(&webhook.ids),
            active: Some(webhook.active.value).filter(|_| is_written(&webhook.active.span)),
            trigger: Some(webhook.trigger.value),
            trigger_element: Some(webhook.trigger_element.value),
            prokey_filter: webhook.prokey_filter.as_ref().map(|filter| filter.value.clone()),
            method: Some(webhook.method.value).filter(|_| is_written(&webhook.method.span)),
            unknown: webhook.unknown.clone(),
            payload_url: Some(webhook.payload_url.value.clone()),
            header: pairs(&webhook.header),
            body: pairs(&webhook.body),
        }
    }

    /// Sets every header with that name in any letter case, or adds one.
    pub fn set_header(&mut self, name: &str, value: &str) {
        set(&mut self.header, name, &value.into(), |own| own.eq_ignore_ascii_case(name));
    }

    /// Sets every body field with that key, or adds one.
    pub fn set_body(&mut self, key: &str, value: &FieldValue) {
        set(&mut self.body, key, value, |own| own == key);
    }

    /// The fields in the usual order.
    pub fn fields(&self) -> Vec<(FieldPath, Scalar)> {
        self.parts(false)
    }

    /// The fields; with `is_each_id`, each id in an `id` table is a field of its own.
    fn parts(&self, is_each_id: bool) -> Vec<(FieldPath, Scalar)> {
        let text = |name: &str, value: Option<String>| {
            Some((FieldPath::Field(name.to_owned()), Scalar::Text(value?)))
        };
        let name = text("name", self.name.clone());
        let own = [
            self.active.map(|active| (FieldPath::Field("active".to_owned()), Scalar::Bool(active))),
            text("trigger", word(self.unknown.trigger.as_ref(), self.trigger.map(Trigger::as_str))),
            text(
                "trigger_element",
                word(self.unknown.trigger_element.as_ref(), self.trigger_element.map(TriggerElement::as_str)),
            ),
            text("prokey_filter", self.prokey_filter.clone()),
            text("method", word(self.unknown.method.as_ref(), self.method.map(Method::as_str))),
            text("payload_url", self.payload_url.clone()),
        ];
        let header = self
            .header
            .iter()
            .map(|(name, value)| (FieldPath::Header(name.clone()), Scalar::from(value.clone())));
        let body =
            self.body.iter().map(|(key, value)| (FieldPath::Body(key.clone()), Scalar::from(value.clone())));
        let own = name.into_iter().chain(self.ids.parts(is_each_id)).chain(own.into_iter().flatten());
        own.chain(header).chain(body).collect()
    }

    /// The changes from `before` to this draft. Additions precede removals, so that no table is empty in between.
    pub fn changes_from(&self, before: &Self, handle: &str) -> Vec<Change> {
        let is_each_id = before.ids.is_table && self.ids.is_table;
        let (old, new) = (before.parts(is_each_id), self.parts(is_each_id));
        let values = |fields: &[(FieldPath, Scalar)], field: &FieldPath| -> Vec<Scalar> {
            fields.iter().filter(|(own, _)| own == field).map(|(_, value)| value.clone()).collect()
        };
        let (mut seen, mut set, mut cleared) = (HashSet::new(), Vec::new(), Vec::new());
        for (field, _) in new.iter().chain(&old).filter(|(field, _)| seen.insert(field)) {
            // In list form, a key may have several values.
            let (was, now) = (values(&old, field), values(&new, field));
            let (handle, field) = (handle.to_owned(), field.clone());
            match now.iter().find(|value| !was.contains(value)).or(now.first()) {
                _ if was == now => {}
                Some(value) => set.push(Change::Set { handle, field, value: value.clone() }),
                None => cleared.push(Change::Clear { handle, field }),
            }
        }
        set.extend(cleared);
        set
    }
}

fn word(unknown: Option<&String>, known: Option<&str>) -> Option<String> {
    unknown.cloned().or_else(|| known.map(str::to_owned))
}

fn set(pairs: &mut Vec<DraftPair>, name: &str, value: &FieldValue, is_own: impl Fn(&str) -> bool) {
    let mut own = pairs.iter_mut().filter(|(own, _)| is_own(own)).peekable();
    if own.peek().is_some() {
        own.for_each(|(_, own)| own.clone_from(value));
    } else {
        drop(own);
        pairs.push((name.to_owned(), value.clone()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::core::definitions::{edit, read};
    use crate::core::text::Source;

    use super::*;

    const TEXT: &str = "[webhooks.a]\ntrigger = \"create\" # c\ntrigger_element = \"event\"\npayload_url = \"https://example.com\"\n\
                        header.X-Old = \"1\"\n";

    fn draft(text: &str) -> Draft {
        let (definitions, findings) = read(&Arc::new(Source::new("x", text)));
        assert!(findings.is_empty(), "{findings:?}");
        Draft::of(&definitions.webhooks[0])
    }

    #[test]
    fn omitted_fields_stay_omitted() {
        let before = draft(TEXT);
        assert_eq!((before.active, before.method), (None, None));
        assert_eq!(before.changes_from(&before, "a"), []);
    }

    #[test]
    fn only_the_differences_of_a_draft_become_changes() {
        let before = draft(TEXT);
        let mut after = before.clone();
        after.method = Some(Method::Put);
        after.header.clear();
        after.set_body("seats", &"{{amount}}".into());
        let changed =
            edit::apply(&Arc::new(Source::new("x", TEXT)), &after.changes_from(&before, "a")).unwrap();
        assert_eq!(draft(&changed), after);
        assert!(changed.starts_with("[webhooks.a]\ntrigger = \"create\" # c\n"), "{changed}");
    }

    #[test]
    fn set_header_ignores_letter_case() {
        let mut own = draft(TEXT);
        own.set_header("x-old", "2");
        assert_eq!(own.header, [("X-Old".to_owned(), "2".into())]);
    }
}
