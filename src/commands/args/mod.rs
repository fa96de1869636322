//! Groups of arguments that several commands share.

pub mod age;
pub mod change;
pub mod data;
pub mod each;
pub mod environment;
pub mod fields;
pub mod format;
pub mod input;
pub mod send;
pub mod state;
pub mod subject;
pub mod trust;

pub use age::age;
pub use change::{ChangeArgs, SecretArgs};
pub use data::{DataArgs, ElementName};
pub use each::{EachArgs, Export, OnBadLine};
pub use environment::EnvironmentArgs;
pub use fields::{FieldArgs, HeaderPair};
pub use format::FormatArgs;
pub use input::InputArgs;
pub use send::{SendArgs, destination, duration, limit, target};
pub use state::StateArg;
pub use subject::Subject;
pub use trust::TrustArgs;
