//! Queues events for [`Emulator::next`](super::Emulator::next), in the order of the transactions.
//!
//! A change is released only after the response to its request was written, so that deliveries follow the response.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::event::EmulatorEvent;

/// The most requests whose events are queued. At the limit, further requests wait.
const WAITING_REQUESTS: usize = 512;

#[derive(Debug)]
pub(super) struct EventQueue {
    queue: Mutex<Queue>,
    changed: Notify,
    places: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    /// The number of the first entry.
    first: u64,
    is_closed: bool,
}

/// The events of one request.
#[derive(Debug, Default)]
struct Entry {
    events: VecDeque<EmulatorEvent>,
    is_ready: bool,
    _place: Option<OwnedSemaphorePermit>,
}

/// The position of a request in the queue. Its events are released when this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    event_queue: Arc<EventQueue>,
    number: u64,
}

impl Default for EventQueue {
    fn default() -> Self {
        let places = Arc::new(Semaphore::new(WAITING_REQUESTS));
        Self { queue: Mutex::default(), changed: Notify::new(), places }
    }
}

impl EventQueue {
    /// Waits for space for the events of one more request; none after [`close`](Self::close).
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Reserves the next position.
    pub(super) fn slot(self: &Arc<Self>, place: Option<OwnedSemaphorePermit>) -> Slot {
        let mut queue = self.queue();
        let number = queue.first + queue.entries.len() as u64;
        queue.entries.push_back(Entry { _place: place, ..Entry::default() });
        Slot { event_queue: Arc::clone(self), number }
    }

    /// The next event; none after [`close`](Self::close) once all have been returned.
    pub(super) async fn next(&self) -> Option<EmulatorEvent> {
        loop {
            let changed = self.changed.notified();
            {
                let mut queue = self.queue();
                while let Some(entry) = queue.entries.front_mut().filter(|entry| entry.is_ready) {
                    if let Some(event) = entry.events.pop_front() {
                        return Some(event);
                    }
                    queue.entries.pop_front();
                    queue.first += 1;
                }
                if queue.is_closed && queue.entries.is_empty() {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Admits no further requests.
    pub(super) fn close(&self) {
        self.queue().is_closed = true;
        self.places.close();
        self.changed.notify_one();
    }

    /// A thread that panics with the lock leaves the queue consistent.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    pub(super) fn add(&self, event: EmulatorEvent) {
        self.with_entry(|entry| entry.events.push_back(event));
    }

    /// Adds an event before the others of this slot.
    pub(super) fn add_first(&self, event: EmulatorEvent) {
        self.with_entry(|entry| entry.events.push_front(event));
    }

    fn with_entry(&self, work: impl FnOnce(&mut Entry)) {
        let mut queue = self.event_queue.queue();
        let at = usize::try_from(self.number - queue.first).unwrap_or(usize::MAX);
        // An entry leaves the queue only after its slot is dropped.
        if let Some(entry) = queue.entries.get_mut(at) {
            work(entry);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.with_entry(|entry| entry.is_ready = true);
        self.event_queue.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::emulator::event::Call;

    fn call(number: u64) -> EmulatorEvent {
        EmulatorEvent::Call(Call {
            number,
            time: 0,
            namespace: None,
            method: String::new(),
            path: String::new(),
            status: None,
            message: None,
            ignored: Vec::new(),
            is_empty_list: false,
            has_unknown_endpoint: false,
        })
    }

    fn number(event: Option<EmulatorEvent>) -> u64 {
        match event {
            Some(EmulatorEvent::Call(call)) => call.number,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn events_keep_the_order_of_their_slots_in_whatever_order_these_are_dropped() {
        let event_queue = Arc::new(EventQueue::default());
        let [first, second, third] = [(); 3].map(|()| event_queue.slot(None));
        third.add(call(4));
        first.add(call(2));
        first.add_first(call(1));
        second.add(call(3));
        drop(third);
        drop(second);
        let waiting = tokio::spawn({
            let event_queue = Arc::clone(&event_queue);
            async move {
                let mut numbers = Vec::new();
                for _ in 0..4 {
                    numbers.push(number(event_queue.next().await));
                }
                numbers
            }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "an event overtook the first slot");
        drop(first);
        assert_eq!(waiting.await.unwrap(), [1, 2, 3, 4]);
        event_queue.close();
        assert!(event_queue.next().await.is_none());
    }

    #[tokio::test]
    async fn requests_wait_while_too_many_events_are_queued() {
        let event_queue = Arc::new(EventQueue::default());
        for number in 0..WAITING_REQUESTS {
            let slot = event_queue.slot(event_queue.place().await);
            slot.add(call(number as u64));
        }
        let next = tokio::spawn({
            let event_queue = Arc::clone(&event_queue);
            async move { event_queue.place().await.is_some() }
        });
        tokio::task::yield_now().await;
        assert!(!next.is_finished(), "the queue is not limited");
        // The space of an entry is free once the next event is taken.
        for expected in 0..2 {
            assert_eq!(number(event_queue.next().await), expected);
        }
        assert!(next.await.unwrap());
    }
}
