//! Webhooks from TOML text, elements from JSON text, and an environment from a list.

use std::borrow::Cow;
use std::sync::Arc;

use hooks::core::definitions;
use hooks::core::diagnostic::Diagnostic;
use hooks::core::model::Webhook;
use hooks::core::request::{
    CompiledWebhook, Destination, Element, Environment, EnvironmentValue, PreparedRequest, Rendering, prepare,
};
use hooks::core::secrets::Secret;
use hooks::core::text::Source;

/// The environment of a test.
#[derive(Clone, Copy, Default)]
pub(crate) struct Variables<'a>(pub(crate) &'a [(&'a str, &'a str)]);

impl Environment for Variables<'_> {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        let (_, value) = self.0.iter().find(|(own, _)| *own == name)?;
        Some(EnvironmentValue { value: Secret::new(*value), source: Cow::Borrowed(".env") })
    }

    fn own_names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }

    fn own_file(&self) -> &'static str {
        ".env"
    }
}

/// The webhook, the element and the environment of a test.
#[derive(Debug, Clone)]
pub(crate) struct Case<'a> {
    pub(crate) trigger: &'a str,
    pub(crate) element_kind: &'a str,
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) header: Vec<(&'a str, &'a str)>,
    pub(crate) body: Vec<(&'a str, &'a str)>,
    pub(crate) element: &'a str,
    pub(crate) environment: &'a [(&'a str, &'a str)],
    pub(crate) allow_missing: bool,
    pub(crate) destination: Destination,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            trigger: "create",
            element_kind: "rsvp_answer",
            method: "POST",
            url: "https://cms.example.com/hooks/rsvp",
            header: Vec::new(),
            body: Vec::new(),
            element: "{\"id\":\"a1\",\"email\":\"ada@example.com\",\"amount\":2}",
            environment: &[],
            allow_missing: false,
            destination: Destination::Defined,
        }
    }
}

pub(crate) type Prepared = Result<(PreparedRequest, Vec<Diagnostic>), Vec<Diagnostic>>;

impl Case<'_> {
    /// The definition as a file would hold it; line 6 is the payload URL, 8 the first header.
    pub(crate) fn toml(&self) -> String {
        let lines = |fields: &[(&str, &str)]| -> String {
            fields.iter().map(|(key, value)| format!("{} = {}\n", quoted(key), quoted(value))).collect()
        };
        format!(
            "# A file.\n[webhooks.w]\ntrigger = \"{}\"\ntrigger_element = \"{}\"\nmethod = \"{}\"\npayload_url = {}\n\
             [webhooks.w.header]\n{}[webhooks.w.body]\n{}",
            self.trigger,
            self.element_kind,
            self.method,
            quoted(self.url),
            lines(&self.header),
            lines(&self.body),
        )
    }

    pub(crate) fn prepare(&self) -> Prepared {
        let webhook = webhook(&self.toml());
        let element = self.element();
        let with = Rendering {
            element: &element,
            environment: &Variables(self.environment),
            allow_missing: self.allow_missing,
            destination: &self.destination,
        };
        prepare(&webhook, with)
    }

    /// The webhook compiled for any element.
    pub(crate) fn compile(&self) -> Result<(CompiledWebhook, Vec<Diagnostic>), Vec<Diagnostic>> {
        let environment = Variables(self.environment);
        CompiledWebhook::compile(&webhook(&self.toml()), &environment, &self.destination, self.allow_missing)
    }

    pub(crate) fn element(&self) -> Element {
        let source = Arc::new(Source::new("data.json", self.element));
        Element::parse(source).expect("the element of a test is one").0
    }

    pub(crate) fn request(&self) -> PreparedRequest {
        self.prepare().expect("nothing is wrong with it").0
    }

    /// The codes of the errors or warnings, with line and column.
    pub(crate) fn findings(&self) -> Vec<String> {
        let findings = match self.prepare() {
            Ok((_, warnings)) => warnings,
            Err(errors) => errors,
        };
        findings.iter().map(placed).collect()
    }

    pub(crate) fn errors(&self) -> Vec<Diagnostic> {
        self.prepare().expect_err("something is wrong with it")
    }
}

/// A finding's code and place.
pub(crate) fn placed(finding: &Diagnostic) -> String {
    match &finding.primary {
        Some(location) => format!("{} {}", finding.code, location.start()),
        None => finding.code.to_owned(),
    }
}

/// The one webhook of a file.
pub(crate) fn webhook(toml: &str) -> Webhook {
    let (definitions, findings) = definitions::read(&Arc::new(Source::new("webhooks.toml", toml)));
    assert!(findings.is_empty(), "{findings:?}\n{toml}");
    definitions.webhooks.into_iter().next().expect("the file defines a webhook")
}

fn quoted(text: &str) -> String {
    // JSON strings are TOML strings, except for one character.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
