//! The time of the system, and waiting.

use std::io;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::interrupt::signalled;
use super::process;

/// The time in milliseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The time this long ago, in milliseconds since 1970.
pub fn ago(age: Duration) -> i64 {
    now().saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}

/// Waits; true if a signal such as Ctrl-C ended it early. `say` is called once signals are handled.
pub fn pause(time: Duration, say: impl FnOnce()) -> io::Result<bool> {
    process::runtime()?.block_on(async {
        let mut interrupt = std::pin::pin!(signalled());
        tokio::select! {
            biased;
            heard = &mut interrupt => return heard.map(|()| true),
            () = std::future::ready(()) => say(),
        }
        tokio::select! {
            heard = &mut interrupt => heard.map(|()| true),
            () = tokio::time::sleep(time) => Ok(false),
        }
    })
}

/// Waits until `moment`; forever if there is none.
pub async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

/// A random number from 0 to 1.
pub fn jitter() -> f64 {
    fastrand::f64()
}
