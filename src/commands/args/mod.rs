//! Groups of arguments that several commands share.

pub mod age;
pub mod backfill;
pub mod change;
pub mod data;
pub mod environment;
pub mod fields;
pub mod format;
pub mod global;
pub mod input;
pub mod send;
pub mod state;
pub mod subject;
pub mod trust;

pub use age::age;
pub use backfill::{FailedToArgs, OnBadLine, SelectionArgs, SpeedArgs, concurrency};
pub use change::{ChangeArgs, SecretArgs};
pub use data::{DataArgs, ElementName};
pub use environment::EnvironmentArgs;
pub use fields::{FieldArgs, HeaderPair};
pub use format::FormatArgs;
pub use global::GlobalArgs;
pub use input::InputArgs;
pub use send::{SendArgs, destination, duration, limit, target};
pub use state::StateArg;
pub use subject::Subject;
pub use trust::TrustArgs;
