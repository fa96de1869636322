//! What the programs under test do with signals must not depend on how the tests were started: `nohup`, a shell in the
//! background and CI systems ignore some, and a program inherits that.

use std::sync::Once;

use tokio::signal::unix::{SignalKind, signal};

/// Gives the signals that this process ignores their default effect in the programs that it starts: a signal that is
/// caught, other than one that is ignored, is reset when a program is started. Here it still has no effect.
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
                // The handler stays when this is dropped.
                drop(signal(kind).unwrap());
            }
        }
    });
}

/// The signals that this process ignores, one bit each; none where the system does not report them.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
