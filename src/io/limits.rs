//! Limits that the system sets for a process (`ulimit`): when reached, they are errors instead of killing the program.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};

/// From now on a file that may not grow any further (`ulimit -f`) fails the write instead of ending the program.
pub fn survive_file_size_limit() {
    // Without the handler, the signal ends the program as usual.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(Signal::XFSZ.as_raw(), std::sync::Arc::default());
}

/// Raises the limit of open files (`ulimit -n`) as far as is allowed and needed; returns the limit, none where
/// there is none.
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
