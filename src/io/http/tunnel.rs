//! Tunnels through a proxy to the receiver: HTTP `CONNECT` (RFC 9110, 9.3.6) and SOCKS.

use std::fmt;
use std::io;
use std::task::{Context, Poll};

use hyper::Uri;
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower_service::Service;
use url::Host;

use super::connection::Stream;
use super::proxy::{Proxy, ProxyKind};
use crate::core::body::header_text;

const MAX_HEAD_BYTES: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;

/// Why a proxy opens no tunnel: a fragment that starts with "it" or "its".
#[derive(Debug)]
pub(super) struct TunnelError(String);

impl fmt::Display for TunnelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TunnelError {}

fn refused(words: impl Into<String>) -> io::Error {
    io::Error::other(TunnelError(words.into()))
}

/// Asks an HTTP proxy for a tunnel. Any 2xx opens it.
pub(super) async fn connect<S: Stream + 'static>(
    mut stream: S,
    proxy: &Proxy,
    host: &Host<&str>,
    port: u16,
) -> io::Result<Box<dyn Stream>> {
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(credentials) = proxy.authorization() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(credentials.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await?;
    stream.flush().await?;

    let mut response = Vec::new();
    loop {
        if stream.read_buf(&mut response).await? == 0 {
            return Err(refused(match first_line(&response) {
                Some(status) => format!("it responded {} and closed the connection", clean(&status, proxy)),
                None if response.is_empty() => "it closed the connection without a response".to_owned(),
                None => "its response is not HTTP".to_owned(),
            }));
        }
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Response::new(&mut headers);
        match parsed.parse(&response) {
            Ok(httparse::Status::Complete(length)) => match parsed.code.unwrap_or_default() {
                // Interim: the final response follows.
                100 | 102..=199 => drop(response.drain(..length)),
                200..=299 if length == response.len() => return Ok(Box::new(stream)),
                200..=299 => return Err(refused("it sent unexpected data into the tunnel")),
                code => {
                    let status = first_line(&response).unwrap_or_else(|| code.to_string());
                    return Err(refused(format!("it responded {}", clean(&status, proxy))));
                }
            },
            Ok(httparse::Status::Partial) if response.len() > MAX_HEAD_BYTES => {
                return Err(refused("its response has too many headers"));
            }
            Ok(httparse::Status::Partial) => {}
            Err(_) => return Err(refused("its response is not HTTP")),
        }
    }
}

/// Status and reason phrase of a response, however much of it arrived.
fn first_line(response: &[u8]) -> Option<String> {
    let line = response.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
    let status = line.strip_prefix(b"HTTP/1.")?.get(2..)?;
    let status = header_text(status).into_owned();
    match status.split_once(' ') {
        Some((_, reason)) if !reason.trim().is_empty() => Some(status),
        _ => {
            let code: u16 = status.trim().parse().ok()?;
            let reason = http::StatusCode::from_u16(code).ok()?.canonical_reason();
            Some(reason.map_or_else(|| code.to_string(), |reason| format!("{code} {reason}")))
        }
    }
}

/// Masks the credentials of the proxy, which it may echo.
fn clean(text: &str, proxy: &Proxy) -> String {
    proxy.redactor().map_or_else(|| text.to_owned(), |redactor| redactor.redact(text).into_owned())
}

pub(super) async fn socks(
    stream: Box<dyn Stream>,
    proxy: &Proxy,
    host: &Host<String>,
    port: u16,
) -> io::Result<Box<dyn Stream>> {
    let target: Uri = format!("http://{host}:{port}/").parse().map_err(io::Error::other)?;
    let own: Uri = format!("http://{}/", proxy.address()).parse().map_err(io::Error::other)?;
    let connected = Connected(Some(TokioIo::new(stream)));
    let opened = if matches!(proxy.kind, ProxyKind::Socks4 { .. }) {
        SocksV4::new(own, connected).call(target).await.map_err(|error| words(&error))
    } else {
        let mut socks = SocksV5::new(own, connected);
        if let Some((user, password)) = proxy.credentials.clone() {
            socks = socks.with_auth(user, password);
        }
        socks.call(target).await.map_err(|error| words(&error))
    };
    opened.map(|stream| Box::new(stream.into_inner()) as Box<dyn Stream>).map_err(refused)
}

/// The error of a SOCKS handshake. The crate does not export its type.
fn words(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    let text = text.trim_start_matches("SOCKS error: ");
    match text {
        "io error during SOCKS handshake" => "it closed the connection during the SOCKS handshake".to_owned(),
        "failed parsing server response" => "it does not speak SOCKS".to_owned(),
        text => format!("SOCKS: {text}"),
    }
}

/// An open connection, as the connector for a SOCKS handshake.
struct Connected(Option<TokioIo<Box<dyn Stream>>>);

impl Service<Uri> for Connected {
    type Response = TokioIo<Box<dyn Stream>>;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        std::future::ready(self.0.take().ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}
