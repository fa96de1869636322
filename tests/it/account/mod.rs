//! Account commands, against documented and plausible responses of the platform (`api.md`).

pub(crate) mod api;
mod client;
mod diff;
pub(crate) mod emulated;
mod learned;
mod pull;
mod push;
mod push_emulated;
mod push_faults;
mod samples;
mod two_accounts;

use hooks::core::account::{AccountFailureKind, PushRefusal};

#[test]
fn every_failure_of_the_api_is_documented() {
    let page = include_str!("../../../docs/account.md");
    for (_, name, next) in AccountFailureKind::OF_RESPONSES {
        let row = format!("| `{name}` | {next} |");
        assert!(page.contains(&row), "{row}");
    }
    for refusal in PushRefusal::ALL {
        let row = format!("| `{}` | {} |", refusal.name(), refusal.next());
        assert!(page.contains(&row), "{row}");
    }
}
