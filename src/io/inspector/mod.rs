//! A page in the browser that shows requests as they arrive. It is served on a port of its own, only to this machine and only
//! with the token. It serves finished JSON documents and passes on the actions that it requests.

mod actions;

use std::io;

use tokio::sync::mpsc;

use crate::io::web::{Page, PageContent, PageLimits};

pub use self::actions::{ActionKind, PageAction};

const WAITING_ACTIONS: usize = 8;

/// Serves the page, until it is dropped.
#[derive(Debug)]
pub struct Inspector {
    page: Page,
    actions: mpsc::Receiver<PageAction>,
}

impl Inspector {
    /// Starts to serve on this port, a free one for 0. `receiver` is a JSON document about the receiver.
    pub fn start(port: u16, receiver: String, limits: PageLimits) -> io::Result<Self> {
        let (sender, actions) = mpsc::channel(WAITING_ACTIONS);
        let content = PageContent {
            html: include_str!("page.html"),
            about: receiver,
            actions: actions::router(sender, limits.server.clone()),
        };
        Ok(Self { page: Page::start("inspector", port, content, limits)?, actions })
    }

    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The next action that the page requests.
    pub async fn next(&mut self) -> Option<PageAction> {
        self.actions.recv().await
    }
}
