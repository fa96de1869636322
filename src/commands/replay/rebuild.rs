//! Collects what the request of a recorded delivery is built from: the current definition, or the record.

use std::path::PathBuf;
use std::sync::Arc;

use crate::commands::context::Context;
use crate::commands::error::{Error, Result, refused};
use crate::core::definitions::Definitions;
use crate::core::history::{Delivery, DestinationKind, Fidelity, Kept, Recorded};
use crate::core::json;
use crate::core::request::{Destination, Element, PreparedRequest, parse_target};
use crate::core::secrets::Redactor;
use crate::core::text::{Source, list};

use super::args::ReplayArgs;

/// A recorded delivery, and what its request is built from.
pub(super) struct Replay {
    pub(super) record: Recorded<Delivery>,
    /// None for a webhook that was created through the API of `hooks emulate`: its request is sent as recorded.
    pub(super) definitions: Option<Arc<Definitions>>,
    pub(super) element: Element,
    pub(super) destination: Destination,
}

impl Replay {
    pub(super) fn new(
        args: &ReplayArgs,
        cx: &mut Context,
        files: &mut Files,
        record: Recorded<Delivery>,
    ) -> Result<Self> {
        let is_defined = !record.is_created_over_api();
        let definitions = is_defined.then(|| files.definitions(cx, &record)).transpose()?;
        let destination = destination(args, &record)?;
        let element = element(args, &record)?;
        Ok(Self { record, definitions, element, destination })
    }
}

/// The definitions that were read: from the file named on the command line, else from the file of each delivery.
pub(super) struct Files {
    named: Option<PathBuf>,
    read: Vec<(PathBuf, Arc<Definitions>)>,
}

impl Files {
    pub(super) fn new(cx: &Context) -> Self {
        Self { named: cx.file.clone(), read: Vec::new() }
    }

    fn definitions(&mut self, cx: &mut Context, record: &Recorded<Delivery>) -> Result<Arc<Definitions>> {
        let path = self.named.clone().unwrap_or_else(|| PathBuf::from(&record.file));
        if let Some((_, definitions)) = self.read.iter().find(|(own, _)| *own == path) {
            return Ok(Arc::clone(definitions));
        }
        cx.file = Some(path.clone());
        let definitions = Arc::new(cx.definitions()?);
        self.read.push((path, Arc::clone(&definitions)));
        Ok(definitions)
    }
}

pub(super) fn not_replayed(record: &Recorded<Delivery>, message: &str, help: &str) -> Error {
    refused(format!("delivery {}: {message}", record.id)).help(help)
}

fn destination(args: &ReplayArgs, record: &Recorded<Delivery>) -> Result<Destination> {
    if let Some(url) = &args.send.to {
        return Ok(url.clone().into());
    }
    match record.destination {
        DestinationKind::PayloadUrl => Ok(Destination::Defined),
        DestinationKind::Echo if args.force => Ok(Destination::Defined),
        DestinationKind::Echo => Err(not_replayed(
            record,
            "it was sent to the receiver of `--echo`, which no longer exists",
            "use `--to URL` to name another, or `--force` to send to the payload URL",
        )),
        DestinationKind::To => {
            let url = Some(&record.url).filter(|_| !record.is_url_masked);
            let url = url.and_then(|url| parse_target(url).ok());
            url.map(Destination::Elsewhere).ok_or_else(|| {
                not_replayed(
                    record,
                    "it was sent to a URL with credentials, which are not recorded",
                    "repeat the URL with `--to URL`",
                )
            })
        }
    }
}

fn element(args: &ReplayArgs, record: &Recorded<Delivery>) -> Result<Element> {
    let kept = &record.element;
    whole(record, kept, "element")?;
    if args.as_sent || record.is_created_over_api() {
        whole(record, &record.body, "body")?;
    }
    let name = format!("delivery {}", record.id);
    let element = Element::exact(Arc::new(Source::new(name, kept.text.as_str())))?;
    Ok(match &record.element_id {
        Some(id) => element.with_own_id(&json::quote(id)),
        None => element,
    })
}

/// Refuses a recorded text that differs from the one that was sent.
fn whole(record: &Recorded<Delivery>, kept: &Kept, what: &str) -> Result<()> {
    let help = if record.is_created_over_api() {
        "repeat the call to `hooks emulate` that fired it"
    } else {
        "`hooks fire WEBHOOK DATA` builds the request from the original data"
    };
    match kept.fidelity {
        Fidelity::AsSent => Ok(()),
        Fidelity::Masked => {
            let message = format!("the recorded {what} contains masks instead of secrets");
            let help = if what == "body" && !record.is_created_over_api() {
                "omit `--as-sent` to render it with its secrets"
            } else {
                help
            };
            Err(not_replayed(record, &message, help))
        }
        Fidelity::Truncated => {
            Err(not_replayed(record, &format!("the {what} was too long to be recorded in full"), help))
        }
    }
}

/// The request of a webhook that no file defines.
pub(super) fn recorded_request(args: &ReplayArgs, replay: &Replay) -> Result<PreparedRequest> {
    const REPEAT: &str = "repeat the call to `hooks emulate` that fired it";
    let record = &replay.record;
    let masked = record.masked_headers();
    if !masked.is_empty() && !args.force {
        let message = format!("its record omits {}, which may be secret", list(&masked, "and"));
        let help = format!("{REPEAT}, or use `--force` to send it without masked headers");
        return Err(not_replayed(record, &message, &help));
    }
    let received = record.recorded();
    let url = match &args.send.to {
        Some(to) => received.url_at(to),
        None if record.is_url_masked => {
            let message = "its URL contains credentials, which are not recorded";
            return Err(not_replayed(record, message, "repeat the URL with `--to URL`"));
        }
        None => parse_target(&record.url).map_err(|error| Error::from(error.value))?,
    };
    let request = received.replayed_to(&url, &Redactor::default());
    let request = request.map_err(|why| not_replayed(record, &why, REPEAT))?;
    Ok(PreparedRequest { webhook: record.webhook.as_str().into(), ..request })
}
