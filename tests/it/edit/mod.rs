//! Edits of a definitions file: one case per TOML construct and change.

mod add;
mod clear;
mod document;
mod lists;
mod meaning;
mod random;
mod refusals;
mod remove;
mod rename;
mod set;
mod suite;

use std::sync::Arc;

use hooks::core::definitions::edit::{self, Change, FieldPath, Scalar};
use hooks::core::diagnostic::Diagnostic;
use hooks::core::text::Source;

fn source(text: &str) -> Arc<Source> {
    Arc::new(Source::new("webhooks.toml", text))
}

fn apply(text: &str, changes: &[Change]) -> Result<String, Diagnostic> {
    edit::apply(&source(text), changes)
}

/// `method`, `header.X` or `body.k`.
fn field(path: &str) -> FieldPath {
    match path.split_once('.') {
        Some(("header", name)) => FieldPath::Header(name.to_owned()),
        Some(("body", key)) => FieldPath::Body(key.to_owned()),
        _ => FieldPath::Field(path.to_owned()),
    }
}

fn set(handle: &str, path: &str, value: impl Into<Scalar>) -> Change {
    Change::Set { handle: handle.to_owned(), field: field(path), value: value.into() }
}

fn clear(handle: &str, path: &str) -> Change {
    Change::Clear { handle: handle.to_owned(), field: field(path) }
}

fn add(handle: &str, fields: &[(&str, &str)]) -> Change {
    let fields = fields.iter().map(|(path, value)| (field(path), Scalar::from(*value))).collect();
    Change::Add { handle: handle.to_owned(), fields }
}

fn rename(from: &str, to: &str) -> Change {
    Change::Rename { from: from.to_owned(), to: to.to_owned() }
}

fn remove(handle: &str) -> Change {
    Change::Remove { handle: handle.to_owned() }
}

/// Cases of a name, a text, a change and the text after it. Each is also tried with CRLF, with a byte-order mark and
/// without a line break at the end.
#[track_caller]
fn changes(cases: &[(&str, &str, Change, &str)]) {
    let mut wrong = Vec::new();
    for (name, before, change, after) in cases {
        let mut check = |style: &str, before: &str, after: &str| {
            let result = apply(before, std::slice::from_ref(change));
            if result.as_deref().ok() != Some(after) {
                wrong.push(format!("--- {name} ({style})\n{result:?}\ninstead of\n{after:?}\n"));
            }
        };
        check("as given", before, after);
        check("byte-order mark", &format!("\u{feff}{before}"), &format!("\u{feff}{after}"));
        if before.contains('\n') {
            check("CRLF", &before.replace('\n', "\r\n"), &after.replace('\n', "\r\n"));
        }
        if let Some(before) =
            before.strip_suffix('\n').filter(|text| !text.ends_with('\n') && !text.is_empty())
        {
            // If the last lines are removed, the line break of the line above them stays.
            let is_end_gone = matches!(change, Change::Clear { .. } | Change::Remove { .. })
                && before.lines().count() > after.lines().count()
                && before.lines().next_back() != after.lines().next_back();
            let open = after.strip_suffix('\n').unwrap_or(after);
            check("no line break at the end", before, if is_end_gone { after } else { open });
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}
