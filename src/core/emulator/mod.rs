//! The rules of the local emulator of the platform, without state: what the API accepts, and what it returns and delivers.

pub mod assumptions;
pub mod clock;

pub use assumptions::Assumptions;
pub use clock::Clock;
