//! The runtime that requests are sent and received on.

use std::io;

use tokio::runtime::Builder;

/// Builds a runtime for this thread, with network, timers and signals.
pub fn builder() -> io::Result<Builder> {
    #[cfg(unix)]
    require_files().map_err(explained)?;
    let mut builder = Builder::new_current_thread();
    builder.enable_all();
    Ok(builder)
}

/// Checks the limit by opening and closing as many files as a runtime needs, plus a few for other threads.
#[cfg(unix)]
fn require_files() -> io::Result<()> {
    const NEEDED: usize = 10;
    let (first, _second) = std::os::unix::net::UnixStream::pair()?;
    (2..NEEDED).map(|_| first.try_clone()).collect::<io::Result<Vec<_>>>().map(drop)
}

/// Names the limit that was reached.
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
