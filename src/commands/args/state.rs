//! The state of a delivery, typed.

use clap::ValueEnum;

use crate::core::exchange::State;

/// The state of a delivery, typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum StateArg {
    /// Answered with 2xx
    Delivered,
    /// Answered with anything else
    Failed,
    /// Possibly received, or still under way
    InDoubt,
    /// Certainly not received
    NotSent,
}

impl From<StateArg> for State {
    fn from(typed: StateArg) -> Self {
        match typed {
            StateArg::Delivered => Self::Delivered,
            StateArg::Failed => Self::Failed,
            StateArg::InDoubt => Self::InDoubt,
            StateArg::NotSent => Self::NotSent,
        }
    }
}
