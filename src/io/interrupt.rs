//! Ctrl-C and other signals that ask the program to end.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use self::platform::Listener;

/// Two signals within this time count as one: `timeout` signals the program and then its whole process group. No
/// user presses Ctrl-C twice that fast.
pub const ONE_SIGNAL: Duration = Duration::from_millis(30);

/// What a signal does, once its handlers are installed.
#[derive(Debug, Default)]
pub struct SignalFlags {
    /// While set, a signal ends the program at once, whatever it is waiting for.
    pub exits: Arc<AtomicBool>,
    /// Set by each signal.
    pub received: Arc<AtomicBool>,
}

static FLAGS: LazyLock<SignalFlags> = LazyLock::new(SignalFlags::default);

/// Installs the signal handlers, once, with both flags unset. Signals that the program was started to ignore, as by `nohup`,
/// stay ignored.
pub fn flags() -> io::Result<&'static SignalFlags> {
    static IS_INSTALLED: Mutex<bool> = Mutex::new(false);
    let mut is_installed = IS_INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_installed {
        platform::install(&FLAGS)?;
        *is_installed = true;
    }
    Ok(&FLAGS)
}

/// Notifies a part of the program of signals, which no longer end the program by themselves.
#[derive(Debug)]
pub struct Signals {
    listener: Listener,
    last: Option<Instant>,
}

impl Signals {
    /// Must be called inside a runtime.
    pub fn listen() -> io::Result<Self> {
        let listener = Listener::new()?;
        FLAGS.exits.store(false, Ordering::SeqCst);
        Ok(Self { listener, last: None })
    }

    /// Ready when a signal is received.
    pub async fn next(&mut self) {
        loop {
            self.listener.next().await;
            let now = Instant::now();
            if self.last.replace(now).is_none_or(|last| now.duration_since(last) >= ONE_SIGNAL) {
                return;
            }
        }
    }
}

/// Waits for a signal.
pub async fn signalled() -> io::Result<()> {
    Signals::listen()?.next().await;
    Ok(())
}

/// Three signals ask a program to end.
#[cfg(unix)]
mod platform {
    use std::sync::Arc;
    use std::task::Poll;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    const INTERRUPTED: i32 = 130;

    /// The signals that ask a program to end, without those that this one was started to ignore.
    fn kinds() -> impl Iterator<Item = SignalKind> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
        [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
            .into_iter()
            .filter(move |kind| ignored & (1 << (kind.as_raw_value() - 1)) == 0)
    }

    pub(super) fn install(flags: &super::SignalFlags) -> std::io::Result<()> {
        use signal_hook::flag::{register, register_conditional_shutdown};
        for kind in kinds().map(|kind| kind.as_raw_value()) {
            register_conditional_shutdown(kind, INTERRUPTED, Arc::clone(&flags.exits))?;
            register(kind, Arc::clone(&flags.received))?;
        }
        Ok(())
    }

    #[derive(Debug)]
    pub(super) struct Listener(Vec<Signal>);

    impl Listener {
        pub(super) fn new() -> std::io::Result<Self> {
            kinds().map(signal).collect::<std::io::Result<_>>().map(Self)
        }

        pub(super) async fn next(&mut self) {
            std::future::poll_fn(|context| {
                let mut signals = self.0.iter_mut();
                let is_received =
                    signals.any(|signal| matches!(signal.poll_recv(context), Poll::Ready(Some(()))));
                if is_received { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }
}

/// Windows has no signals; there, Ctrl-C ends the program until it is listened for.
#[cfg(not(unix))]
mod platform {
    pub(super) use super::ctrl_c::Listener;

    #[expect(clippy::unnecessary_wraps, reason = "signal handlers can fail")]
    pub(super) fn install(_: &super::SignalFlags) -> std::io::Result<()> {
        Ok(())
    }
}

/// What Windows uses, tested on all systems.
#[cfg(any(test, not(unix)))]
mod ctrl_c {
    use std::fmt;
    use std::pin::Pin;

    use futures_util::FutureExt as _;

    /// Registered from the beginning, so that no Ctrl-C between two waits is lost.
    pub(super) struct Listener(Pin<Box<dyn Future<Output = ()> + Send>>);

    impl fmt::Debug for Listener {
        fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("Listener")
        }
    }

    impl Listener {
        pub(super) fn new() -> std::io::Result<Self> {
            Ok(Self(registered()?))
        }

        pub(super) async fn next(&mut self) {
            self.0.as_mut().await;
            match registered() {
                Ok(next) => self.0 = next,
                // No second one will be noticed.
                Err(_) => self.0 = Box::pin(std::future::pending()),
            }
        }
    }

    /// A future that is ready after the next Ctrl-C; the first poll registers it.
    fn registered() -> std::io::Result<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let mut next = Box::pin(tokio::signal::ctrl_c());
        match (&mut next).now_or_never() {
            Some(Err(error)) => Err(error),
            Some(Ok(())) => Ok(Box::pin(std::future::ready(()))),
            None => Ok(Box::pin(next.map(|received| received.unwrap_or(())))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ctrl_c::Listener;

    #[cfg(unix)]
    #[tokio::test(flavor = "current_thread")]
    async fn no_ctrl_c_is_lost_between_two_waits() {
        use rustix::process::{Signal, getpid, kill_process};
        let mut listener = Listener::new().unwrap();
        for _ in 0..2 {
            kill_process(getpid(), Signal::INT).unwrap();
            // The other half of the program works in the meantime.
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            listener.next().await;
        }
    }
}
