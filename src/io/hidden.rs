//! Keys that the terminal itself neither shows nor acts on.

#[cfg(unix)]
use std::io;

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
            // The terminal may be gone, so errors are ignored.
            let restore =
                || rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Drain, before);
            let _ = rustix::io::retry_on_intr(restore);
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
