//! Findings about the text of an element.

use std::sync::Arc;

use crate::core::catalog::Nested;
use crate::core::diagnostic::Diagnostic;
use crate::core::json::{Document, Kind, SyntaxError, Value};
use crate::core::model::TriggerElement;
use crate::core::text::{OtherFormat, Source, count, list, one_line};

/// The code of [`other_format`].
pub const OTHER_FORMAT: &str = "data-format";
/// The code of `other_element`.
pub const OTHER_ELEMENT: &str = "other-element";

/// A syntax error, with help for element data.
pub(super) fn invalid_json(source: &Arc<Source>, error: SyntaxError) -> Diagnostic {
    let help = match error.code {
        "json-empty" => "`hooks sample ELEMENT` prints an element to start from",
        "json-comment" => {
            "remove the comment (the examples in the platform's manual contain some), or start from `hooks sample ELEMENT`"
        }
        "json-trailing-comma" => "remove it (the examples in the platform's manual contain some)",
        "json-trailing-data" if source.is_part() => "put each element on its own line",
        "json-trailing-data" => {
            "pass a single element here; `hooks backfill` reads many, as a list or one per line"
        }
        "json-too-deep" => {
            "check that this is the right file: elements of the platform are not nested this deep"
        }
        _ => return error.into_diagnostic(source),
    };
    SyntaxError { help: Some(help.to_owned()), ..error }.into_diagnostic(source)
}

pub(super) fn not_an_object(source: &Arc<Source>, root: Value<'_>) -> Diagnostic {
    let start = root.span().start;
    let message = format!("expected a JSON object, found {}", root.kind().with_article());
    let help = match root.kind() {
        Kind::List if source.is_part() => "remove the brackets, so that each line is one element",
        Kind::List => "give one item of the list, from `{` to `}`; `hooks backfill` sends them all",
        _ => "`hooks sample ELEMENT` prints an element to start from",
    };
    Diagnostic::error("element-not-object", message).at(source, start..start + 1).help(help)
}

/// A document that contains an element. A list is refused: it is certainly not the element.
pub(super) fn element_elsewhere(source: &Arc<Source>, nested: &Nested) -> Result<Diagnostic, Diagnostic> {
    let (name, path, jq) = (one_line(source.name()), nested.path(), nested.jq());
    let path = one_line(&path);
    match nested {
        Nested::List(_) => {
            let message = format!("`{name}` is not an element: it contains a list of elements at `{path}`");
            let help = format!("`jq -c '{jq}[]'` prints them, one per line; `jq '{jq}[0]'` prints the first");
            Err(Diagnostic::error("element-wrapped", message).help(help))
        }
        Nested::Delivery(_) | Nested::DeliveryAsText(_) => {
            let (what, jq) = match nested {
                Nested::DeliveryAsText(_) => {
                    ("a delivery as a string", format!("{jq} | fromjson | .element_data"))
                }
                _ => ("an element", jq),
            };
            let message = format!("`{name}` contains {what} at `{path}`, but all of it is sent");
            let help = format!("`jq '{jq}'` prints the element alone");
            Ok(Diagnostic::warning("element-nested", message).help(help))
        }
    }
}

pub(super) fn repeated(source: &Arc<Source>, document: &Document) -> Diagnostic {
    let keys = document.duplicate_keys();
    let key = &source.text()[keys[0].clone()];
    let message = match keys.len() {
        1 => format!("duplicate key `{}`; the last one counts", one_line(key.trim_matches('"'))),
        n => format!("{}; the last one of each counts", count(n, "duplicate key")),
    };
    Diagnostic::warning("duplicate-key", message)
        .at(source, keys[0].clone())
        .help("parsers disagree on which one counts: remove one")
}

/// An element that looks like another kind.
pub(super) fn other_element(
    source: &Arc<Source>,
    root: Value<'_>,
    kind: TriggerElement,
    others: &[TriggerElement],
) -> Diagnostic {
    let names = list(&others.iter().map(|other| other.as_str()).collect::<Vec<_>>(), "or");
    let message = format!("`{}` looks like {names}, not like `{kind}`", one_line(source.name()));
    let start = root.span().start;
    Diagnostic::warning(OTHER_ELEMENT, message)
        .at(source, start..start + 1)
        .help(format!("pass an element of the kind `{kind}`; `hooks sample {kind}` prints one"))
}

/// Data in a format that is not JSON.
pub fn other_format(name: &str, format: OtherFormat) -> Diagnostic {
    let message = format!("`{}` is {}, not JSON", one_line(name), format.name);
    Diagnostic::error(OTHER_FORMAT, message).help(format.help)
}

/// Whether a document is a HAR file, in which browsers save requests.
pub(super) fn is_http_archive(root: Value<'_>) -> bool {
    root.get("log").and_then(|log| log.get("entries")).is_some_and(|entries| entries.kind() == Kind::List)
}

pub(super) fn http_archive(source: &Source) -> Diagnostic {
    let message =
        format!("`{}` is a HAR file (requests saved by a browser), not an element", one_line(source.name()));
    Diagnostic::error(OTHER_FORMAT, message)
        .help("`jq -r '.log.entries[].request.postData.text // empty'` prints the bodies of its requests")
}
