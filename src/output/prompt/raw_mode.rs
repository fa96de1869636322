//! Raw mode of the terminal, and waiting for keys.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Until this is dropped, the program receives keys as typed, and they are not echoed. `console` turns raw mode on only while it
/// reads a key; between two keys, the terminal would handle a backspace itself.
pub(super) struct RawMode(Option<Termios>);

impl RawMode {
    /// If the terminal refuses, it is unchanged.
    pub(super) fn begin() -> Self {
        let input = io::stdin();
        let Ok(before) = tcgetattr(&input) else { return Self(None) };
        let mut raw = before.clone();
        raw.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
        Self(tcsetattr(&input, OptionalActions::Drain, &raw).ok().map(|()| before))
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // The terminal may be gone.
            let restore = || tcsetattr(io::stdin(), OptionalActions::Drain, before);
            let _ = rustix::io::retry_on_intr(restore);
        }
    }
}

/// Waits for a key; returns false if a signal ends the wait.
pub(super) fn wait_for_key(is_signalled: &AtomicBool) -> bool {
    /// How soon a signal is noticed that arrived just before the wait, and so does not interrupt it.
    const INTERVAL: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
    let input = io::stdin();
    while !is_signalled.load(Ordering::SeqCst) {
        match poll(&mut [PollFd::new(&input, PollFlags::IN)], Some(&INTERVAL)) {
            Ok(0) | Err(Errno::INTR) => {}
            // Reading reports what is wrong with the terminal.
            Ok(_) | Err(_) => return true,
        }
    }
    false
}
