//! The inspector page of a run: publishes received requests, and replays them on demand.

use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use crate::commands::args::destination;
use crate::commands::error::{Result, failed};
use crate::core::export::curl;
use crate::core::received::{HandledRequest, RefusedRequest};
use crate::core::received::{ReceivedRequest, Ring};
use crate::core::secrets::Redactor;
use crate::io::http::{Options, Transport};
use crate::io::inspector::{ActionKind, Inspector, PageAction};
use crate::io::web::PageLimits;
use crate::output::json::{ShownRequest, delivery_json, inspected_json, receiver_json, refused_json};

use super::args::ListenArgs;

pub(super) struct Inspection {
    inspector: Inspector,
    requests: Ring<(u64, Arc<HandledRequest>)>,
    transport: Arc<Transport>,
    redactor: Redactor,
    reveal: bool,
    receiver: String,
}

impl Inspection {
    /// Starts to serve the page for the receiver at `url`. `example` is a command that sends a request.
    pub(super) fn start(
        args: &ListenArgs,
        url: &str,
        file: Option<&str>,
        example: &str,
        redactor: Redactor,
    ) -> Result<Self> {
        let transport = Transport::new(&Options::default())
            .map_err(|error| failed("cannot serve the inspector page", &error))?;
        let about = receiver_json(url, file, example);
        let inspector = Inspector::start(args.page.ui_port, about, PageLimits::default())
            .map_err(|error| args.page.unusable(&error))?;
        Ok(Self {
            inspector,
            requests: Ring::default(),
            transport: Arc::new(transport),
            redactor,
            reveal: args.reveal,
            receiver: url.to_owned(),
        })
    }

    pub(super) fn url(&self) -> String {
        self.inspector.page().url()
    }

    pub(super) fn show(&mut self, seen: &ShownRequest) {
        self.requests.push((seen.id, Arc::clone(&seen.arrival)), seen.arrival.request.body.len());
        let document = inspected_json(seen, &self.redactor, self.reveal);
        self.publish(&document);
    }

    pub(super) fn show_refused(&self, refused: &RefusedRequest) {
        self.publish(&self.redactor.redact(&refused_json(refused)));
    }

    fn publish(&self, document: &str) {
        self.inspector.page().publish(document.trim_end().to_owned());
    }

    pub(super) async fn next(&mut self) -> Option<PageAction> {
        self.inspector.next().await
    }

    /// Performs an action of the page; a replay runs in the background.
    pub(super) fn perform(&self, action: PageAction) {
        let Some((_, arrival)) = self.requests.iter().rev().find(|(id, _)| *id == action.id) else { return };
        let request = &arrival.request;
        let result = match &action.kind {
            ActionKind::Body => Ok(request.shown_body(&self.redactor, self.reveal).into_owned().into()),
            ActionKind::Curl => self.curl(request),
            ActionKind::Replay(url) => match self.begin_replay(request, url) {
                Ok(sending) => {
                    tokio::spawn(async move {
                        // The page may have been closed.
                        let _ = action.response.send(Ok(sending.await));
                    });
                    return;
                }
                Err(reason) => Err(reason),
            },
        };
        // The page may have been closed.
        let _ = action.response.send(result);
    }

    fn curl(&self, request: &ReceivedRequest) -> std::result::Result<Bytes, String> {
        let path = request.path();
        let query = request.query().map_or(String::new(), |query| format!("?{query}"));
        let url = Url::parse(&format!("{}{path}{query}", self.receiver))
            .map_err(|_| "the URL cannot be written for curl".to_owned())?;
        let request = request.replayed_to(&url, &self.redactor)?;
        Ok(curl(&request, self.reveal).into())
    }

    fn begin_replay(
        &self,
        request: &ReceivedRequest,
        url: &str,
    ) -> std::result::Result<impl Future<Output = Bytes> + use<>, String> {
        let request = request.replayed_to(&request.url_at(&destination(url)?), &self.redactor)?;
        let (transport, reveal) = (Arc::clone(&self.transport), self.reveal);
        Ok(async move {
            let exchange = transport.send(&request).await;
            let json = delivery_json(&request, &exchange, "the received request", 1, None);
            if reveal { json.into() } else { request.redactor.redact(&json).into_owned().into() }
        })
    }
}

/// The next action that the page requests; never ready without a page.
pub(super) async fn next_action(inspection: Option<&mut Inspection>) -> PageAction {
    if let Some(inspection) = inspection
        && let Some(action) = inspection.next().await
    {
        return action;
    }
    std::future::pending().await
}
