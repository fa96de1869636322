//! Ctrl-C and its like: while a prompt is open the prompt is told, instead of the program being ended with the
//! cursor hidden; and a long run is told, so that it can end well.

use std::io;
#[cfg(unix)]
use std::time::{Duration, Instant};

/// Two signals that come closer than this are one: `timeout` sends its own to the program and once more to all
/// of the program's group. No hand is that quick.
#[cfg(unix)]
const ONE: Duration = Duration::from_millis(100);

/// From now on Ctrl-C no longer ends the program by itself.
///
/// # Errors
/// When the operating system refuses a signal handler.
pub fn hold() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _guard = runtime.enter();
    // The handler stays for the life of the process, also when this is dropped.
    #[cfg(unix)]
    drop(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?);
    Ok(())
}

/// What asks a program to end: Ctrl-C, a terminal that is closed, a service manager.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    all: Vec<tokio::signal::unix::Signal>,
    #[cfg(unix)]
    last: Option<Instant>,
}

#[cfg(unix)]
impl Signals {
    /// From now on these no longer end the program by themselves. One that the program was started to ignore, as by
    /// `nohup`, stays ignored. Wants to be called inside a runtime.
    ///
    /// # Errors
    /// When the operating system refuses a signal handler.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let ignored = ignored();
        let heard = kinds.into_iter().filter(|kind| ignored & (1 << (kind.as_raw_value() - 1)) == 0);
        Ok(Self { all: heard.map(signal).collect::<io::Result<_>>()?, last: None })
    }

    /// Ready when one of them comes.
    pub async fn next(&mut self) {
        loop {
            self.any().await;
            let now = Instant::now();
            if self.last.replace(now).is_none_or(|last| now.duration_since(last) >= ONE) {
                return;
            }
        }
    }

    async fn any(&mut self) {
        std::future::poll_fn(|context| {
            let came = self
                .all
                .iter_mut()
                .any(|signal| matches!(signal.poll_recv(context), std::task::Poll::Ready(Some(()))));
            if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
}

/// The signals that the program was started to ignore, one bit each; none where the system does not tell.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

#[cfg(not(unix))]
impl Signals {
    /// From now on Ctrl-C no longer ends the program by itself.
    ///
    /// # Errors
    /// Never.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Ready when Ctrl-C is pressed.
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
