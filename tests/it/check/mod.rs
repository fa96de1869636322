//! `hooks check` and `hooks schema`.

mod ci;
mod command;
mod formats;
mod hostile;
mod levels;
mod rules;
mod schema;

use std::sync::{Arc, LazyLock};

use boon::{Compiler, SchemaIndex, Schemas};

use hooks::core::check::{Asked, Checked, Verdict, check};
use hooks::core::request::{Environment, EnvironmentValue, Unset};
use hooks::core::secrets::Secret;
use hooks::core::text::Source;

/// An environment in which `CMS_TOKEN` is set, `LATIN_1_TOKEN` to what is not UTF-8, and nothing else.
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
fn checked(text: &str) -> Checked {
    check(&Arc::new(Source::new("webhooks.toml", text)), &Asked::default().within(Some(&Token)))
}

fn verdict(text: &str) -> Verdict {
    Verdict { files: vec![checked(text)] }
}

/// The codes that are found, in order.
fn codes(text: &str) -> Vec<&'static str> {
    checked(text).findings.iter().map(|finding| finding.diagnostic.code).collect()
}

/// A JSON Schema, ready to be held against documents.
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
