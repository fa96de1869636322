//! The page of the emulator. It receives the log as JSON, and calls the emulator's own routes, which log and fire webhooks as
//! usual.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::handle::EmulatorHandle;
use super::routes;
use super::service::{PageAccount, Service};
use crate::io::web::{Denial, Page, PageContent, PageLimits, deny};

impl EmulatorHandle {
    /// Opens the account of a key and serves the page on this port, or on a free one for 0. `about` is a JSON document for the
    /// page.
    pub fn serve_page(&self, port: u16, about: String, key: &str) -> io::Result<Page> {
        let opened = self.service.state().open(key);
        opened.map_err(|error| io::Error::other(error.to_string()))?;
        let calls = routes::router(Arc::clone(&self.service)).layer(from_fn(choose_account));
        let actions = Router::new()
            .route("/accounts", get(accounts))
            .with_state(Arc::clone(&self.service))
            .nest("/accounts/{account}", calls);
        let content = PageContent { html: include_str!("page.html"), about, actions };
        Page::start("emulator page", port, content, PageLimits::default())
    }
}

/// The accounts, e.g. `[{"number":1,"key_end":"…"}]`.
async fn accounts(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let state = service.state();
    let labels = state.namespaces.labels();
    let labels: Value = labels.map(|own| json!({ "number": own.number, "key_end": &*own.key_end })).collect();
    ([(CONTENT_TYPE, "application/json")], labels.to_string())
}

async fn choose_account(params: RawPathParams, mut request: Request, next: Next) -> Result<Response, Denial> {
    let number = params.iter().find(|(name, _)| *name == "account").and_then(|(_, value)| value.parse().ok());
    let number = number.ok_or_else(|| deny(StatusCode::NOT_FOUND, "no such account"))?;
    request.extensions_mut().insert(PageAccount(number));
    Ok(next.run(request).await)
}
