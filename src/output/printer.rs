//! The only printer. Standard output carries the answer, standard error everything about it; whatever
//! is printed passes the redactor and, unless it goes to a terminal, holds no command for the log of a CI system; a
//! closed pipe is not an error.

#![expect(
    clippy::disallowed_methods,
    reason = "this is where standard output and standard error are written"
)]

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal, Write};

use crate::core::diagnostic::Diagnostic;
use crate::core::secrets::Redactor;
use crate::core::text::{log_safe, one_line};
use crate::io::env;
use crate::io::interrupt::Quit;

use super::progress::Progress;
use super::report;
use super::stdout::Stdout;
use super::style::Style;

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

#[derive(Debug)]
pub struct Printer {
    is_quiet: bool,
    out: Style,
    err: Style,
    redactor: Option<Redactor>,
    failure: Option<io::Error>,
    is_out_closed: bool,
    progress: Option<Progress>,
    quit: Option<Quit>,
}

impl Printer {
    /// Decides once about colours.
    pub fn new(color: Color, is_quiet: bool) -> Self {
        let decide = |is_terminal: bool| {
            let is_on = match color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => is_terminal && env::setting("NO_COLOR").is_none() && !is_dumb(),
            };
            Style { is_on }
        };
        let (out, err) = (decide(io::stdout().is_terminal()), decide(io::stderr().is_terminal()));
        console::set_colors_enabled(out.is_on);
        console::set_colors_enabled_stderr(err.is_on);
        Self {
            is_quiet,
            out,
            err,
            redactor: None,
            failure: None,
            is_out_closed: false,
            progress: None,
            quit: None,
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

    /// Whether a person sits before standard output.
    pub fn is_out_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether standard input is a terminal, so that reading it would wait for somebody to type.
    pub fn is_in_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// Whether a question can be asked: standard input and standard error are terminals that can redraw a
    /// list, and this is not a CI job.
    pub fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal() && !is_dumb() && !env::is_ci()
    }

    /// The columns of the terminal behind standard output, or of `COLUMNS`; none where lines may be
    /// of any length.
    pub fn width(&self) -> Option<u16> {
        if let Some(columns) = env::setting("COLUMNS").and_then(|columns| columns.parse().ok()) {
            return Some(columns);
        }
        let term = console::Term::stdout();
        term.is_term()
            .then(|| term.size_checked().map(|(_, columns)| columns))
            .flatten()
            .filter(|columns| *columns > 0)
    }

    /// Whether a bar can be drawn: a person sits before standard error, and wants to be told.
    pub fn can_show_progress(&self) -> bool {
        !self.is_quiet && io::stderr().is_terminal() && !is_dumb()
    }

    /// Draws a bar below everything else, or moves it; the words stand behind it.
    pub fn progress(&mut self, done: u64, length: Option<u64>, words: &str) {
        let style = self.err;
        let start = || Progress::start(length, console::Term::buffered_stderr(), style);
        self.progress.get_or_insert_with(start).show(done, length, words);
    }

    pub fn end_progress(&mut self) {
        self.progress = None;
    }

    /// Clears what a terminal has written of a key by itself, `^C` above all, so that the next line begins at its
    /// beginning.
    pub fn clear_echo(&mut self) {
        let term = console::Term::stderr();
        if term.is_term() {
            let clear = || if is_dumb() { term.write_line("") } else { term.clear_line() };
            // A terminal that is gone shows nothing.
            let _ = aside(self.progress.as_ref(), clear);
        }
    }

    /// Whether standard output could not be written, other than because the pipe was closed.
    pub fn is_out_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Whether nobody reads standard output any more.
    pub fn is_out_closed(&self) -> bool {
        self.is_out_closed
    }

    /// From now on a signal ends the program at once while what it prints cannot be written, as nobody reads it.
    pub fn quit_while_blocked(&mut self, quit: Quit) {
        self.quit = Some(quit);
    }

    /// Prints a part of the answer, for people or as JSON.
    pub fn data(&mut self, text: &str) {
        let shown = shown(text, self.redactor.as_ref(), io::stdout().is_terminal());
        self.write_out(shown.as_bytes());
    }

    /// Prints commands for the log of a CI system.
    pub fn log_commands(&mut self, text: &str) {
        let masked = self.redactor.as_ref().map_or(text.into(), |redactor| redactor.redact(text));
        self.write_out(masked.as_bytes());
    }

    /// Prints the result of a delivery. If standard output cannot be written, the line says on standard error
    /// what became of the delivery, even when quiet.
    pub fn result(&mut self, text: &str, line: &str) {
        self.data(text);
        if self.failure.is_some() {
            self.write_err(line);
        }
    }

    /// Starts a thread that prints data, so that a slow reader holds up nothing else.
    pub fn stdout(&self) -> io::Result<Stdout> {
        let redactor = self.redactor.clone();
        Stdout::start(move |text| {
            print_now(shown(text, redactor.as_ref(), io::stdout().is_terminal()).as_bytes())
        })
    }

    /// Ends that thread; false if it is blocked, as nobody reads.
    pub fn end_stdout(&mut self, stdout: Stdout) -> bool {
        match stdout.end() {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                self.note(error);
                true
            }
            None => {
                self.is_out_closed = true;
                false
            }
        }
    }

    /// Prints bytes as they are: what was asked for to the byte, already masked where it must be.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.write_out(bytes);
    }

    pub fn status(&mut self, text: &str) {
        self.remark(&one_line(text));
    }

    pub fn hint(&mut self, text: &str) {
        self.remark(&format!("{}: {}", self.err.name("hint"), one_line(text)));
    }

    pub fn warning(&mut self, text: &str) {
        self.remark(&format!("{}: {}", self.err.odd("warning"), one_line(text)));
    }

    pub fn warning_with_help(&mut self, text: &str, help: &str) {
        let (warning, label) = (self.err.odd("warning"), self.err.strong("help"));
        self.remark(&format!("{warning}: {}\n  = {label}: {}", one_line(text), one_line(help)));
    }

    /// Prints an error, with its stable name where it has one, and the ways out.
    pub fn error(&mut self, name: Option<&str>, message: &str, helps: &[String]) {
        let label = name.map_or("error".to_owned(), |name| format!("error[{name}]"));
        let mut text = format!("{}: {}\n", self.err.bad(&label), one_line(message));
        for help in helps {
            text.push_str(&format!("  = {}: {}\n", self.err.strong("help"), one_line(help)));
        }
        self.write_err(&text);
    }

    /// Prints findings; warnings among them are left out when quiet.
    pub fn findings(&mut self, findings: &[Diagnostic]) {
        let shown = findings
            .iter()
            .filter(|finding| !self.is_quiet || finding.level == crate::core::diagnostic::Level::Error);
        let text = report::texts(shown.collect(), self.err, err_width());
        self.write_err(&text);
    }

    /// Prints lines on standard error that are laid out and escaped already, styles included, also when quiet.
    pub fn laid_out(&mut self, text: &str) {
        self.write_err(text);
    }

    /// Ends the printing, and says so if a part of the answer could not be printed.
    pub fn finish(mut self) -> io::Result<()> {
        // What is closed, or held up, is not waited for.
        if !self.is_out_closed
            && let Err(error) = io::stdout().flush()
        {
            self.note(error);
        }
        let Some(error) = self.failure.take() else { return Ok(()) };
        self.error(None, &format!("cannot write to standard output: {error}"), &[]);
        Err(error)
    }

    fn remark(&mut self, line: &str) {
        if !self.is_quiet {
            self.write_err(&format!("{line}\n"));
        }
    }

    fn write_out(&mut self, bytes: &[u8]) {
        if self.is_out_closed {
            return;
        }
        let print = || match &self.quit {
            Some(quit) => write_or_quit(&mut io::stdout().lock(), bytes, quit),
            None => print_now(bytes),
        };
        if let Err(error) = aside(self.progress.as_ref(), print) {
            self.note(error);
        }
    }

    fn write_err(&mut self, text: &str) {
        let shown = shown(text, self.redactor.as_ref(), io::stderr().is_terminal());
        // There is nobody left to tell that standard error cannot be written.
        let _ = aside(self.progress.as_ref(), || match &self.quit {
            Some(quit) => write_or_quit(&mut io::stderr().lock(), shown.as_bytes(), quit),
            None => io::stderr().write_all(shown.as_bytes()),
        });
    }

    fn note(&mut self, error: io::Error) {
        self.is_out_closed = true;
        if error.kind() != ErrorKind::BrokenPipe && self.failure.is_none() {
            self.failure = Some(error);
        }
    }
}

/// Text that is safe to print.
fn shown<'t>(text: &'t str, redactor: Option<&Redactor>, is_terminal: bool) -> Cow<'t, str> {
    let masked = redactor.map_or(text.into(), |redactor| redactor.redact(text));
    if is_terminal && !env::is_ci() {
        return masked;
    }
    match masked {
        Cow::Borrowed(masked) => log_safe(masked),
        Cow::Owned(masked) => log_safe(&masked).into_owned().into(),
    }
}

/// Prints these bytes on standard output, whoever waits for it.
fn print_now(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}

/// Writes a piece at a time. A signal ends the program while there is no room for the next.
#[cfg(unix)]
fn write_or_quit(out: &mut (impl Write + std::os::fd::AsFd), bytes: &[u8], quit: &Quit) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    /// With any room in a pipe, there is room for this many bytes.
    const PIECE: usize = 4096;
    let was_armed = quit.is_armed();
    let poll = |out: &_, wait| poll(&mut [PollFd::new(out, PollFlags::OUT)], wait);
    for piece in bytes.chunks(PIECE) {
        if poll(out, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) == Ok(0) {
            quit.arm(true);
            while poll(out, None) == Err(rustix::io::Errno::INTR) {}
            quit.arm(was_armed);
        }
        out.write_all(piece)?;
        out.flush()?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn write_or_quit(out: &mut impl Write, bytes: &[u8], _: &Quit) -> io::Result<()> {
    out.write_all(bytes).and_then(|()| out.flush())
}

/// Whether the terminal says of itself that it knows no escape sequences.
fn is_dumb() -> bool {
    env::variable("TERM").is_some_and(|term| term == "dumb")
}

/// Prints with the bar out of the way, if there is one.
fn aside<T>(progress: Option<&Progress>, print: impl FnOnce() -> T) -> T {
    match progress {
        Some(progress) => progress.aside(print),
        None => print(),
    }
}

fn err_width() -> Option<u16> {
    let term = console::Term::stderr();
    term.is_term().then(|| term.size_checked().map(|(_, columns)| columns)).flatten()
}

/// The terminal that questions are asked on.
pub(super) fn question_terminal() -> console::Term {
    console::Term::stderr()
}

/// The rows and columns that a question can use.
pub(super) fn question_size() -> (usize, usize) {
    let size = question_terminal().size_checked();
    size.map_or((24, 80), |(rows, columns)| (usize::from(rows), usize::from(columns)))
}

/// Says something above a question that has no room for it.
pub(super) fn say_above(text: &str) {
    // A terminal that is gone will say so when it is asked.
    let _ = question_terminal().write_line(text);
}

/// Begins a new line behind a question that was interrupted, and clears what it has drawn below.
pub(super) fn leave_question() {
    let term = question_terminal();
    let _ = term.write_line("").and_then(|()| term.clear_to_end_of_screen());
}

pub(super) fn show_cursor() {
    // A terminal that is gone needs no cursor.
    let _ = question_terminal().show_cursor();
}
