//! Serves axum routers on this machine within limits, and pages that only this machine and their own script can use.

mod access;
mod body;
mod buffer;
mod events;
mod page;
mod serve;

pub use access::{Denial, OwnHost, deny};
pub use body::read_body;
pub use page::{Page, PageContent, PageLimits};
pub use serve::{Server, ServerLimits, serve};
