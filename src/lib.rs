//! `hooks` defines, previews, sends and checks the webhooks of Add to Calendar PRO.
//!
//! The code has four layers; a layer uses only those below it. `tests/it/architecture.rs` checks every import against this
//! table:
//!
//! | module | may use |
//! |---|---|
//! | `core::text` | |
//! | `core::body` | `core::secrets` `core::text` |
//! | `core::csv` | `core::text` |
//! | `core::json` | `core::diagnostic` `core::text` |
//! | `core::diagnostic` | `core::text` |
//! | `core::model` | `core::diagnostic` `core::text` |
//! | `core::catalog` | `core::diagnostic` `core::json` `core::model` `core::text` |
//! | `core::template` | `core::diagnostic` `core::text` |
//! | `core::secrets` | `core::template` `core::text` |
//! | `core::definitions` | `core::diagnostic` `core::json` `core::model` `core::secrets` `core::template` `core::text` |
//! | `core::request` | `core::catalog` `core::csv` `core::definitions` `core::diagnostic` `core::json` `core::model` `core::secrets` `core::template` `core::text` |
//! | `core::check` | `core::account` `core::catalog` `core::definitions` `core::diagnostic` `core::json` `core::model` `core::request` `core::secrets` `core::template` `core::text` |
//! | `core::delivery` | `core::body` `core::secrets` `core::text` |
//! | `core::emulator` | `core::catalog` `core::definitions` `core::delivery` `core::diagnostic` `core::json` `core::model` `core::request` `core::secrets` `core::template` `core::text` |
//! | `core::export` | `core::json` `core::model` `core::request` `core::secrets` `core::text` |
//! | `core::received` | `core::body` `core::catalog` `core::delivery` `core::json` `core::model` `core::request` `core::secrets` `core::text` |
//! | `core::capture` | `core::csv` `core::diagnostic` `core::json` `core::received` `core::secrets` `core::text` |
//! | `core::history` | `core::body` `core::delivery` `core::json` `core::model` `core::received` `core::request` `core::secrets` `core::text` |
//! | `core::backfill` | `core::delivery` |
//! | `core::account` | `core::catalog` `core::definitions` `core::delivery` `core::diagnostic` `core::json` `core::model` `core::request` `core::secrets` `core::template` `core::text` |
//! | `io` | `core` |
//! | `output` | `core` |
//! | `commands` | `core` `io` `output` |
//!
//! Four types connect the layers: a [`Webhook`](core::model::Webhook) from the definitions file, a
//! [`PreparedRequest`](core::request::PreparedRequest) to send, an [`Exchange`](core::delivery::Exchange) for one attempt to send it,
//! and a [`Diagnostic`](core::diagnostic::Diagnostic) for an error or warning.

pub mod commands;
pub mod core;
pub mod io;
pub mod output;
