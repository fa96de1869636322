//! Options of the inspector page.

use std::io;

use clap::Args;

use crate::commands::error::Error;
use crate::core::diagnostic::Diagnostic;

use super::number::number;

#[derive(Debug, Clone, Args)]
pub struct PageArgs {
    /// Also show requests in the browser, on this machine only
    #[arg(long, help_heading = "Inspector")]
    pub ui: bool,
    /// Serve the page on this port [default: a free one]
    #[arg(
        long,
        value_name = "PORT",
        requires = "ui",
        default_value_t = 0,
        value_parser = number::<u16>(0..=u16::MAX),
        hide_default_value = true,
        help_heading = "Inspector"
    )]
    pub ui_port: u16,
}

impl PageArgs {
    pub fn unusable(&self, error: &io::Error) -> Error {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => "it is in use".to_owned(),
            _ => error.to_string(),
        };
        let message = format!("the inspector page cannot use port {}: {why}", self.ui_port);
        Diagnostic::error("port", message).help("omit `--ui-port` to use a free port").into()
    }
}
