//! The element that a command uses: its source, its format, and the fields to set.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::commands::context::Context;
use crate::commands::error::{Result, usage};
use crate::commands::learned_fields;
use crate::core::catalog::{self, VariableType};
use crate::core::diagnostic::Diagnostic;
use crate::core::export::shell_word;
use crate::core::json;
use crate::core::model::{Trigger, TriggerElement};
use crate::core::request::{Element, SetValue};
use crate::core::text::{list, nearest, one_line, similar_names};
use crate::io::files::{self, InputFormat};

const MAX_INPUT_BYTES: u64 = 1024 * 1024 * 1024;

#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// JSON file with one element, or `-` for standard input [default: sample]
    #[arg(value_name = "DATA")]
    data: Option<PathBuf>,
    /// Set a field of the element to a string, e.g. `payload.first_name=Jane`
    #[arg(long = "set", value_name = "PATH=TEXT", help_heading = "Element")]
    set: Vec<Assignment>,
    /// Set a field of the element to a JSON value, e.g. `amount=3`
    ///
    /// All `--set-json` options apply before any `--set`.
    #[arg(long = "set-json", value_name = "PATH=JSON", help_heading = "Element")]
    set_json: Vec<Assignment>,
    /// Send an empty string for a variable that the element does not have
    #[arg(long, help_heading = "Element")]
    pub allow_missing: bool,
}

#[derive(Debug, Clone)]
struct Assignment {
    path: String,
    value: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (path, value) =
            text.split_once('=').ok_or("expected PATH=VALUE, e.g. `email=jane@example.com`")?;
        if path.trim().is_empty() {
            return Err("the path before `=` is empty".to_owned());
        }
        Ok(Self { path: path.trim().to_owned(), value: value.to_owned() })
    }
}

impl DataArgs {
    pub fn from_file(path: PathBuf) -> Self {
        Self { data: Some(path), set: Vec::new(), set_json: Vec::new(), allow_missing: false }
    }

    pub fn set_path(&mut self, path: PathBuf) {
        self.data = Some(path);
    }

    /// Reads the element. If no file was given and `is_asked`, prompts for one. Also returns the arguments, with the chosen file.
    pub fn pick_element(
        &self,
        cx: &mut Context,
        is_asked: bool,
        kind: TriggerElement,
        trigger: Trigger,
    ) -> Result<(Self, Element)> {
        let mut data = self.clone();
        if is_asked && data.data.is_none() {
            data.pick(cx, kind)?;
        }
        let element = data.element(cx, kind, trigger)?;
        Ok((data, element))
    }

    /// Reads the element, or uses the built-in sample, and sets the fields. Prints warnings.
    pub fn element(&self, cx: &mut Context, kind: TriggerElement, trigger: Trigger) -> Result<Element> {
        let (mut element, notices) = match self.data.as_deref() {
            None => {
                cx.printer.status(&format!(
                    "using the built-in {kind} sample; pass a JSON file to use your own data"
                ));
                (Element::sample(kind, trigger), Vec::new())
            }
            Some(path) if path == Path::new("-") => {
                Element::parse(Arc::new(files::read_stdin_source(MAX_INPUT_BYTES)?))?
            }
            Some(path) => {
                let (element, notices) =
                    Element::parse(Arc::new(files::read_source(path, MAX_INPUT_BYTES)?))?;
                let command = format!("hooks vars {kind} {}", shell_word(&path.display().to_string()));
                (element.with_vars_command(&command), notices)
            }
        };
        cx.printer.findings(&notices);
        if let Some(warning) = element.looks_like_another(kind) {
            cx.printer.findings(&[warning]);
        }
        element = element.with_learned(learned_fields::known(cx)?);
        self.change(&mut element, kind)?;
        self.hint_types(cx, kind);
        Ok(element)
    }

    pub fn change(&self, element: &mut Element, kind: TriggerElement) -> std::result::Result<(), Diagnostic> {
        for Assignment { path, value } in &self.set_json {
            element.set(kind, path, &SetValue::Json(value.clone()))?;
        }
        for Assignment { path, value } in &self.set {
            element.set(kind, path, &SetValue::Text(value.clone()))?;
        }
        Ok(())
    }

    /// Hints at `--set-json` for fields that `--set` turns into strings although they have another type.
    pub fn hint_types(&self, cx: &mut Context, kind: TriggerElement) {
        for Assignment { path, value } in &self.set {
            let Some(field) = catalog::find(kind, path) else { continue };
            let is_null = field.nullable && value == "null";
            if is_null || !matches!(field.kind, VariableType::String | VariableType::StringOrBoolean) {
                let value = if json::check(value).is_ok() { value } else { "…" };
                let own = format!("{path}={value}");
                let own = shell_word(&own);
                let null = if field.nullable { " or null" } else { "" };
                let kind = field.kind;
                cx.printer.hint(&format!(
                    "`{path}` has the type {kind}{null}, but `--set` sends a string: use `--set-json {own}`"
                ));
            }
        }
    }

    /// The options as text: equal options give equal text.
    pub fn changes(&self) -> String {
        let json = self.set_json.iter().map(|Assignment { path, value }| format!("json {path}={value}\n"));
        let text = self.set.iter().map(|Assignment { path, value }| format!("text {path}={value}\n"));
        json.chain(text).chain(self.allow_missing.then(|| "allow missing".to_owned())).collect()
    }

    /// The arguments as typed.
    pub fn words(&self) -> Vec<String> {
        let named = |name: &str, Assignment { path, value }: &Assignment| {
            [format!("--{name}"), format!("{path}={value}")]
        };
        let mut words: Vec<String> = self.typed().into_iter().collect();
        words.extend(self.set_json.iter().flat_map(|own| named("set-json", own)));
        words.extend(self.set.iter().flat_map(|own| named("set", own)));
        words.extend(self.allow_missing.then(|| "--allow-missing".to_owned()));
        words
    }

    /// The file; `None` for standard input and the sample.
    pub fn path(&self) -> Option<&Path> {
        self.data.as_deref().filter(|path| *path != Path::new("-"))
    }

    /// Prompts for the file, with the JSON files of this directory to choose from.
    fn pick(&mut self, cx: &Context, kind: TriggerElement) -> Result<()> {
        const MAX_FILES: usize = 200;
        let found = files::json_files(Path::new("."), MAX_FILES);
        let mut items = vec![format!("the built-in sample of {kind}")];
        items.extend(found.iter().map(|name| one_line(&name.display().to_string()).into_owned()));
        items.push("another file …".to_owned());
        let chosen = cx.prompt().pick("Element data", items)?;
        self.data = match chosen {
            0 => None,
            index if index <= found.len() => Some(as_operand(found[index - 1].clone())),
            _ => Some(as_operand(cx.prompt().path("JSON file", &files::completed_path, existing_file)?)),
        };
        Ok(())
    }

    /// DATA as typed; `None` for the sample.
    pub fn typed(&self) -> Option<String> {
        self.data.as_ref().map(|path| path.display().to_string())
    }
}

/// Parses the answer to a prompt for a file.
fn existing_file(text: &str) -> std::result::Result<PathBuf, String> {
    let path = files::typed_path(text);
    match path.display() {
        _ if path.as_os_str().is_empty() => {
            Err("enter the path of a file, or press Escape to cancel".to_owned())
        }
        shown if path.is_dir() => Err(format!("`{shown}` is a directory")),
        shown if !path.is_file() => Err(format!("file `{shown}` not found")),
        _ => Ok(path),
    }
}

/// Adds `./` to a path that would be read as an option or as standard input.
fn as_operand(path: PathBuf) -> PathBuf {
    let is_ambiguous = path.as_os_str().as_encoded_bytes().starts_with(b"-");
    if is_ambiguous { Path::new(".").join(path) } else { path }
}

#[derive(Debug, Clone, Copy)]
pub struct ElementName(pub TriggerElement);

impl FromStr for ElementName {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        TriggerElement::parse(text).map(Self).ok_or_else(|| {
            let similar = similar_names(text, TriggerElement::ALL.map(TriggerElement::as_str).into_iter());
            if similar.is_empty() {
                all_elements()
            } else {
                format!("did you mean {}?", list(&similar, "or"))
            }
        })
    }
}

pub fn trigger(text: &str) -> std::result::Result<Trigger, String> {
    let names = Trigger::ALL.map(Trigger::as_str);
    Trigger::parse(text).ok_or_else(|| match nearest(text, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected {}", list(&names, "or")),
    })
}

#[derive(Debug, Clone, Copy, Default, Args)]
pub struct InputArgs {
    /// Choose the format of DATA [default: csv for `*.csv`, else json]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Element")]
    input_format: Option<FormatName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// JSON list or JSON Lines
    Json,
    /// RSVP answers with a header row of field names, delimited by `,` or `;`
    Csv,
}

impl InputArgs {
    pub fn format(
        self,
        path: Option<&Path>,
        kind: TriggerElement,
    ) -> std::result::Result<InputFormat, Diagnostic> {
        let format = match self.input_format {
            Some(FormatName::Json) => InputFormat::Json,
            Some(FormatName::Csv) => InputFormat::Csv,
            None => InputFormat::of(path),
        };
        format.require(kind)?;
        Ok(format)
    }
}

/// A trigger element that was named directly, or through a webhook.
#[derive(Debug, Clone, Copy)]
pub struct ElementChoice {
    pub element: TriggerElement,
    pub trigger: Option<Trigger>,
}

impl ElementChoice {
    /// Finds a trigger element by its name, or by the handle of a webhook.
    pub fn named(cx: &Context, text: &str) -> Result<Self> {
        if let Some(element) = TriggerElement::parse(text) {
            return Ok(Self { element, trigger: None });
        }
        // Without a definitions file there are no handles, but element names still work.
        let definitions = cx.definitions_to_edit().ok();
        let webhooks =
            definitions.as_ref().map(|definitions| definitions.webhooks.as_slice()).unwrap_or_default();
        if let Some(webhook) = webhooks.iter().find(|webhook| webhook.handle.value == text) {
            let (element, trigger) = (webhook.trigger_element.value, Some(webhook.trigger.value));
            return Ok(Self { element, trigger });
        }
        let handles = webhooks.iter().map(|webhook| webhook.handle.value.as_str());
        let similar =
            similar_names(text, TriggerElement::ALL.map(TriggerElement::as_str).into_iter().chain(handles));
        let help = if !similar.is_empty() {
            format!("did you mean {}?", list(&similar, "or"))
        } else if Path::new(text).is_file() {
            format!("give the trigger element before the file: `hooks vars rsvp_answer {}`", one_line(text))
        } else {
            all_elements()
        };
        let message = format!("unknown trigger element or webhook `{}`", one_line(text));
        Err(usage(message).help(help))
    }
}

fn all_elements() -> String {
    format!("the trigger elements are {}", list(&TriggerElement::ALL.map(TriggerElement::as_str), "and"))
}
