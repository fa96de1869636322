//! Why a command ended early, and with which exit code.

use crate::core::diagnostic::Diagnostic;
use crate::output::pick::NoAnswer;
use crate::output::printer::Printer;

use super::exit::Exit;

/// What a command returns.
pub type Result<T = Exit> = std::result::Result<T, Error>;

/// Why a command ended early.
#[derive(Debug)]
pub enum Error {
    /// The command line cannot be carried out.
    Usage {
        /// What is wrong.
        message: String,
        /// The way out.
        help: String,
    },
    /// The definitions, the element or the environment cannot be used.
    Unusable(Vec<Diagnostic>),
    /// It was refused; nothing was done.
    Refused {
        /// Why.
        message: String,
        /// The way out.
        help: String,
    },
    /// The person stopped it.
    Interrupted,
    /// Something outside failed that no one foresaw.
    Other(anyhow::Error),
}

impl Error {
    /// The exit code that belongs to it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } => Exit::Usage,
            Self::Unusable(_) => Exit::Unusable,
            Self::Refused { .. } => Exit::No,
            Self::Interrupted => Exit::Interrupted,
            Self::Other(_) => Exit::NotDelivered,
        }
    }

    /// Tells the person.
    pub fn report(&self, printer: &mut Printer) {
        match self {
            Self::Usage { message, help } | Self::Refused { message, help } => {
                printer.error(None, message, std::slice::from_ref(help));
            }
            Self::Unusable(findings) => printer.findings(findings),
            Self::Interrupted => printer.status("interrupted"),
            Self::Other(error) => printer.error(None, &format!("{error:#}"), &[]),
        }
    }
}

impl From<Diagnostic> for Error {
    fn from(finding: Diagnostic) -> Self {
        Self::Unusable(vec![finding])
    }
}

impl From<Vec<Diagnostic>> for Error {
    fn from(findings: Vec<Diagnostic>) -> Self {
        Self::Unusable(findings)
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<NoAnswer> for Error {
    fn from(reason: NoAnswer) -> Self {
        match reason {
            NoAnswer::Cancelled | NoAnswer::Back => Self::Interrupted,
            NoAnswer::Failed(error) => {
                Self::Other(anyhow::Error::new(error).context("cannot use the terminal"))
            }
        }
    }
}
