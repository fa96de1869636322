//! Waiting between attempts, and the chance that spreads the waits of many senders.

use std::io;
use std::time::Duration;

use super::interrupt::signalled;

/// Waits; true when a signal such as Ctrl-C ended it early. `say` is called when signals are listened for.
pub fn pause(time: Duration, say: impl FnOnce()) -> io::Result<bool> {
    let runtime = crate::io::runtime::builder()?.build()?;
    runtime.block_on(async {
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

/// A number from 0 to 1, another one each time.
pub fn jitter() -> f64 {
    fastrand::f64()
}
