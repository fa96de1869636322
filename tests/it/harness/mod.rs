//! Runs the program in its own project with a clean environment. A test must check exit code, stdout and stderr.
//!
//! ```ignore
//! let project = Project::new().definitions("[webhooks.a]\n…");
//! hooks(["list"]).in_project(&project).run().success().stdout(str![]).stderr(str![]);
//! ```
//!
//! `SNAPSHOTS=overwrite cargo test` writes the output into the `str![]`.

mod logs;
mod project;
#[cfg(unix)]
mod pty;
mod redact;
mod request;
mod run;
#[cfg(unix)]
mod signals;
mod tests;

pub(crate) use logs::holds_command;
pub(crate) use project::Project;
#[cfg(unix)]
pub(crate) use pty::{Key, Terminal, rows_of};
pub(crate) use redact::redact;
pub(crate) use request::{Request, requests};
pub(crate) use run::{Outcome, Run, hooks, program, shell, with_hooks_in_path};
