//! Binds the address that `listen` and `emulate` serve.

use std::net::IpAddr;

use crate::core::diagnostic::Diagnostic;
use crate::io::listeners::{BindError, Listeners};

use super::context::Context;
use super::error::{Error, Result};

/// Binds a port, and warns if other machines can reach it.
pub(super) fn bind(cx: &mut Context, address: Option<IpAddr>, port: u16) -> Result<Listeners> {
    let listeners = Listeners::bind(address, port).map_err(|error| unusable(&error))?;
    warn_if_reachable(cx, &listeners);
    Ok(listeners)
}

fn unusable(error: &BindError) -> Error {
    let port = error.address.port();
    let finding = Diagnostic::error("port", error.to_string());
    let finding = match error.source.kind() {
        std::io::ErrorKind::AddrInUse => finding
            .help("use `--port 0` for a free port, or `--port N` for another one")
            .help(format!("run `lsof -i :{port}` or `ss -ltnp` to see which program uses it")),
        std::io::ErrorKind::PermissionDenied => {
            finding.help("ports below 1024 need administrator rights: use a higher one with `--port N`")
        }
        _ => finding.help("omit `--bind` to listen on 127.0.0.1 and ::1"),
    };
    finding.into()
}

fn warn_if_reachable(cx: &mut Context, listeners: &Listeners) {
    if !listeners.is_loopback() {
        cx.printer.warning(&format!(
            "anyone who can reach {} can send requests; omit `--bind` to allow only this machine",
            listeners.address()
        ));
    }
}
