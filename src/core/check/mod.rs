//! Finds what would go wrong before anything is sent: the rules of `hooks check`, and what is generated from
//! their list.

mod findings;
mod fix;
mod page;
mod rule;
mod rules;
mod run;
mod schema;
mod settings;
mod subject;

pub use findings::Finding;
pub use fix::{Fixed, fix};
pub use page::{explanation, rules_page};
pub use rule::Rule;
pub use rules::{RULES, rule};
pub use run::{Checked, Verdict, check};
pub use schema::schema;
pub use settings::{Asked, STRICT, unknown_rule};
