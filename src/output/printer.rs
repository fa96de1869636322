//! The only place that prints. Results go to standard output, everything else to standard error. All output is redacted and, unless
//! it goes to a terminal, contains no commands for the log of a CI system. A closed pipe is not an error.

#![expect(
    clippy::disallowed_methods,
    reason = "this is where standard output and standard error are written"
)]

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal, Write};
#[cfg(unix)]
use std::os::fd::AsFd;
// The same bound on both systems; only one needs it.
#[cfg(windows)]
use std::os::windows::io::AsHandle as AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::core::diagnostic::Diagnostic;
use crate::core::secrets::Redactor;
use crate::core::text::{log_safe, one_line};

use super::progress::Progress;
use super::report;
use super::stdout::Stdout;
use super::style::Style;
use super::text::{is_message, wrapped_message};

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal that can show them, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the environment says about the terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct TerminalSettings {
    /// `NO_COLOR` is set.
    pub no_color: bool,
    /// `COLUMNS`, if it is a number.
    pub columns: Option<u16>,
    /// `TERM=dumb`: the terminal supports no escape sequences.
    pub is_dumb: bool,
    /// This is a CI job: even a terminal is a log, and no questions are asked.
    pub is_ci: bool,
}

#[derive(Debug)]
pub struct Printer {
    settings: TerminalSettings,
    is_quiet: bool,
    out: Style,
    err: Style,
    redactor: Option<Redactor>,
    failure: Option<io::Error>,
    is_out_closed: bool,
    progress: Option<Progress>,
    /// See [`Self::exit_while_blocked`].
    exits_on_signal: Option<Arc<AtomicBool>>,
}

impl Printer {
    pub fn new(color: Color, is_quiet: bool, settings: TerminalSettings) -> Self {
        let style = |is_terminal: bool| Style {
            is_on: match color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => is_terminal && !settings.no_color && !settings.is_dumb,
            },
        };
        let (out, err) = (style(io::stdout().is_terminal()), style(io::stderr().is_terminal()));
        console::set_colors_enabled_stderr(err.is_on);
        Self {
            settings,
            is_quiet,
            out,
            err,
            redactor: None,
            failure: None,
            is_out_closed: false,
            progress: None,
            exits_on_signal: None,
        }
    }

    /// From now on these secrets are masked in everything that is printed.
    pub fn hide(&mut self, redactor: &Redactor) {
        match &mut self.redactor {
            Some(own) => own.extend(redactor),
            None => self.redactor = Some(redactor.clone()),
        }
    }

    pub fn style(&self) -> Style {
        self.out
    }

    pub fn style_err(&self) -> Style {
        self.err
    }

    pub fn is_out_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether reading standard input would wait for the user to type.
    pub fn is_in_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// Whether questions can be asked: only on a terminal that can redraw a list, and not in a CI job.
    pub fn can_ask(&self) -> bool {
        let TerminalSettings { is_dumb, is_ci, .. } = self.settings;
        io::stdin().is_terminal() && io::stderr().is_terminal() && !is_dumb && !is_ci
    }

    /// `COLUMNS`, or the width of the terminal; none where lines may have any length.
    pub fn width(&self) -> Option<u16> {
        self.settings.columns.or_else(|| width(&console::Term::stdout()))
    }

    pub fn can_show_progress(&self) -> bool {
        !self.is_quiet && io::stderr().is_terminal() && !self.settings.is_dumb
    }

    /// Draws or updates the progress bar, which stays below all other output and is followed by these words.
    pub fn progress(&mut self, done: u64, length: Option<u64>, words: &str) {
        let style = self.err;
        let start = || Progress::start(length, console::Term::buffered_stderr(), style);
        self.progress.get_or_insert_with(start).show(done, length, words);
    }

    pub fn end_progress(&mut self) {
        self.progress = None;
    }

    /// Clears the terminal's echo of a key, such as `^C`, so that the next line begins in the first column.
    pub fn clear_echo(&mut self) {
        let term = console::Term::stderr();
        if term.is_term() {
            let clear = || if self.settings.is_dumb { term.write_line("") } else { term.clear_line() };
            // The terminal may be gone.
            let _ = without_progress(self.progress.as_ref(), clear);
        }
    }

    /// Whether standard output could not be written, other than because the pipe was closed.
    pub fn is_out_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Whether standard output can no longer be written.
    pub fn is_out_closed(&self) -> bool {
        self.is_out_closed
    }

    /// From now on this flag is set while printing is blocked. While it is set, a signal must end the program.
    pub fn exit_while_blocked(&mut self, exits_on_signal: Arc<AtomicBool>) {
        self.exits_on_signal = Some(exits_on_signal);
    }

    /// Prints a part of the result, for people or as JSON.
    pub fn data(&mut self, text: &str) {
        let shown = shown(text, self.redactor.as_ref(), self.is_log(io::stdout().is_terminal()));
        self.write_out(shown.as_bytes());
    }

    /// Prints commands for the log of a CI system.
    pub fn log_commands(&mut self, text: &str) {
        let masked = self.redactor.as_ref().map_or(text.into(), |redactor| redactor.redact(text));
        self.write_out(masked.as_bytes());
    }

    /// Prints the result of a delivery. If standard output cannot be written, the line with its state goes to standard
    /// error, even when quiet.
    pub fn result(&mut self, text: &str, line: &str) {
        self.data(text);
        if self.failure.is_some() {
            self.write_err(line, |_| false);
        }
    }

    /// Prints from other threads, so that a slow reader delays nothing else.
    pub fn stdout(&self) -> io::Result<Stdout> {
        let (redactor, is_log) = (self.redactor.clone(), self.is_log(io::stdout().is_terminal()));
        Stdout::start(move |text| {
            write_all(&mut io::stdout(), shown(text, redactor.as_ref(), is_log).as_bytes())
        })
    }

    /// Ends printing from other threads; false if the output is incomplete because nobody reads it.
    pub fn end_stdout(&mut self, stdout: Stdout) -> bool {
        self.is_out_closed = true;
        let Some(result) = stdout.into_result() else { return false };
        self.is_out_closed = false;
        result.unwrap_or_else(|error| self.record_failure(error));
        true
    }

    /// Prints exactly these bytes, which must be masked already.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.write_out(bytes);
    }

    pub fn status(&mut self, text: &str) {
        self.print_unless_quiet(&one_line(text), |_| true);
    }

    /// Prints a command to copy, which is not wrapped.
    pub fn command(&mut self, label: &str, command: &str) {
        self.print_unless_quiet(&format!("{label}: {}", one_line(command)), |_| false);
    }

    pub fn hint(&mut self, text: &str) {
        self.print_unless_quiet(&format!("{}: {}", self.err.name("hint"), one_line(text)), is_message);
    }

    pub fn warning(&mut self, text: &str) {
        self.print_unless_quiet(&format!("{}: {}", self.err.warning("warning"), one_line(text)), is_message);
    }

    pub fn warning_with_help(&mut self, text: &str, help: &str) {
        let (warning, label) = (self.err.warning("warning"), self.err.strong("help"));
        let text = format!("{warning}: {}\n  = {label}: {}", one_line(text), one_line(help));
        self.print_unless_quiet(&text, is_message);
    }

    /// Prints an error, with its stable name if it has one.
    pub fn error(&mut self, name: Option<&str>, message: &str, helps: &[String]) {
        let label = name.map_or("error".to_owned(), |name| format!("error[{name}]"));
        let mut text = format!("{}: {}\n", self.err.error(&label), one_line(message));
        for help in helps {
            text.push_str(&format!("  = {}: {}\n", self.err.strong("help"), one_line(help)));
        }
        self.write_err(&text, is_message);
    }

    /// Prints findings; warnings among them are left out when quiet.
    pub fn findings(&mut self, findings: &[Diagnostic]) {
        let shown = findings
            .iter()
            .filter(|finding| !self.is_quiet || finding.level == crate::core::diagnostic::Level::Error);
        let text = report::texts(shown.collect(), self.err, width(&console::Term::stderr()));
        self.write_err(&text, is_message);
    }

    /// Prints formatted and escaped lines on standard error, even when quiet.
    pub fn preformatted(&mut self, text: &str) {
        self.write_err(text, |_| false);
    }

    /// Prints a formatted error about the command line, with its sentences wrapped.
    pub fn usage_error(&mut self, text: &str) {
        self.write_err(text, is_message);
    }

    /// Flushes the output, and reports if some of it could not be printed.
    pub fn finish(mut self) -> io::Result<()> {
        // Closed or blocked output is not flushed.
        if !self.is_out_closed
            && let Err(error) = io::stdout().flush()
        {
            self.record_failure(error);
        }
        let Some(error) = self.failure.take() else { return Ok(()) };
        self.error(None, &format!("cannot write to standard output: {error}"), &[]);
        Err(error)
    }

    fn print_unless_quiet(&mut self, text: &str, is_wrapped: fn(&str) -> bool) {
        if !self.is_quiet {
            self.write_err(&format!("{text}\n"), is_wrapped);
        }
    }

    fn write_out(&mut self, bytes: &[u8]) {
        if !self.is_out_closed
            && let Err(error) = self.write(&mut io::stdout(), bytes)
        {
            self.record_failure(error);
        }
    }

    /// On a terminal, the lines for which `is_wrapped` is true are wrapped between words.
    fn write_err(&mut self, text: &str, is_wrapped: fn(&str) -> bool) {
        let shown = shown(text, self.redactor.as_ref(), self.is_log(io::stderr().is_terminal()));
        let wrapped = width(&console::Term::stderr()).map(|width| {
            let line = |line: &str| match line {
                line if is_wrapped(line) => wrapped_message(line, usize::from(width)),
                line => line.to_owned(),
            };
            shown.split('\n').map(line).collect::<Vec<_>>().join("\n")
        });
        // If standard error cannot be written, there is nowhere to report it.
        let _ = self.write(&mut io::stderr(), wrapped.as_deref().unwrap_or(&shown).as_bytes());
    }

    fn write(&self, out: &mut (impl Write + AsFd), bytes: &[u8]) -> io::Result<()> {
        without_progress(self.progress.as_ref(), || match &self.exits_on_signal {
            Some(exits) => write_or_exit(out, bytes, exits),
            None => write_all(out, bytes),
        })
    }

    /// Whether output is read as the log of a CI system, which may contain commands.
    fn is_log(&self, is_terminal: bool) -> bool {
        !is_terminal || self.settings.is_ci
    }

    fn record_failure(&mut self, error: io::Error) {
        self.is_out_closed = true;
        if error.kind() != ErrorKind::BrokenPipe && self.failure.is_none() {
            self.failure = Some(error);
        }
    }
}

/// Text that is safe to print.
fn shown<'t>(text: &'t str, redactor: Option<&Redactor>, is_log: bool) -> Cow<'t, str> {
    match redactor.map_or(text.into(), |redactor| redactor.redact(text)) {
        masked if !is_log => masked,
        Cow::Borrowed(masked) => log_safe(masked),
        Cow::Owned(masked) => log_safe(&masked).into_owned().into(),
    }
}

fn write_all(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(bytes).and_then(|()| out.flush())
}

/// Writes in pieces, and sets the flag while the pipe is full.
#[cfg(unix)]
fn write_or_exit(out: &mut (impl Write + AsFd), bytes: &[u8], exits: &AtomicBool) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    /// A pipe that has any space has space for this many bytes.
    const PIECE: usize = 4096;
    const NO_TIME: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
    let poll = |out: &_, wait| poll(&mut [PollFd::new(out, PollFlags::OUT)], wait);
    for piece in bytes.chunks(PIECE) {
        if poll(out, Some(&NO_TIME)) == Ok(0) {
            let before = exits.swap(true, Ordering::SeqCst);
            while poll(out, None) == Err(rustix::io::Errno::INTR) {}
            exits.store(before, Ordering::SeqCst);
        }
        write_all(out, piece)?;
    }
    Ok(())
}

/// On Windows, no signal ends the program while it waits here, so the flag is not needed.
#[cfg(not(unix))]
fn write_or_exit(out: &mut impl Write, bytes: &[u8], _: &AtomicBool) -> io::Result<()> {
    write_all(out, bytes)
}

/// Prints while the progress bar, if any, is hidden.
fn without_progress<T>(progress: Option<&Progress>, print: impl FnOnce() -> T) -> T {
    match progress {
        Some(progress) => progress.suspend(print),
        None => print(),
    }
}

fn width(term: &console::Term) -> Option<u16> {
    let columns = term.is_term().then(|| term.size_checked()).flatten().map(|(_, columns)| columns);
    columns.filter(|columns| *columns > 0)
}
