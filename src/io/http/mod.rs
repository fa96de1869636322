//! Sends requests over HTTP, measures their parts and classifies failures. Nothing else uses hyper's client and `rustls`.

mod certificate;
mod classify;
mod connect;
mod connection;
mod error;
mod options;
mod pool;
mod proxy;
mod response;
mod timing;
mod tls;
mod tls_error;
mod transport;
mod tunnel;

pub use options::{Options, Proxies, SetupError};
pub use response::ReceivedResponse;
pub use transport::{Transport, send_once};
