//! `hooks vars`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::value::RawValue;

use crate::core::catalog::{self, LearnedFields, LearnedType};
use crate::core::diagnostic::Diagnostic;
use crate::core::json::{Kind, Value};
use crate::core::model::{Trigger, TriggerElement};
use crate::core::request::Element;
use crate::core::template;
use crate::core::text::one_line;
use crate::io::files::{self, Elements, InputFormat};
use crate::output::json::{self, VariableRow};
use crate::output::text;

use super::args::{
    AccountElementArgs, ConnectionArgs, DataArgs, ELEMENT_GROUP, ElementChoice, EnvironmentArgs, FormatArgs,
    InputArgs, trigger,
};
use super::context::Context;
use super::error::{Result, usage};
use super::exit::Exit;
use super::{account_element, learned_fields};

/// At most this many variables of an element are shown.
const MAX_ROWS: usize = 10_000;

/// Show the variables of a trigger element, with type and example
///
/// Without ELEMENT, lists the variables of all seven elements. With DATA, lists the variables of that element with their values;
/// with `--id` or `--event`, those of an element from the account. If that element has fields that this version does not know,
/// their names and types are added to `webhooks.fields.json` beside the definitions.
#[derive(Debug, Clone, Args)]
#[command(mut_arg("data", |own| own.conflicts_with(ELEMENT_GROUP)))]
pub struct VarsArgs {
    /// Trigger element, e.g. `event` or `rsvp_answer`, or a webhook
    #[arg(value_name = "ELEMENT")]
    element: Option<String>,
    /// JSON file with one element, `-` for standard input, or CSV (first row)
    #[arg(value_name = "DATA")]
    data: Option<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
    /// Trigger; on `delete`, only `id` is available [default: the webhook's, else `create`]
    #[arg(long, value_name = "TRIGGER", value_parser = trigger)]
    trigger: Option<Trigger>,
    #[command(flatten)]
    account: AccountElementArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub fn run(args: &VarsArgs, cx: &mut Context) -> Result {
    let named = args.element.as_deref().map(|named| ElementChoice::named(cx, named)).transpose()?;
    let typed = args.trigger.or(named.and_then(|named| named.trigger));
    let trigger = typed.unwrap_or(Trigger::Create);
    let kind = named.map(|named| named.element);
    let data = data(args, cx, kind, trigger)?;
    let learned = learned_fields::known(cx)?;
    let elements = match (kind, &data) {
        (Some(kind), Some(element)) => {
            let rows = rows_of(kind, element, &learned);
            if rows.len() >= MAX_ROWS {
                cx.printer.warning(&format!("only the first {MAX_ROWS} variables are shown"));
            }
            vec![(kind, rows)]
        }
        (Some(kind), None) => vec![(kind, rows_of_any(kind, trigger, &learned))],
        (None, _) => TriggerElement::ALL.map(|kind| (kind, rows_of_any(kind, trigger, &learned))).to_vec(),
    };
    let elements: Vec<_> = elements.into_iter().map(|(kind, rows)| (kind, offered(rows, trigger))).collect();
    if args.format.is_json() {
        cx.printer.data(&json::variables_json(
            typed.map(Trigger::as_str),
            data.as_ref().map(Element::name),
            &elements,
        ));
        return Ok(Exit::Success);
    }
    let (width, style) = (cx.printer.width(), cx.printer.style());
    let texts: Vec<String> = elements
        .iter()
        .map(|(kind, rows)| text::variables_text(*kind, rows, data.is_some(), width, style))
        .collect();
    cx.printer.data(&texts.join("\n"));
    cx.printer.hint(if trigger == Trigger::Delete {
        "on delete, `{{id}}` is the only variable, but the whole element is sent as `element_data`"
    } else {
        "write `{{VARIABLE}}` in the value of a header or body field; try `hooks preview WEBHOOK` to see the result"
    });
    Ok(Exit::Success)
}

/// The element whose variables are shown, if one is named.
fn data(
    args: &VarsArgs,
    cx: &mut Context,
    kind: Option<TriggerElement>,
    trigger: Trigger,
) -> Result<Option<Element>> {
    let Some(kind) = kind else {
        return match (&args.data, args.account.is_given()) {
            (None, false) => Ok(None),
            (Some(_), _) => Err(usage("DATA requires ELEMENT")
                .help("name its trigger element, e.g. `hooks vars rsvp_answer answer.json`")),
            (None, true) => Err(usage("`--id` and `--event` require ELEMENT")
                .help("name the trigger element, e.g. `hooks vars style --id 67`")),
        };
    };
    if args.account.is_given() {
        let VarsArgs { account, connection, environment, .. } = args;
        let read = account_element::read(cx, account, connection, environment, kind, trigger)?;
        return Ok(Some(account_element::as_data(&read)?));
    }
    let Some(path) = &args.data else { return Ok(None) };
    let operand = Some(path.as_path()).filter(|path| *path != Path::new("-"));
    Ok(Some(match args.input.format(operand, kind)? {
        InputFormat::Json => DataArgs::from_file(path.clone()).element(cx, kind, trigger)?,
        InputFormat::Csv => first_row(cx, operand)?,
    }))
}

/// The element in the first row of a table.
fn first_row(cx: &mut Context, path: Option<&Path>) -> Result<Element> {
    let mut elements = match path {
        Some(path) => Elements::open(path, InputFormat::Csv).map_err(|error| files::finding(&error))?,
        None => Elements::stdin(InputFormat::Csv),
    };
    let Some(item) = elements.next().transpose()? else {
        let name = path.map_or(files::STANDARD_INPUT.into(), Path::to_string_lossy);
        return Err(Diagnostic::error("csv-row", format!("`{}` contains no rows", one_line(&name)))
            .help("add a row below the header row")
            .into());
    };
    cx.printer.findings(item.note.as_slice());
    let (element, notices) = Element::parse(item.text?)?;
    cx.printer.findings(&notices);
    Ok(element)
}

fn offered(mut rows: Vec<VariableRow>, trigger: Trigger) -> Vec<VariableRow> {
    if trigger == Trigger::Delete {
        rows.retain(|row| row.name == "id");
    }
    rows
}

/// The documented variables, with examples from the built-in sample, and the fields learned from the account.
fn rows_of_any(kind: TriggerElement, trigger: Trigger, learned: &LearnedFields) -> Vec<VariableRow> {
    let sample = Element::sample(kind, trigger);
    let documented = |variable: &'static catalog::Variable| VariableRow {
        example: sample.variable(kind, variable.name).and_then(raw),
        ..row(variable.name, variable.kind.as_str(), Some(variable))
    };
    let known = catalog::variables(kind).iter().map(documented);
    known
        .chain(learned.fields(kind).map(|(name, own)| as_learned(row(name, own.as_str(), None), own)))
        .collect()
}

/// The row of a field that was learned from the account.
fn as_learned(row: VariableRow, own: LearnedType) -> VariableRow {
    VariableRow { is_learned: true, nullable: Some(own.is_nullable), optional: Some(true), ..row }
}

fn row(name: &str, kind: &'static str, known: Option<&'static catalog::Variable>) -> VariableRow {
    VariableRow {
        name: name.to_owned(),
        kind,
        nullable: known.map(|variable| variable.nullable),
        optional: known.map(|variable| variable.optional),
        allowed: known.map_or(&[], |variable| variable.allowed),
        meaning: known.map(|variable| variable.meaning),
        is_learned: false,
        is_usable: true,
        example: None,
        value: None,
    }
}

fn raw(value: Value<'_>) -> Option<Box<RawValue>> {
    RawValue::from_string(value.to_compact()).ok()
}

/// The variables of one element in its own order, at most [`MAX_ROWS`].
fn rows_of(kind: TriggerElement, element: &Element, learned: &LearnedFields) -> Vec<VariableRow> {
    let mut rows = Vec::new();
    if element.root().get("id").is_none()
        && let Some(id) = element.variable(kind, "id")
    {
        rows.push(row_of(kind, "id", id, true));
    }
    add_members(kind, element.root(), "", true, &mut rows);
    let is_learned = |row: &VariableRow| learned.get(kind, &row.name);
    rows.into_iter().map(|row| is_learned(&row).map_or(row.clone(), |own| as_learned(row, own))).collect()
}

fn row_of(kind: TriggerElement, name: &str, value: Value<'_>, is_usable: bool) -> VariableRow {
    let is_integer = value.kind() == Kind::Number && !value.raw().contains(['.', 'e', 'E']);
    let value_kind = if is_integer { "integer" } else { value.kind().as_str() };
    VariableRow { is_usable, value: raw(value), ..row(name, value_kind, catalog::find(kind, name)) }
}

/// Adds the members of a value at this path; `is_usable` says whether the path can be written between braces.
fn add_members(
    kind: TriggerElement,
    value: Value<'_>,
    path: &str,
    is_usable: bool,
    rows: &mut Vec<VariableRow>,
) {
    let is_list = value.kind() == Kind::List;
    for (index, (key, member)) in value.members().enumerate() {
        if rows.len() >= MAX_ROWS {
            return;
        }
        let step = if is_list { index.to_string() } else { key.into_owned() };
        let name = if path.is_empty() { step.clone() } else { format!("{path}.{step}") };
        // A key may contain braces, or dots that would be read as a path, or be a duplicate.
        let is_last = || value.get(&step).is_some_and(|last| last.span() == member.span());
        let is_usable = is_usable && is_variable(&name) && (is_list || !step.contains('.') && is_last());
        rows.push(row_of(kind, &name, member, is_usable));
        add_members(kind, member, &name, is_usable, rows);
    }
}

/// Whether a name can be written between braces.
fn is_variable(name: &str) -> bool {
    template::parse(&format!("{{{{{name}}}}}"))
        .is_ok_and(|template| template.sole_variable().is_some_and(|own| own.value == name))
}
