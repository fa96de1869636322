//! Runs the program in a pseudo-terminal.

use std::ffi::OsStr;
use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::process::Termios;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Error, Expect, Regex, Session};

use super::Project;

/// Only reached by a test that fails.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(5);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Enter,
    Escape,
    Up,
    Down,
    Backspace,
    ShiftTab,
    CtrlC,
    CtrlD,
}

impl Key {
    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Enter => b"\r",
            Self::Escape => b"\x1b",
            Self::Up => b"\x1b[A",
            Self::Down => b"\x1b[B",
            Self::Backspace => b"\x7f",
            Self::ShiftTab => b"\x1b[Z",
            Self::CtrlC => b"\x03",
            Self::CtrlD => b"\x04",
        }
    }
}

/// A run in a pseudo-terminal. The test must wait for its end with [`Terminal::code`].
#[must_use]
pub(crate) struct Terminal {
    session: OsSession,
    /// The output so far.
    seen: Vec<u8>,
    size: (u16, u16),
    is_over: bool,
}

impl Terminal {
    /// Runs the program in a terminal of 80 columns and 24 lines, without colours.
    pub(crate) fn open<A: AsRef<OsStr>>(project: &Project, arguments: impl IntoIterator<Item = A>) -> Self {
        Self::open_as(project, arguments, (80, 24), "xterm-256color")
    }

    /// Runs the program in a terminal of this size and type.
    pub(crate) fn open_as<A: AsRef<OsStr>>(
        project: &Project,
        arguments: impl IntoIterator<Item = A>,
        size: (u16, u16),
        kind: &str,
    ) -> Self {
        Self::start(project, env!("CARGO_BIN_EXE_hooks"), arguments, size, kind)
    }

    /// The size can only be set after the child process has started. A shell waits until it is set, then executes the program.
    pub(crate) fn start<A: AsRef<OsStr>>(
        project: &Project,
        program: &str,
        arguments: impl IntoIterator<Item = A>,
        (columns, lines): (u16, u16),
        kind: &str,
    ) -> Self {
        let mut command: Command = project.command("sh");
        command.env("TERM", kind).env("NO_COLOR", "1");
        command.arg("-c").arg(format!(
            "until [ \"$(stty size)\" = \"{lines} {columns}\" ]; do :; done; stty sane; exec \"$0\" \"$@\""
        ));
        command.arg(program).args(arguments);
        let mut session = Session::spawn(command).unwrap();
        session.get_process_mut().set_window_size(columns, lines).unwrap();
        session.set_expect_timeout(Some(PATIENCE));
        Self { session, seen: Vec::new(), size: (columns, lines), is_over: false }
    }

    /// Waits until this text is written.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) -> &mut Self {
        self.wait_for(Some(text));
        self
    }

    /// Waits until this part of a prompt is written and the program reads keys. Before that, the terminal handles Ctrl-C.
    #[track_caller]
    pub(crate) fn asked(&mut self, text: &str) -> &mut Self {
        self.wait_for(Some(text));
        let start = Instant::now();
        while self.session.is_echo().unwrap() {
            if start.elapsed() > PATIENCE {
                self.give_up("does not read keys", text);
            }
            std::thread::sleep(PAUSE);
        }
        self
    }

    /// The rows written so far, including those scrolled away, without styles and trailing spaces.
    pub(crate) fn rows(&self) -> Vec<String> {
        rows_of(&self.seen, self.size.0)
    }

    /// Types a text.
    pub(crate) fn send(&mut self, text: &str) -> &mut Self {
        self.session.send(text).unwrap();
        self
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: Key) -> &mut Self {
        self.session.send(key.bytes()).unwrap();
        self
    }

    /// Waits for the end and returns the output. Checks the exit code, and that cursor and echo are on.
    #[track_caller]
    pub(crate) fn code(mut self, code: i32) -> String {
        self.wait_for(None);
        self.is_over = true;
        let text = String::from_utf8_lossy(&self.seen).into_owned();
        match self.session.get_process().wait().unwrap() {
            WaitStatus::Exited(_, own) => assert_eq!(own, code, "the exit code, after\n{text}"),
            other => panic!("should have ended with {code}, but: {other:?}, after\n{text}"),
        }
        assert!(is_cursor_shown(&text), "the cursor is left hidden after\n{text:?}");
        assert!(self.session.is_echo().unwrap(), "the terminal is left without echo after\n{text}");
        text
    }

    /// Waits for a text; without one, for the end.
    #[track_caller]
    fn wait_for(&mut self, text: Option<&str>) {
        let name = text.unwrap_or("its end");
        let start = Instant::now();
        loop {
            let checked = match text {
                Some(text) => self.session.check(text),
                None => self.session.check(Eof),
            };
            match checked {
                Ok(found) if found.matches().next().is_some() => {
                    self.seen.extend(found.as_bytes());
                    return;
                }
                Err(Error::Eof) => {
                    let rest = self.session.check(Eof).map(|found| found.as_bytes().to_vec());
                    self.seen.extend(rest.unwrap_or_default());
                    self.give_up("ended", name);
                }
                Err(error) => self.give_up(&error.to_string(), name),
                Ok(_) if start.elapsed() > PATIENCE => self.give_up("waits", name),
                Ok(_) => std::thread::sleep(PAUSE),
            }
        }
    }

    #[track_caller]
    fn give_up(&mut self, why: &str, name: &str) -> ! {
        if let Ok(rest) = self.session.check(Regex("(?s).+")) {
            self.seen.extend(rest.as_bytes());
        }
        let seen = String::from_utf8_lossy(&self.seen);
        panic!("the program {why} without {name:?}, after\n{seen}");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.is_over, "the test must wait for the end of the program with `code`");
        }
    }
}

/// The rows that a terminal of this width shows, without styles and trailing spaces.
pub(crate) fn rows_of(written: &[u8], columns: u16) -> Vec<String> {
    const HEIGHT: u16 = 1000;
    let mut parser = vt100::Parser::new(HEIGHT.try_into().unwrap(), columns.try_into().unwrap(), 0);
    parser.process(written);
    let mut rows: Vec<String> =
        parser.screen().rows(0, columns).map(|row| row.trim_end().to_owned()).collect();
    let end = rows.iter().rposition(|row| !row.is_empty()).map_or(0, |last| last + 1);
    rows.truncate(end);
    rows
}

/// Whether the last escape sequence about the cursor shows it.
pub(super) fn is_cursor_shown(text: &str) -> bool {
    text.rfind("\x1b[?25l").is_none_or(|hidden| text[hidden..].contains("\x1b[?25h"))
}
