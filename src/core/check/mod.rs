//! The linter behind `hooks check`: its rules, and the pages and the JSON Schema that are generated from them.

mod findings;
mod fix;
mod page;
mod parsed;
mod rule;
mod rules;
mod run;
mod schema;
mod settings;

pub use findings::Finding;
pub use fix::{Fixed, fix};
pub use page::{explanation, rules_page};
pub use rule::Rule;
pub use rules::{RULES, rule};
pub use run::{CheckReport, CheckedFile, check};
pub use schema::schema;
pub use settings::{CheckOptions, STRICT, unknown_rule};
