//! The error of a command, with its exit code.

use crate::core::account::AccountFailure;
use crate::core::diagnostic::Diagnostic;
use crate::io::files::{self, FileError};
use crate::output::printer::Printer;
use crate::output::prompt::NoAnswer;

use super::exit::Exit;

pub type Result<T = Exit> = std::result::Result<T, Error>;

/// Made by [`usage`], [`refused`] and [`failed`], or from a [`Diagnostic`] about the input.
#[derive(Debug)]
pub struct Error {
    exit: Exit,
    findings: Vec<Diagnostic>,
}

/// The command line is invalid.
pub fn usage(message: impl Into<String>) -> Error {
    Error::usage(Diagnostic::unnamed(message))
}

/// The command was refused and did nothing.
pub fn refused(message: impl Into<String>) -> Error {
    Error { exit: Exit::No, findings: vec![Diagnostic::unnamed(message)] }
}

/// A system error. The message lists its causes.
pub fn failed(what: &str, error: &(dyn std::error::Error + 'static)) -> Error {
    let reasons = std::iter::successors(Some(error), |error| error.source());
    let message = reasons.fold(what.to_owned(), |message, reason| format!("{message}: {reason}"));
    Error { exit: Exit::NotDelivered, findings: vec![Diagnostic::unnamed(message)] }
}

impl Error {
    /// The command line is invalid, for the reason that the finding gives.
    pub fn usage(finding: Diagnostic) -> Self {
        Self { exit: Exit::Usage, findings: vec![finding] }
    }

    /// The command was refused, for the reason that the finding gives.
    pub fn refused(finding: Diagnostic) -> Self {
        Self { exit: Exit::No, findings: vec![finding] }
    }

    pub fn interrupted() -> Self {
        Self { exit: Exit::Interrupted, findings: Vec::new() }
    }

    /// Adds a help line to the last finding.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.findings.last_mut() {
            last.helps.push(help.into());
        }
        self
    }

    /// Turns it into an error about the input, with this code.
    #[must_use]
    pub fn unusable(mut self, code: &'static str) -> Self {
        self.findings.iter_mut().for_each(|finding| finding.code = code);
        Self { exit: Exit::Unusable, ..self }
    }

    pub fn exit(&self) -> Exit {
        self.exit
    }

    pub fn report(&self, printer: &mut Printer) {
        if self.exit == Exit::Interrupted {
            printer.status("interrupted");
        }
        match self.findings.as_slice() {
            [only] if only.code.is_empty() => printer.error(None, &only.message, &only.helps),
            findings => printer.findings(findings),
        }
    }
}

impl From<Diagnostic> for Error {
    fn from(finding: Diagnostic) -> Self {
        vec![finding].into()
    }
}

impl From<Vec<Diagnostic>> for Error {
    fn from(findings: Vec<Diagnostic>) -> Self {
        Self { exit: Exit::Unusable, findings }
    }
}

impl From<AccountFailure> for Error {
    fn from(failure: AccountFailure) -> Self {
        let exit = if failure.is_about_key() { Exit::Unusable } else { Exit::NotDelivered };
        Self { exit, findings: vec![Diagnostic::error(failure.name(), failure.what).help(failure.next)] }
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        files::finding(&error).into()
    }
}

impl From<NoAnswer> for Error {
    fn from(reason: NoAnswer) -> Self {
        match reason {
            NoAnswer::Cancelled | NoAnswer::Back => Self::interrupted(),
            NoAnswer::Failed(error) => failed("cannot use the terminal", &error),
        }
    }
}
