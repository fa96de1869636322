//! `hooks preview`

use clap::{Args, ValueEnum};

use crate::core::definitions::Definitions;
use crate::core::export;
use crate::core::request::{
    Destination, Element, EmptyEnvironment, Override, PermissiveEnvironment, PreparedRequest, Rendering,
    prepare,
};
use crate::core::text::{count, printable};
use crate::output::{json, text};

use super::account_element::{WebhookElement, WebhookElementArgs};
use super::args::{ConnectionArgs, FormatArgs, destination};
use super::context::Context;
use super::error::{Result, usage};
use super::exit::Exit;

/// Show a webhook's request and the source of each value
///
/// Nothing is sent. Credentials and values from the environment are masked.
///
/// With `--all`, every webhook is shown with its built-in sample. The environment is not read, and `--format http` indents JSON bodies
/// and omits headers that are the same for every webhook, so the output changes only if a definition changes.
#[derive(Debug, Clone, Args)]
pub struct PreviewArgs {
    #[command(flatten)]
    chosen: WebhookElementArgs,
    /// Show every webhook with its built-in sample, e.g. to compare in CI
    #[arg(
        long,
        conflicts_with_all = ["webhook", "data", "set", "set_json", "allow_missing", "id", "event", "env_file", "to", "reveal"]
    )]
    all: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
    /// Show the request as if sent to this URL
    #[arg(long, value_name = "URL", value_parser = destination, help_heading = "Delivery")]
    to: Option<Override>,
    /// Show credentials and values from the environment
    #[arg(long, help_heading = "Output")]
    reveal: bool,
    #[command(flatten)]
    format: FormatArgs<PreviewFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
enum PreviewFormat {
    /// Text for people
    #[default]
    Text,
    /// JSON for scripts
    Json,
    /// HTTP message as sent
    Http,
    /// curl command that sends the same request
    Curl,
    /// Body, byte for byte
    Body,
}

pub fn run(args: &PreviewArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    if args.all {
        return all(args, cx, &definitions);
    }
    let destination = args.to.clone().map_or(Destination::Defined, Destination::from);
    let WebhookElement { webhook, is_picked, element, data, environment } =
        args.chosen.read(cx, &definitions, &destination, (&args.connection).into())?;
    let rendering = Rendering {
        element: &element,
        environment: &PermissiveEnvironment::for_display(&environment),
        allow_missing: data.allow_missing,
        destination: &destination,
    };
    let (request, warnings) = prepare(webhook, rendering)?;
    if !args.reveal {
        cx.printer.hide(&request.redactor);
    }
    cx.printer.findings(&warnings);
    let format = args.format.format(PreviewFormat::Json);
    print(cx, &request, element.name(), format, args.reveal);
    if is_picked {
        let words: Vec<_> = std::iter::once(webhook.handle.value.clone()).chain(data.typed()).collect();
        cx.hint_without_questions(&words);
    }
    Ok(Exit::Success)
}

/// Prints the request of every webhook, or why it cannot be built.
fn all(args: &PreviewArgs, cx: &mut Context, definitions: &Definitions) -> Result {
    let format = args.format.format(PreviewFormat::Json);
    if format == PreviewFormat::Body {
        return Err(
            usage("`--format body` shows one body at a time").help("use `--format http` with `--all`")
        );
    }
    let mut exit = Exit::Success;
    for (index, webhook) in definitions.webhooks.iter().enumerate() {
        let element = Element::sample(webhook.trigger_element.value, webhook.trigger.value);
        let rendering = Rendering {
            element: &element,
            environment: &PermissiveEnvironment::for_comparison(&EmptyEnvironment),
            allow_missing: false,
            destination: &Destination::Defined,
        };
        let (request, warnings) = match prepare(webhook, rendering) {
            Ok(prepared) => prepared,
            Err(findings) => {
                cx.printer.findings(&findings);
                exit = Exit::Unusable;
                continue;
            }
        };
        cx.printer.findings(&warnings);
        let separator = if index == 0 || format == PreviewFormat::Json { "" } else { "\n" };
        let text = match format {
            PreviewFormat::Text => {
                let style = cx.printer.style();
                let text = text::preview_text(&request, false, cx.printer.width(), style);
                format!("{}\n{text}", style.strong(&webhook.handle.value))
            }
            PreviewFormat::Json => json::preview_line(&request, element.name()),
            PreviewFormat::Curl => format!("{}\n", export::curl(&request, false).trim_end()),
            PreviewFormat::Http | PreviewFormat::Body => export::snapshot(webhook, &request),
        };
        cx.printer.data(&format!("{separator}{text}"));
    }
    Ok(exit)
}

fn print(cx: &mut Context, request: &PreparedRequest, data: &str, format: PreviewFormat, reveal: bool) {
    match format {
        PreviewFormat::Text => {
            let text = text::preview_text(request, reveal, cx.printer.width(), cx.printer.style());
            cx.printer.data(&text);
        }
        PreviewFormat::Json => cx.printer.data(&json::preview_json(request, data, reveal)),
        PreviewFormat::Http => print_exact(cx, &export::http(request, reveal)),
        PreviewFormat::Curl => {
            print_exact(cx, format!("{}\n", export::curl(request, reveal).trim_end()).as_bytes());
        }
        PreviewFormat::Body => print_body(cx, &request.shown_body(reveal)),
    }
    let masked = match format {
        _ if reveal => 0,
        PreviewFormat::Body => request.masked_in_body(),
        PreviewFormat::Curl => export::masked_places(request),
        PreviewFormat::Text | PreviewFormat::Json | PreviewFormat::Http => request.masked_places(),
    };
    let values = count(masked, "value");
    match format {
        _ if masked == 0 => {}
        PreviewFormat::Text | PreviewFormat::Json => {
            cx.printer.hint(&format!("{values} masked; use `--reveal` to show all"));
        }
        PreviewFormat::Http | PreviewFormat::Curl | PreviewFormat::Body => {
            cx.printer.warning(&format!(
                "{values} masked, so this is not the real request; use `--reveal` to show all"
            ));
        }
    }
}

/// Prints a body byte for byte, on a terminal followed by a line break.
fn print_body(cx: &mut Context, body: &[u8]) {
    print_exact(cx, body);
    if cx.printer.is_out_terminal() && !body.ends_with(b"\n") {
        cx.printer.bytes(b"\n");
    }
}

/// Prints bytes as they are, on a terminal without control characters.
fn print_exact(cx: &mut Context, bytes: &[u8]) {
    if cx.printer.is_out_terminal() {
        cx.printer.bytes(printable(&String::from_utf8_lossy(bytes).replace("\r\n", "\n")).as_bytes());
    } else {
        cx.printer.bytes(bytes);
    }
}
