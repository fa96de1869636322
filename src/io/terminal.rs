//! The terminal that questions are asked on.

/// Raw mode: keys reach the program as they are typed, not echoed and without effects of their own, until this is dropped.
/// A question reads keys one by one; between two of them the terminal would handle a backspace itself.
#[cfg(unix)]
#[derive(Debug)]
pub struct RawMode(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl RawMode {
    /// Begins. If the terminal refuses, it is unchanged.
    pub fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let input = std::io::stdin();
        let Ok(before) = tcgetattr(&input) else { return Self(None) };
        let mut raw = before.clone();
        // Ctrl-C is read as a key: a signal would not end the reading.
        raw.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
        Self(tcsetattr(&input, OptionalActions::Drain, &raw).ok().map(|()| before))
    }
}

#[cfg(unix)]
impl Drop for RawMode {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(before) = &self.0 {
            // The terminal may be gone, so errors are ignored.
            let restore = || tcsetattr(std::io::stdin(), OptionalActions::Drain, before);
            let _ = rustix::io::retry_on_intr(restore);
        }
    }
}

/// Raw mode; on other systems, keys always reach the program as they are typed.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct RawMode;

#[cfg(not(unix))]
impl RawMode {
    pub fn begin() -> Self {
        Self
    }
}
