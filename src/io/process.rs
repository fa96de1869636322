//! The limits of this process (`ulimit`), which cause errors instead of killing the program, and the runtime for requests.

use std::io;

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use tokio::runtime::{Builder, Runtime};

/// Makes writes beyond the limit of a file's size (`ulimit -f`) fail instead of ending the program.
pub fn ignore_file_size_signal() {
    // Without the handler, the signal ends the program as usual. Windows has no such limit.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(Signal::XFSZ.as_raw(), std::sync::Arc::default());
}

/// Raises the limit of open files (`ulimit -n`) as far as needed and allowed. Returns the limit, if there is one: Windows has none.
pub fn open_files(needed: u64) -> Option<u64> {
    #[cfg(unix)]
    {
        let limit = getrlimit(Resource::Nofile);
        let current = limit.current?;
        if current >= needed {
            return Some(current);
        }
        let raised = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
        let raised_limit = Rlimit { current: Some(raised), maximum: limit.maximum };
        Some(if setrlimit(Resource::Nofile, raised_limit).is_ok() { raised } else { current })
    }
    #[cfg(not(unix))]
    {
        let _ = needed;
        None
    }
}

/// A runtime for this thread, with network, timers and signals.
pub fn runtime() -> io::Result<Runtime> {
    // Windows has no limit that a runtime could reach.
    #[cfg(unix)]
    require_files().map_err(explained)?;
    Builder::new_current_thread().enable_all().build()
}

/// Checks the limit by opening and closing as many files as a runtime needs, plus a few for other threads. Windows has
/// no such limit.
#[cfg(unix)]
fn require_files() -> io::Result<()> {
    const NEEDED: usize = 10;
    let (first, _second) = std::os::unix::net::UnixStream::pair()?;
    (2..NEEDED).map(|_| first.try_clone()).collect::<io::Result<Vec<_>>>().map(drop)
}

/// Names the limit that was reached, on systems that have one.
#[cfg(unix)]
fn explained(error: io::Error) -> io::Error {
    const TOO_MANY: [rustix::io::Errno; 2] = [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE];
    let is_limit = TOO_MANY.iter().any(|limit| error.raw_os_error() == Some(limit.raw_os_error()));
    if is_limit {
        io::Error::other("too many open files: raise the limit with `ulimit -n 64`")
    } else {
        error
    }
}
