//! The laws of the house, read from the source: which room may use which, what the core never touches,
//! who prints, how long a file may be, what a module may not be called.
//!
//! The table of rooms is the one in the doc comment at the top of `src/lib.rs`.

mod imports;
mod laws;
mod samples;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use self::imports::imports;
use self::laws::{length, module_names, outside_world, printing};

/// Files that may be longer than [`laws::LONGEST_FILE`], each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// A source file.
struct File {
    /// From the top of the repository, with `/`.
    path: String,
    text: String,
}

/// A place that breaks a law.
#[derive(Debug, PartialEq, Eq)]
struct Offence {
    path: String,
    line: usize,
    law: String,
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.law)
    }
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    fn offence(&self, line: usize, law: String) -> Offence {
        Offence { path: self.path.clone(), line, law }
    }

    /// The path of its module from the crate's root, without the root.
    fn module(&self) -> Vec<String> {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let inner = inner.strip_suffix(".rs").unwrap_or(inner);
        let mut steps: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if steps.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
            steps.pop();
        }
        steps
    }
}

/// The room that a module path lies in: `core::text`, `io`.
fn room(module: &[String]) -> String {
    match module {
        [] => "the root".to_owned(),
        [layer, part, ..] if layer == "core" => format!("core::{part}"),
        [layer, ..] => layer.clone(),
    }
}

/// Which room may use which others.
type Table = BTreeMap<String, BTreeSet<String>>;

/// Reads the table from a doc comment: rows of `//! | room | may use |`, names in backticks.
fn read_table(text: &str) -> Table {
    let names =
        |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.filter_map(|row| {
        let (name, rest) = row.split_once('`')?;
        Some((name.to_owned(), names(rest)))
    })
    .collect()
}

/// Whether a room may use another: what the table names, a whole layer when the table names the layer,
/// and itself.
fn allows(table: &Table, from: &str, to: &str) -> bool {
    let layer = to.split("::").next().unwrap_or(to);
    from == to || table.get(from).is_some_and(|may| may.contains(to) || may.contains(layer))
}

/// Every import that the table does not allow.
fn forbidden_imports(table: &Table, file: &File) -> Vec<Offence> {
    if file.path == "src/main.rs" {
        // The binary is a crate of its own: it sees what the library makes public.
        return Vec::new();
    }
    let from = room(&file.module());
    imports(file)
        .into_iter()
        .filter(|import| !allows(table, &from, &room(&import.path)))
        .map(|import| {
            let law = if table.contains_key(&from) {
                format!("`{from}` may not use `{}` (`{}`)", room(&import.path), import.path.join("::"))
            } else {
                format!("`{from}` is no room of the table in `src/lib.rs`, so it may use nothing")
            };
            file.offence(import.line, law)
        })
        .collect()
}

/// A way through the table that ends where it began.
fn cycle(table: &Table) -> Option<Vec<String>> {
    fn walk(table: &Table, way: &mut Vec<String>) -> bool {
        let here = way.last().cloned().unwrap_or_default();
        if way.iter().filter(|room| **room == here).count() > 1 {
            return true;
        }
        for next in table.get(&here).into_iter().flatten() {
            way.push(next.clone());
            if walk(table, way) {
                return true;
            }
            way.pop();
        }
        false
    }
    table.keys().find_map(|room| {
        let mut way = vec![room.clone()];
        walk(table, &mut way).then_some(way)
    })
}

fn collect(folder: &Path, into: &mut Vec<File>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let own = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
            let steps: Vec<_> = own.iter().map(|step| step.to_str().unwrap()).collect();
            into.push(File { path: steps.join("/"), text: std::fs::read_to_string(&path).unwrap() });
        }
    }
}

fn source() -> Vec<File> {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files
}

fn table() -> Table {
    read_table(&std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap())
}

fn assert_lawful(law: impl Fn(&File) -> Vec<Offence>) {
    let offences: Vec<String> = source().iter().flat_map(law).map(|offence| offence.to_string()).collect();
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn rooms_use_only_what_the_table_allows() {
    let table = table();
    let seen: usize = source().iter().map(|file| imports(file).len()).sum();
    assert!(seen > 50, "only {seen} imports were found: the reader must have gone blind");
    assert_lawful(|file| forbidden_imports(&table, file));
}

#[test]
fn the_table_has_no_cycle_and_names_the_rooms_that_there_are() {
    let table = table();
    assert_eq!(cycle(&table), None);
    let rooms: BTreeSet<String> = source()
        .iter()
        .map(|file| room(&file.module()))
        .filter(|room| room != "the root" && room != "core")
        .collect();
    assert_eq!(table.keys().cloned().collect::<BTreeSet<_>>(), rooms);
}

#[test]
fn the_core_knows_nothing_of_the_outside_world() {
    assert_lawful(outside_world);
}

#[test]
fn only_the_ui_prints() {
    assert_lawful(printing);
}

#[test]
fn files_can_be_read_in_one_sitting() {
    assert_lawful(|file| length(file, LONG_FILES));
    for (path, _) in LONG_FILES {
        let file = source().into_iter().find(|file| file.path == *path);
        let file = file.unwrap_or_else(|| panic!("{path} is gone: take it off the list"));
        assert!(!length(&file, &[]).is_empty(), "{path} is short again: take it off the list");
    }
}

#[test]
fn modules_are_named_after_what_they_hold() {
    assert_lawful(module_names);
}
