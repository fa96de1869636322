//! What the tool knows and decides: pure, without files, network, environment, clock or terminal.

pub mod body;
pub mod capture;
pub mod catalog;
pub mod check;
pub mod definitions;
pub mod diagnostic;
pub mod exchange;
pub mod export;
pub mod json;
pub mod model;
pub mod received;
pub mod record;
pub mod request;
pub mod run;
pub mod secrets;
pub mod template;
pub mod text;
