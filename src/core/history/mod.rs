//! What the history records: enough to show, compare and replay a delivery, and no secrets.

mod compare;
mod delivery;
mod reception;

pub use compare::{ChangedPart, differences};
pub use delivery::{Delivery, DestinationKind, Emulated, Fidelity, Kept, Sending, masked};
pub use reception::Reception;

/// A record of the history.
#[derive(Debug, Clone)]
pub struct Recorded<T> {
    /// Its number. Numbers increase and are never reused.
    pub id: i64,
    /// When it was sent or received, in milliseconds since 1970.
    pub time: i64,
    pub value: T,
}

impl<T> std::ops::Deref for Recorded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
