//! Signal handling of the tested program must not depend on how the tests were started: `nohup`, background shells and CI
//! systems ignore some signals, and child processes inherit that.

use std::sync::Once;

use tokio::signal::unix::{SignalKind, signal};

/// Catches the signals that this process ignores: unlike ignored signals, caught ones get their default effect in a child
/// process. In this process they still do nothing.
pub(super) fn reset() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let _guard = runtime.enter();
        let ignored = ignored();
        for kind in
            [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit(), SignalKind::terminate()]
        {
            if ignored & (1 << (kind.as_raw_value() - 1)) != 0 {
                // Dropping it does not remove the handler.
                drop(signal(kind).unwrap());
            }
        }
    });
}

/// A bit for each ignored signal; 0 if the system does not report them.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
