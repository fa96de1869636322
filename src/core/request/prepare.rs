//! Makes one request: a webhook understood, and rendered for one element.

use std::net::SocketAddr;

use url::Url;

use crate::core::diagnostic::Diagnostic;
use crate::core::model::Webhook;

use super::element::Element;
use super::environment::Environment;
use super::plan::Plan;
use super::prepared::PreparedRequest;
use super::target::Override;

/// What a webhook is rendered with.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Rendering<'a> {
    /// The element whose data is sent.
    pub element: &'a Element,
    /// Where `${NAME}` is looked up.
    pub environment: &'a dyn Environment,
    /// Whether a variable that the element lacks becomes an empty text.
    pub allow_missing: bool,
    /// Where the request goes.
    pub destination: &'a Destination,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To the webhook's payload URL.
    Defined,
    /// Somewhere else.
    Elsewhere(Url),
    /// To another host, with the path and query of the payload URL.
    Host(Override),
    /// To a receiver on this machine, with the path and query of the payload URL.
    Receiver(SocketAddr),
}

impl From<Override> for Destination {
    fn from(to: Override) -> Self {
        if to.has_path { Self::Elsewhere(to.url) } else { Self::Host(to) }
    }
}

/// Makes the request that a webhook sends, and the warnings to go with it. For many elements, a [`Plan`]
/// makes the same requests in less time.
///
/// # Errors
/// Everything that is wrong with the webhook for this element and environment, by place.
pub fn prepare(
    webhook: &Webhook,
    with: Rendering<'_>,
) -> Result<(PreparedRequest, Vec<Diagnostic>), Vec<Diagnostic>> {
    Plan::understand(webhook, with.environment, with.destination, with.allow_missing).explained(with.element)
}
