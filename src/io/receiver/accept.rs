//! Accepts connections, up to the limit.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::connection::{refuse, serve};
use super::state::{Event, Shared};
use crate::core::received::{Refusal, Refused};
use crate::io::clock::now;

/// How long connections on which something is under way may go on after the end.
const GRACE: Duration = Duration::from_secs(2);
/// How long to wait when the operating system has no more connections to give.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts until stopped, and then waits for requests in progress.
pub(super) async fn accept(listeners: Vec<TcpListener>, shared: Arc<Shared>) {
    let slots = Arc::new(Semaphore::new(shared.limits.connections));
    let mut sockets = JoinSet::new();
    for listener in listeners {
        sockets.spawn(accept_on(listener, Arc::clone(&shared), Arc::clone(&slots)));
    }
    while sockets.join_next().await.is_some() {}
    let all = u32::try_from(shared.limits.connections).unwrap_or(u32::MAX);
    // Whoever is not done by then is cut off.
    let _ = tokio::time::timeout(GRACE, slots.acquire_many(all)).await;
}

async fn accept_on(listener: TcpListener, shared: Arc<Shared>, slots: Arc<Semaphore>) {
    let turned_away = Arc::new(Semaphore::new(shared.limits.connections));
    let mut stop = shared.stop.clone();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|is_over| *is_over) => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // An answer goes out at once; where that is refused, it only takes longer.
        let _ = stream.set_nodelay(true);
        let own = Arc::clone(&shared);
        if let Ok(slot) = Arc::clone(&slots).try_acquire_owned() {
            begin(slot, async move { serve(stream, peer, &own).await });
        } else if let Ok(slot) = Arc::clone(&turned_away).try_acquire_owned() {
            begin(slot, async move { turn_away(stream, peer, &own).await });
        }
    }
}

/// Works on a connection, and holds its slot until that is done. Work that panics ends alone, and gives its slot back all
/// the same.
fn begin(slot: OwnedSemaphorePermit, work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(async move {
        work.await;
        drop(slot);
    });
}

async fn turn_away(mut stream: TcpStream, peer: std::net::SocketAddr, shared: &Shared) {
    let why = Refusal::TooManyConnections(shared.limits.connections);
    let refused = Refused { time: now(), peer, why: why.clone(), request: None };
    // Nobody looks any more at the end.
    let _ = shared.events.send((Event::Refused(refused), None)).await;
    refuse(&mut stream, &why).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_on_one_connection_ends_neither_the_others_nor_takes_their_room() {
        let slots = Arc::new(Semaphore::new(1));
        let next_slot = || async {
            let slot = Arc::clone(&slots).acquire_owned();
            tokio::time::timeout(Duration::from_secs(30), slot).await.expect("there is room again").unwrap()
        };
        for _ in 0..3 {
            let slot = next_slot().await;
            begin(slot, async { panic!("as a fault in the reading of a request would") });
        }
        let slot = next_slot().await;
        let (done, is_done) = tokio::sync::oneshot::channel();
        begin(slot, async move { done.send(()).unwrap() });
        is_done.await.unwrap();
    }
}
