//! Each check finds the problem in a sample.

use super::graph::{cycles, file_imports};
use super::paths::File;
use super::{cycle_of_modules, forbidden_imports, outside_world, read_table};

const TABLE: &str = "//! | module | may use |\n//! |---|---|\n//! | `core::text` | |\n//! | `core::model` | `core::text` |\n\
                     //! | `io` | `core` |\n//! | `output` | `core` |\n";

fn forbidden(path: &str, text: &str) -> Vec<String> {
    forbidden_imports(&read_table(TABLE), &File::new(path, text))
}

#[test]
fn a_forbidden_import_is_named_with_file_and_line() {
    assert_eq!(
        forbidden("src/core/text/words.rs", "//! Words.\n\nuse crate::core::model::Webhook;\n"),
        ["src/core/text/words.rs:3: `core::text` may not use `core::model::Webhook`"]
    );
}

#[test]
fn a_forbidden_import_is_found_however_it_is_written() {
    let path = "src/core/text/words.rs";
    for text in [
        "use crate::core::model;",
        "use crate::core::{text::Span, model::Webhook};",
        "use crate::{core::{text, model}};",
        "pub(crate) use crate::output::printer::Printer as X;",
        "fn f() -> crate::io::files::File { todo!() }",
        "fn f() { <crate::io::X>::new() }",
        "fn f() { print!(\"{}\", crate::io::X) }",
        "#[derive(crate::io::X)] struct A;",
        "use super::super::model;",
        "use super::super::{text, model};",
        "mod tests { use super::super::super::model::Webhook; }",
        "use crate::core::*;",
        "use ::std::mem; use crate::commands;",
        "use crate::\n    core::model;",
    ] {
        assert_eq!(forbidden(path, text).len(), 1, "{text}");
    }
    assert_eq!(forbidden("src/core/attic/mod.rs", "use crate::core::text;").len(), 1);
}

#[test]
fn an_allowed_import_is_not_reported() {
    let own = "use super::*; use self::x::Y; mod tests { use super::super::source; use super::*; }\n\
               // use crate::output;\nconst A: &str = \"use crate::output\"; fn f(self: &Self) { self.x(); }";
    assert_eq!(forbidden("src/core/text/words.rs", own), [""; 0]);
    assert_eq!(forbidden("src/core/model/mod.rs", "use super::text;\nmod tests { use super::*; }"), [""; 0]);
    assert_eq!(forbidden("src/io/http/once.rs", "use crate::core::text; use crate::io::x;"), [""; 0]);
}

#[test]
fn a_cycle_in_the_table_is_found() {
    assert_eq!(cycle_of_modules(&read_table(TABLE)), None);
    let table = read_table("//! | `a` | `b` |\n//! | `b` | `c` |\n//! | `c` | `a` |\n");
    assert_eq!(cycle_of_modules(&table).unwrap(), ["a", "b", "c"]);
}

#[test]
fn files_that_import_each_other_through_re_exports_are_found() {
    let files = |last: &str| {
        [
            File::new("src/lib.rs", "pub mod a;"),
            File::new("src/a/mod.rs", "mod one; mod two; pub use one::One; pub use self::two::Two;"),
            File::new("src/a/one.rs", "use super::Two; pub struct One;"),
            File::new("src/a/two.rs", last),
        ]
    };
    assert_eq!(cycles(&file_imports(&files("pub struct Two; mod tests {}"))), [[""; 0]; 0]);
    for text in ["pub struct Two(crate::a::One);", "pub struct Two; use super::one;"] {
        assert_eq!(cycles(&file_imports(&files(text))), [["src/a/one.rs", "src/a/two.rs"]], "{text}");
    }
    assert_eq!(
        cycles(&file_imports(&files("#[cfg(test)] mod tests { use super::super::One; }"))),
        [[""; 0]; 0]
    );
}

#[test]
fn every_use_of_the_outside_world_in_the_core_is_found() {
    for text in [
        "use std::fs;",
        "use std::{fmt, fs::File};",
        "fn f() { std::env::var(\"A\"); }",
        "use std::env; const V: &str = env!(\"V\");",
        "use std::time::{Duration, Instant};",
        "use std::time::SystemTime;",
        "use std::time;",
        "use std::net::{SocketAddr, TcpStream};",
        "use std::net::*;",
        "use std::io::stdout;",
        "use std::process;",
        "use tokio;",
        "use tokio::net::TcpStream;",
        "fn f(_: hyper::Error) {}",
        "#[derive(clap::Args)] struct A;",
    ] {
        assert_eq!(outside_world(&File::new("src/core/text/x.rs", text)).len(), 1, "{text}");
        assert_eq!(outside_world(&File::new("src/io/x.rs", text)), [""; 0], "{text}");
    }
    let fine = "use std::net::{IpAddr, SocketAddr}; use std::time::Duration; const V: &str = env!(\"V\"); // std::fs\n\
                const W: &str = std::env!(\"V\"); const X: &str = \"std::fs\"; use std::io::Write; use std::fmt;";
    assert_eq!(outside_world(&File::new("src/core/text/x.rs", fine)), [""; 0]);
}
