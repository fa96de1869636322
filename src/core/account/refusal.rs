//! Why a push is refused: stable names, and what to do next.

use crate::core::diagnostic::Diagnostic;

macro_rules! refusals {
    ($($variant:ident $name:literal $next:literal)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum PushRefusal {
            $($variant,)*
        }

        impl PushRefusal {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            pub fn next(self) -> &'static str {
                match self {
                    $(Self::$variant => $next,)*
                }
            }
        }
    };
}

refusals! {
    Conflict "push-conflict"
        "run `hooks pull` to see the changes, or use `--force` to overwrite them in the account"
    Stale "push-stale"
        "run the command again to compare with the current state of the account"
    Ambiguous "push-ambiguous"
        "set the `id` of the definition to that of the right webhook, and delete the others with `hooks push --delete ID`"
    FileNotWritten "push-file-not-written"
        "fix the cause, then run the command again: it does not create the webhook again"
    Running "push-running"
        "wait for the other push to end, then run the command again"
    PlanStale "plan-stale"
        "write a new plan with `hooks push --plan FILE`"
    PlanApplied "plan-applied"
        "write a new plan with `hooks push --plan FILE` if anything is left to push"
    PlanInvalid "plan-invalid"
        "pass a file written by `hooks push --plan FILE`"
    Number "push-number"
        "check the changes with `--dry-run`, then pass their number"
}

impl PushRefusal {
    pub fn finding(self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.name(), message).help(self.next())
    }
}
