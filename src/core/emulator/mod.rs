//! The rules of the local emulator of the platform, without state: what the API accepts, and what it returns and delivers.

pub mod assumptions;
pub mod clock;
pub mod sign_up;
pub mod webhook;

/// The fields of an element or a webhook, in the order in which the API reads them.
pub type Record = serde_json::Map<String, serde_json::Value>;

pub use assumptions::Assumptions;
pub use clock::Clock;
