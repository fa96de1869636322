//! Accepts connections, up to the limit.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::connection::{refuse, serve};
use super::state::ReceiverState;
use crate::core::received::Refusal;

/// How long to wait for requests in progress on shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait when the operating system has no more connections.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts until stopped, and then waits for requests in progress.
pub(super) async fn accept(listeners: Vec<TcpListener>, shared: Arc<ReceiverState>) {
    let most = shared.options.limits.connections;
    let slots = Arc::new(Semaphore::new(most));
    let mut sockets = JoinSet::new();
    for listener in listeners {
        sockets.spawn(accept_on(listener, Arc::clone(&shared), Arc::clone(&slots)));
    }
    while sockets.join_next().await.is_some() {}
    let all = u32::try_from(most).unwrap_or(u32::MAX);
    // Connections that are still open after that are cut off.
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, slots.acquire_many(all)).await;
}

async fn accept_on(listener: TcpListener, shared: Arc<ReceiverState>, slots: Arc<Semaphore>) {
    let most = shared.options.limits.connections;
    let slots_to_refuse = Arc::new(Semaphore::new(most));
    let mut stop = shared.stop.clone();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|is_stopping| *is_stopping) => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // If the system refuses this, responses only take longer.
        let _ = stream.set_nodelay(true);
        let own = Arc::clone(&shared);
        if let Ok(slot) = Arc::clone(&slots).try_acquire_owned() {
            spawn(slot, async move { serve(stream, peer, &own).await });
        } else if let Ok(slot) = Arc::clone(&slots_to_refuse).try_acquire_owned() {
            let why = Refusal::TooManyConnections(most);
            spawn(slot, async move { refuse(stream, peer, why, None, &own).await });
        }
    }
}

/// Handles a connection, which keeps its slot until the work ends. A panic ends only this connection, and frees the slot.
fn spawn(slot: OwnedSemaphorePermit, work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(async move {
        work.await;
        drop(slot);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_on_one_connection_neither_ends_other_connections_nor_keeps_its_slot() {
        let slots = Arc::new(Semaphore::new(1));
        let next_slot = || async {
            let slot = Arc::clone(&slots).acquire_owned();
            tokio::time::timeout(Duration::from_secs(30), slot).await.expect("a slot is free").unwrap()
        };
        for _ in 0..3 {
            let slot = next_slot().await;
            spawn(slot, async { panic!("like a bug in reading a request") });
        }
        let slot = next_slot().await;
        let (done, is_done) = tokio::sync::oneshot::channel();
        spawn(slot, async move { done.send(()).unwrap() });
        is_done.await.unwrap();
    }
}
