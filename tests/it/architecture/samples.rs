//! Each law finds the offence in a sample: a law that cannot fail holds nothing.

use super::laws::{LONGEST_FILE, length, module_names, outside_world, printing};
use super::{File, Offence, cycle, forbidden_imports, imports, read_table};

const TABLE: &str = "//! | room | may use |\n//! |---|---|\n//! | `core::text` | |\n//! | `core::model` | `core::text` |\n\
                     //! | `io` | `core` |\n//! | `output` | `core` `io` |\n";

fn lines(offences: &[Offence]) -> Vec<usize> {
    offences.iter().map(|offence| offence.line).collect()
}

fn imported_lines(path: &str, text: &str) -> Vec<usize> {
    lines(&forbidden_imports(&read_table(TABLE), &File::new(path, text)))
}

#[test]
fn an_import_against_the_table_is_named_with_file_line_and_room() {
    let file = File::new("src/core/text/words.rs", "//! Words.\n\nuse crate::core::model::Webhook;\n");
    let offences = forbidden_imports(&read_table(TABLE), &file);
    assert_eq!(
        offences[0].to_string(),
        "src/core/text/words.rs:3: `core::text` may not use `core::model` (`core::model::Webhook`)"
    );
}

#[test]
fn no_way_of_writing_an_import_hides_it() {
    let path = "src/core/text/words.rs";
    for text in [
        "use crate::core::model;",
        "use crate::core::{text::Span, model::Webhook};",
        "use crate::{core::{text, model}};",
        "pub(crate) use crate::output::printer::Printer as X;",
        "fn f() -> crate::io::files::File { todo!() }",
        "fn f() { <crate::io::X>::new() }",
        "use super::super::model;",
        "use super::super::{text, model};",
        "mod tests { use super::super::super::model::Webhook; }",
        "use crate::core::*;",
        "use ::std::mem; use crate::commands;",
        "use crate::\n    core::model;",
    ] {
        assert_eq!(imported_lines(path, text).len(), 1, "{text}");
    }
    assert_eq!(imported_lines("src/core/text.rs", "use super::model;"), [1]);
    assert_eq!(
        imported_lines("src/core/model/mod.rs", "use super::text;\nmod tests { use super::*; }"),
        [0; 0]
    );
}

#[test]
fn what_the_table_allows_is_allowed() {
    let own = "use super::*; use self::x::Y; mod tests { use super::super::source; use super::*; }\n\
               // use crate::output;\nconst A: &str = \"use crate::output\"; fn f(self: &Self) { self.x(); }";
    assert_eq!(imported_lines("src/core/text/words.rs", own), [0; 0]);
    assert_eq!(imported_lines("src/core/model/mod.rs", "use crate::core::text::Span;"), [0; 0]);
    assert_eq!(imported_lines("src/io/http/once.rs", "use crate::core::text; use crate::io::x;"), [0; 0]);
    assert_eq!(
        imported_lines("src/io/http/once.rs", "use crate::core::text;\nuse crate::output::printer;"),
        [2]
    );
}

#[test]
fn a_room_that_the_table_does_not_know_may_use_nothing() {
    let file = File::new("src/core/attic/mod.rs", "use crate::core::text;");
    let offences = forbidden_imports(&read_table(TABLE), &file);
    assert_eq!(
        offences[0].law,
        "`core::attic` is no room of the table in `src/lib.rs`, so it may use nothing"
    );
}

#[test]
fn every_branch_of_a_tree_is_an_import() {
    let file = File::new("src/output/printer.rs", "use crate::{core::{self, text::{a, b as c}}, io};\n");
    let paths: Vec<_> = imports(&file).into_iter().map(|import| import.path.join("::")).collect();
    assert_eq!(paths, ["core", "core::text::a", "core::text::b", "io"]);
}

#[test]
fn a_cycle_in_the_table_is_found() {
    assert_eq!(cycle(&read_table(TABLE)), None);
    let table = read_table("//! | `a` | `b` |\n//! | `b` | `c` |\n//! | `c` | `a` |\n");
    assert_eq!(cycle(&table).unwrap(), ["a", "b", "c", "a"]);
}

#[test]
fn the_core_is_caught_reaching_out() {
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
        "fn f(_: reqwest::Error) {}",
        "#[derive(clap::Args)] struct A;",
    ] {
        assert_eq!(outside_world(&File::new("src/core/text/x.rs", text)).len(), 1, "{text}");
        assert_eq!(outside_world(&File::new("src/io/x.rs", text)), [], "{text}");
    }
    let fine = "use std::net::{IpAddr, SocketAddr}; use std::time::Duration; const V: &str = env!(\"V\"); // std::fs\n\
                const W: &str = std::env!(\"V\"); const X: &str = \"std::fs\"; use std::io::Write; use std::fmt;";
    assert_eq!(outside_world(&File::new("src/core/text/x.rs", fine)), []);
}

#[test]
fn printing_is_caught_everywhere_but_in_the_ui() {
    for text in [
        "fn f() { println!(); }",
        "fn f() { eprint!(\"x\"); }",
        "fn f() { anstream::println!(\"x\"); }",
        "fn f() { std::io::stdout().write_all(b\"x\"); }",
        "fn f() { writeln!(stderr(), \"x\"); }",
        "fn f() { command.print_help(); }",
        "fn f() { dbg!(1); }",
    ] {
        assert_eq!(printing(&File::new("src/commands/fire.rs", text)).len(), 1, "{text}");
        assert_eq!(printing(&File::new("src/output/printer.rs", text)), [], "{text}");
    }
    let fine = "fn f() { if std::io::stderr().is_terminal() { ui.print(x); } } // println!()\n\
                fn stdout(&self) {} fn g() { output.stdout(); let a = \"println!\"; output.stdout; }";
    assert_eq!(printing(&File::new("src/commands/fire.rs", fine)), []);
}

#[test]
fn a_long_file_is_found_unless_it_is_listed() {
    let file = File::new("src/core/x.rs", &"\n".repeat(LONGEST_FILE + 1));
    assert_eq!(lines(&length(&file, &[])), [LONGEST_FILE + 1]);
    assert_eq!(length(&file, &[("src/core/x.rs", "a reason")]), []);
    assert_eq!(length(&File::new("src/core/x.rs", &"\n".repeat(LONGEST_FILE)), &[]), []);
}

#[test]
fn attics_are_found_as_files_folders_and_inner_modules() {
    for (path, text) in [
        ("src/core/utils.rs", ""),
        ("src/core/common/x.rs", ""),
        ("src/output/helpers/mod.rs", ""),
        ("src/core/x.rs", "mod misc {}"),
        ("src/core/x.rs", "pub mod manager;"),
    ] {
        assert_eq!(module_names(&File::new(path, text)).len(), 1, "{path} {text}");
    }
    assert_eq!(module_names(&File::new("src/core/text/words.rs", "mod tests {}")), []);
}
