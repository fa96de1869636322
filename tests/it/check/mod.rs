//! `hooks check` and `hooks schema`.

mod ci;
mod command;
mod formats;
mod hostile;
mod levels;
mod rules;
mod schema;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use boon::{Compiler, SchemaIndex, Schemas};
use clap::ValueEnum;

use hooks::core::check::{CheckOptions, CheckReport, CheckedFile, RULES, Rule, check};
use hooks::core::definitions::parse_dotenv;
use hooks::core::request::{Environment, EnvironmentValue, Unset};
use hooks::core::secrets::Secret;
use hooks::core::text::Source;
use hooks::output::report::ReportFormat;

/// An environment in which `CMS_TOKEN` is set, `CMS_TOKEN_EMPTY` is a space and `LATIN_1_TOKEN` is not UTF-8.
struct Token;

impl Environment for Token {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        let value = match name {
            "CMS_TOKEN" => "of-the-cms",
            "CMS_TOKEN_EMPTY" => " ",
            _ => return None,
        };
        Some(EnvironmentValue { value: Secret::new(value), source: "the environment".into() })
    }

    fn unset(&self, name: &str) -> Unset {
        if name == "LATIN_1_TOKEN" { Unset::NotUtf8 } else { Unset::Missing }
    }

    fn own_names(&self) -> Vec<&str> {
        vec!["CMS_TOKEN"]
    }

    fn own_file(&self) -> &'static str {
        ".env"
    }
}

/// A text, checked as `webhooks.toml`.
fn checked(text: &str) -> CheckedFile {
    check(&Arc::new(Source::new("webhooks.toml", text)), &CheckOptions::default(), Some(&Token))
}

fn report(text: &str) -> CheckReport {
    CheckReport { files: vec![checked(text)] }
}

/// The directory with the examples of each rule.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/check/rules")
}

fn example(code: &str, name: &str) -> String {
    let path = folder().join(code).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The report about `bad` or `good`, an example of a rule: a definitions file or a `.env` file.
fn example_report(code: &str, name: &str) -> CheckReport {
    let dotenv = folder().join(code).join(format!("{name}.env"));
    match std::fs::read_to_string(dotenv) {
        Ok(text) => dotenv_report(&text),
        Err(_) => report(&example(code, &format!("{name}.toml"))),
    }
}

/// The report about a `.env` file in which every value is used.
fn dotenv_report(text: &str) -> CheckReport {
    let source = Arc::new(Source::new(".env", text));
    let values = parse_dotenv(&source);
    let unresolved = values.names().filter_map(|name| values.unresolved(name).cloned());
    let findings = values.problems.iter().cloned().chain(unresolved);
    CheckReport { files: checked("").environment_file(&source, findings).into_iter().collect() }
}

/// The rules about definitions files.
fn toml_rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(|rule| folder().join(rule.code).join("bad.toml").exists())
}

fn formats() -> impl Iterator<Item = ReportFormat> {
    ReportFormat::value_variants().iter().copied()
}

/// The codes of the findings, in order.
fn codes(report: &CheckReport) -> Vec<&'static str> {
    report.findings().map(|(_, finding)| finding.diagnostic.code).collect()
}

/// A compiled JSON Schema.
struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn new(text: &str) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let place = "https://example.com/schema.json";
        compiler.add_resource(place, serde_json::from_str(text).unwrap()).unwrap();
        let index = compiler.compile(place, &mut schemas).unwrap();
        Self { schemas, index }
    }

    /// Why a document does not conform, if it does not.
    fn complaint(&self, document: &serde_json::Value) -> Option<String> {
        self.schemas.validate(document, self.index).err().map(|error| format!("{error:#}"))
    }
}

/// The official schema of SARIF 2.1.0 with errata 01, by OASIS
/// (docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json).
static SARIF: LazyLock<Schema> = LazyLock::new(|| Schema::new(include_str!("sarif-2.1.0.schema.json")));
