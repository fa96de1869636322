//! Ctrl-C and similar signals: an open question ends with the terminal restored, and a long run is notified, so that it
//! can shut down cleanly.

use std::io;

#[cfg(unix)]
pub use unix::{Question, Quit, Signals};

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::task::Poll;
    use std::time::{Duration, Instant};

    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Two signals within this time count as one: `timeout` signals the program and then its whole process group. No
    /// user presses Ctrl-C twice that fast.
    const ONE: Duration = Duration::from_millis(100);
    /// How long a question may take to notice a signal by itself.
    const NOTICE: Duration = Duration::from_millis(50);
    const INTERRUPTED: i32 = 130;
    const KINDS: [fn() -> SignalKind; 3] = [SignalKind::interrupt, SignalKind::terminate, SignalKind::hangup];

    /// The number of [`Signals`]: while there is one, a signal does not end the program by itself.
    static LISTENERS: AtomicUsize = AtomicUsize::new(0);
    static QUESTION: AtomicU8 = AtomicU8::new(CLOSED);
    const CLOSED: u8 = 0;
    const OPEN: u8 = 1;
    /// A question was ended by a signal, and the program is about to end.
    const LEFT: u8 = 2;

    /// A question on the terminal. While it is open, a signal interrupts the reading of keys instead of ending the program
    /// without restoring the terminal.
    #[derive(Debug)]
    pub struct Question(());

    impl Question {
        pub fn open() -> io::Result<Self> {
            watch()?;
            QUESTION.store(OPEN, Ordering::SeqCst);
            Ok(Self(()))
        }

        /// Closes it because it was interrupted: the program ends by itself.
        pub fn leave(self) {
            QUESTION.store(LEFT, Ordering::SeqCst);
            std::mem::forget(self);
        }
    }

    impl Drop for Question {
        fn drop(&mut self) {
            QUESTION.store(CLOSED, Ordering::SeqCst);
        }
    }

    /// Starts the thread that receives signals from now on, once.
    fn watch() -> io::Result<()> {
        static IS_WATCHED: Mutex<bool> = Mutex::new(false);
        let mut is_watched = IS_WATCHED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !*is_watched {
            let runtime = crate::io::process::runtime()?;
            let signals = {
                let _guard = runtime.enter();
                // Questions are interrupted with this one, ignored at the start or not.
                Heard::of(ignored() & !bit(SignalKind::interrupt()))?
            };
            std::thread::Builder::new().spawn(move || runtime.block_on(forward(signals)))?;
            *is_watched = true;
        }
        Ok(())
    }

    /// Applies the default action of each signal, unless a question is open or another part of the program handles it.
    async fn forward(mut signals: Heard) {
        loop {
            signals.any().await;
            // A signal interrupts a blocked read, but not if it arrives between two reads.
            while QUESTION.load(Ordering::SeqCst) == OPEN {
                tokio::time::sleep(NOTICE).await;
                if QUESTION.load(Ordering::SeqCst) == OPEN {
                    let _ = rustix::process::kill_process(
                        rustix::process::getpid(),
                        rustix::process::Signal::INT,
                    );
                }
            }
            if QUESTION.load(Ordering::SeqCst) == CLOSED && LISTENERS.load(Ordering::SeqCst) == 0 {
                #[expect(clippy::exit, reason = "nothing else ends the program once a handler is in place")]
                std::process::exit(INTERRUPTED);
            }
        }
    }

    /// Signals that ask a program to end: Ctrl-C, a closed terminal, a service manager.
    #[derive(Debug)]
    struct Heard(Vec<Signal>);

    impl Heard {
        /// All but those whose bit is set.
        fn of(ignored: u64) -> io::Result<Self> {
            let heard = KINDS.map(|kind| kind()).into_iter().filter(|kind| ignored & bit(*kind) == 0);
            heard.map(signal).collect::<io::Result<_>>().map(Self)
        }

        async fn any(&mut self) {
            std::future::poll_fn(|context| {
                let is_received = self
                    .0
                    .iter_mut()
                    .any(|signal| matches!(signal.poll_recv(context), Poll::Ready(Some(()))));
                if is_received { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }

    /// Notifies a part of the program of signals that ask it to end.
    #[derive(Debug)]
    pub struct Signals {
        heard: Heard,
        last: Option<Instant>,
    }

    impl Signals {
        /// From now on these no longer end the program by themselves. One that the program was started to ignore, as
        /// by `nohup`, stays ignored. Must be called inside a runtime.
        pub fn listen() -> io::Result<Self> {
            let heard = Heard::of(ignored())?;
            LISTENERS.fetch_add(1, Ordering::SeqCst);
            Ok(Self { heard, last: None })
        }

        /// Ready when one is received.
        pub async fn next(&mut self) {
            loop {
                self.heard.any().await;
                let now = Instant::now();
                if self.last.replace(now).is_none_or(|last| now.duration_since(last) >= ONE) {
                    return;
                }
            }
        }
    }

    impl Drop for Signals {
        fn drop(&mut self) {
            LISTENERS.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// While it is armed, a signal that asks the program to end does so at once, whatever the program is waiting for.
    #[derive(Debug, Clone, Default)]
    pub struct Quit(Arc<AtomicBool>);

    impl Quit {
        /// Prepares it, not armed. Signals that the program was started to ignore stay ignored.
        pub fn install() -> io::Result<Self> {
            let (armed, ignored) = (Arc::new(AtomicBool::new(false)), ignored());
            for kind in KINDS.map(|kind| kind()).into_iter().filter(|kind| ignored & bit(*kind) == 0) {
                let (signal, armed) = (kind.as_raw_value(), Arc::clone(&armed));
                signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, armed)?;
            }
            Ok(Self(armed))
        }

        pub fn arm(&self, is_armed: bool) {
            self.0.store(is_armed, Ordering::SeqCst);
        }

        pub fn is_armed(&self) -> bool {
            self.0.load(Ordering::SeqCst)
        }
    }

    fn bit(kind: SignalKind) -> u64 {
        1 << (kind.as_raw_value() - 1)
    }

    /// The signals that the program was started to ignore, one bit each; none where the system does not report them.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    }
}

#[cfg(not(unix))]
pub use elsewhere::{Question, Quit, Signals};

#[cfg(not(unix))]
mod elsewhere {
    use std::io;

    /// A question on the terminal.
    #[derive(Debug)]
    pub struct Question(());

    impl Question {
        pub fn open() -> io::Result<Self> {
            Ok(Self(()))
        }

        /// Closes it because it was interrupted.
        pub fn leave(self) {}
    }

    /// Nothing: there are no signal handlers here.
    #[derive(Debug, Clone, Default)]
    pub struct Quit(());

    impl Quit {
        pub fn install() -> io::Result<Self> {
            Ok(Self(()))
        }

        pub fn arm(&self, _: bool) {}

        pub fn is_armed(&self) -> bool {
            false
        }
    }

    /// Notifies a part of the program of Ctrl-C.
    #[derive(Debug)]
    pub struct Signals(());

    impl Signals {
        /// From now on Ctrl-C no longer ends the program by itself.
        pub fn listen() -> io::Result<Self> {
            Ok(Self(()))
        }

        /// Ready when Ctrl-C is pressed.
        pub async fn next(&mut self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Waits for a signal that asks the program to end.
pub async fn signalled() -> io::Result<()> {
    Signals::listen()?.next().await;
    Ok(())
}
