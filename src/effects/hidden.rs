//! What is typed on the terminal while the terminal itself neither shows nor mends it.

use std::io;

/// Reads a line from the terminal on standard input. It is not echoed from the first byte to the last,
/// pasted ones included, and the terminal is then as it was.
///
/// # Errors
/// `Interrupted` when the person pressed Ctrl-C, Ctrl-D or Escape; otherwise those of the terminal.
#[cfg(unix)]
pub fn read_hidden(_: &console::Term) -> io::Result<String> {
    let input = io::stdin();
    let before = hand_on_keys()?;
    let line = read_line(|| {
        let mut byte = [0];
        // Not through the buffer of standard input, which would keep what is typed for the next question.
        let length = rustix::io::retry_on_intr(|| rustix::io::read(&input, &mut byte))?;
        Ok((length > 0).then_some(byte[0]))
    });
    rustix::termios::tcsetattr(&input, rustix::termios::OptionalActions::Drain, &before)?;
    line
}

/// Has the terminal hand on keys as they are typed, none shown and none its own. Gives back how it was before.
#[cfg(unix)]
fn hand_on_keys() -> io::Result<rustix::termios::Termios> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let input = io::stdin();
    let before = tcgetattr(&input)?;
    let mut plain = before.clone();
    // Ctrl-C is read as a key: a signal would not end the reading.
    plain.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
    tcsetattr(&input, OptionalActions::Drain, &plain)?;
    Ok(before)
}

/// Keys reach the program as they are typed, until it is dropped. A question reads them one by one, and between two of them the
/// terminal would take a backspace for its own.
#[cfg(unix)]
#[derive(Debug)]
pub struct KeysAsTyped(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl KeysAsTyped {
    /// Begins. Where the terminal refuses, it is as it was.
    pub fn begin() -> Self {
        Self(hand_on_keys().ok())
    }
}

#[cfg(unix)]
impl Drop for KeysAsTyped {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // A terminal that is gone needs no mending.
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Drain, before);
        }
    }
}

/// Keys reach the program as they are typed: elsewhere they always do.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct KeysAsTyped;

#[cfg(not(unix))]
impl KeysAsTyped {
    /// Begins.
    pub fn begin() -> Self {
        Self
    }
}

/// Reads a line from the terminal, where the system has its own way of not showing it.
///
/// # Errors
/// Those of the terminal.
#[cfg(not(unix))]
pub fn read_hidden(term: &console::Term) -> io::Result<String> {
    term.read_secure_line()
}

/// Puts a line together from keys; none is the end of the input.
#[cfg(any(unix, test))]
fn read_line(mut key: impl FnMut() -> io::Result<Option<u8>>) -> io::Result<String> {
    const CTRL_C: u8 = 3;
    const CTRL_D: u8 = 4;
    const BACKSPACE: u8 = 8;
    const CTRL_U: u8 = 21;
    const ESCAPE: u8 = 27;
    const DELETE: u8 = 127;
    let mut line = Vec::new();
    loop {
        match key()? {
            None | Some(CTRL_C | CTRL_D | ESCAPE) => return Err(io::ErrorKind::Interrupted.into()),
            Some(b'\r' | b'\n') => break,
            Some(CTRL_U) => line.clear(),
            Some(BACKSPACE | DELETE) => {
                // The bytes that continue a character go with it.
                while line.pop().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {}
            }
            Some(byte) if byte >= b' ' => line.push(byte),
            Some(_) => {}
        }
    }
    String::from_utf8(line)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "what was typed is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str) -> io::Result<String> {
        let mut keys = keys.bytes();
        read_line(|| Ok(keys.next()))
    }

    #[test]
    fn a_line_can_be_mended_without_being_seen() {
        for (keys, line) in
            [("abc\r", "abc"), ("aö\u{7f}\u{8}b\n", "b"), ("x\u{15}y\t\r", "y"), ("\u{7f}\r", "")]
        {
            assert_eq!(typed(keys).unwrap(), line, "{keys:?}");
        }
    }

    #[test]
    fn ctrl_c_escape_and_the_end_give_up() {
        for keys in ["a\u{3}", "a\u{4}", "a\u{1b}[A\r", "a"] {
            assert_eq!(typed(keys).unwrap_err().kind(), io::ErrorKind::Interrupted, "{keys:?}");
        }
    }
}
