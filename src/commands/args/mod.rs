//! Groups of arguments that several commands share.

mod account;
mod backfill;
mod data;
mod element;
mod event;
mod fields;
mod number;
mod options;
mod page;
mod report;
mod send;
mod time;

pub use crate::core::delivery::age;
pub use account::{AccountArgs, ApiArgs, ApiConnection, ConnectionArgs};
pub use backfill::{CONCURRENCY, FailedToArgs, OnBadLine, SelectionArgs, SpeedArgs};
pub use data::{DataArgs, ElementChoice, ElementName, InputArgs, trigger};
pub use element::{AccountElementArgs, ELEMENT_GROUP};
pub use event::EventArgs;
pub use fields::{FieldArgs, HeaderPair, checked_json};
pub use number::number;
pub use options::{
    ChangeArgs, ColorArg, EnvironmentArgs, FormatArgs, GlobalArgs, SecretArgs, StateArg, ip_address,
};
pub use page::PageArgs;
pub use report::{ReportArgs, names as report_formats};
pub use send::{RetryArgs, SendArgs, TrustArgs, destination, target};
pub use time::{duration, limit};
