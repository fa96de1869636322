//! Declares the enums of [`failures`](super::failures): each variant is a row of the failure table.

/// A row of the failure table.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) group: Group,
    /// What happened, with placeholders.
    pub(super) what: &'static str,
    /// What to do next, with placeholders.
    pub(super) next: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Lookup,
    Connection,
    Tls,
    Exchange,
    Response,
    /// The element is invalid; only in a backfill.
    Element,
    Note,
}

/// Declares an enum with a row of the table for each variant: `Variant "name" "what happened" "what to do next"`.
macro_rules! failure_table {
    ($(#[$doc:meta])* $kind:ident {
        $($group:ident { $($variant:ident $name:literal $what:literal $next:literal)* })*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $kind {
            $($(#[doc = $what] $variant,)*)*
        }

        serde_by_name!($kind: name);

        impl $kind {
            pub const ALL: &[Self] = &[$($(Self::$variant,)*)*];

            const ROWS: &[Row] =
                &[$($(Row { name: $name, group: Group::$group, what: $what, next: $next },)*)*];

            pub(super) fn row(self) -> &'static Row {
                &Self::ROWS[self as usize]
            }

            /// The stable name in JSON, the history and the docs.
            pub fn name(self) -> &'static str {
                self.row().name
            }

            pub fn group(self) -> Group {
                self.row().group
            }

            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}
