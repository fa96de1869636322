//! The architecture, read from the source with `syn`: allowed imports between modules, what the core must not touch, no import
//! cycles between files, and limits on the length and names of files.
//!
//! The table of modules is the one in the doc comment at the top of `src/lib.rs`. `clippy.toml` forbids printing
//! outside the printer, and the environment and plain writes outside their modules.

mod graph;
mod paths;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use self::graph::{cycles, file_imports};
use self::paths::{CratePath, File};

/// The maximum number of lines of a file.
const MAX_FILE_LINES: usize = 450;

/// Crates that act on the outside world or that print.
const OUTER_CRATES: [&str; 13] = [
    "clap",
    "clap_complete",
    "clap_mangen",
    "comfy_table",
    "console",
    "hyper",
    "hyper_util",
    "indicatif",
    "rusqlite",
    "rustls",
    "signal_hook",
    "tempfile",
    "tokio",
];

/// Modules of the standard library that act on the outside world, with their names that are only values.
const OUTER_MODULES: [(&str, &[&str]); 7] = [
    ("env", &[]),
    ("fs", &[]),
    ("net", &["IpAddr", "Ipv4Addr", "Ipv6Addr", "SocketAddr", "SocketAddrV4", "SocketAddrV6"]),
    ("os", &[]),
    ("process", &[]),
    ("thread", &[]),
    ("time", &["Duration", "UNIX_EPOCH"]),
];

const VAGUE_NAMES: [&str; 8] = ["common", "helper", "helpers", "manager", "misc", "shared", "util", "utils"];

/// Which module may use which others.
type Table = BTreeMap<String, BTreeSet<String>>;

/// Reads the rows `//! | module | may use |` of a doc comment, with the names in backticks.
fn read_table(text: &str) -> Table {
    let names =
        |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.filter_map(|row| row.split_once('`')).map(|(name, rest)| (name.to_owned(), names(rest))).collect()
}

/// The row of the table that a module belongs to: `core::text`, `io`.
fn row(module: &[String]) -> String {
    match module {
        [] => "the root".to_owned(),
        [layer, part, ..] if layer == "core" => format!("core::{part}"),
        [layer, ..] => layer.clone(),
    }
}

/// A module may use itself, what its row names, and all of a layer that its row names.
fn allows(table: &Table, from: &str, to: &str) -> bool {
    let layer = to.split("::").next().unwrap_or(to);
    from == to || table.get(from).is_some_and(|may| may.contains(to) || may.contains(layer))
}

/// The imports that the table does not allow. The binary is a crate of its own.
fn forbidden_imports(table: &Table, file: &File) -> Vec<String> {
    if file.path == "src/main.rs" {
        return Vec::new();
    }
    let from = row(&file.module());
    let forbidden = |path: &&CratePath| path.is_in_crate && !allows(table, &from, &row(&path.segments));
    let message =
        |path: &CratePath| format!("{file}:{}: `{from}` may not use `{}`", path.line, path.joined());
    file.paths.iter().filter(forbidden).map(message).collect()
}

/// The core uses no files, network, environment, clock or terminal, and no crate that does.
fn outside_world(file: &File) -> Vec<String> {
    if !file.path.starts_with("src/core/") {
        return Vec::new();
    }
    let is_outer = |path: &&CratePath| {
        let segments: Vec<_> = path.segments.iter().map(String::as_str).collect();
        match segments[..] {
            _ if path.is_in_crate || path.is_macro => false,
            ["std"] | ["std", "io", "stdin" | "stdout" | "stderr" | "*"] => true,
            ["std", module, ref inner @ ..] => OUTER_MODULES.iter().any(|(outer, values)| {
                *outer == module && !inner.first().is_some_and(|inner| values.contains(inner))
            }),
            [first, ..] => OUTER_CRATES.contains(&first),
            [] => false,
        }
    };
    let message =
        |path: &CratePath| format!("{file}:{}: the core may not use `{}`", path.line, path.joined());
    file.paths.iter().filter(is_outer).map(message).collect()
}

/// A cycle in the table.
fn cycle_of_modules(table: &Table) -> Option<Vec<String>> {
    let edges = |from: &String| table.get(from).into_iter().flatten().cloned().collect();
    cycles(&table.keys().map(|name| (name.clone(), edges(name))).collect()).into_iter().next()
}

static SOURCE: LazyLock<Vec<File>> = LazyLock::new(|| {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files
});

fn collect(directory: &Path, files: &mut Vec<File>) {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    for path in entries.collect::<BTreeSet<_>>() {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let own = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
            files.push(File::new(own.to_str().unwrap(), &std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn table() -> Table {
    read_table(include_str!("../../src/lib.rs"))
}

#[track_caller]
fn assert_none(problems: impl IntoIterator<Item = String>) {
    let problems: Vec<String> = problems.into_iter().collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn a_module_uses_only_what_the_table_allows() {
    let (table, files) = (table(), &SOURCE);
    let imports = files.iter().flat_map(|file| &file.paths).filter(|path| path.is_in_crate).count();
    assert!(imports > 1000, "only {imports} imports were found");
    assert_none(files.iter().flat_map(|file| forbidden_imports(&table, file)));
}

#[test]
fn the_table_names_every_module_and_has_no_cycle() {
    let table = table();
    assert_eq!(cycle_of_modules(&table), None);
    let rows = SOURCE.iter().map(|file| row(&file.module())).collect::<BTreeSet<_>>();
    let rows = rows.into_iter().filter(|row| row != "the root" && row != "core");
    assert_eq!(table.keys().cloned().collect::<Vec<_>>(), rows.collect::<Vec<_>>());
}

#[test]
fn no_files_import_each_other() {
    assert_none(cycles(&file_imports(&SOURCE)).iter().map(|cycle| cycle.join(" ↔ ")));
}

#[test]
fn the_core_does_not_touch_the_outside_world() {
    assert_none(SOURCE.iter().flat_map(outside_world));
}

#[test]
fn files_are_short_and_module_names_are_specific() {
    for file in &*SOURCE {
        assert!(file.lines <= MAX_FILE_LINES, "{file}: {} lines, more than {MAX_FILE_LINES}", file.lines);
        let vague = file.module().into_iter().find(|name| VAGUE_NAMES.contains(&name.as_str()));
        assert_eq!(vague, None, "{file}");
    }
}

#[test]
fn contributing_names_only_files_that_exist() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = include_str!("../../CONTRIBUTING.md").split('`').skip(1).step_by(2);
    let paths: Vec<&str> =
        names.filter(|name| name.starts_with("src/") || name.starts_with("tests/")).collect();
    assert!(paths.len() > 30, "{paths:?}");
    assert_none(paths.into_iter().filter(|path| !top.join(path).exists()).map(str::to_owned));
}
