//! The laws that look at one file alone.

use super::imports::paths_from;
use super::tokens::tokens;
use super::{File, Offence};

/// The most lines a file may have.
pub(super) const LONGEST_FILE: usize = 450;

/// Crates that act on the outside world, or that speak with people.
const OUTER_CRATES: [&str; 14] = [
    "anstream",
    "clap",
    "comfy_table",
    "console",
    "dialoguer",
    "hyper",
    "hyper_util",
    "reqwest",
    "rusqlite",
    "rustls",
    "tempfile",
    "tokio",
    "tower_layer",
    "tower_service",
];

/// Modules of the standard library that act on the outside world, with what of them is only a value.
const OUTER_MODULES: [(&str, &[&str]); 7] = [
    ("env", &[]),
    ("fs", &[]),
    ("net", &["IpAddr", "Ipv4Addr", "Ipv6Addr", "SocketAddr", "SocketAddrV4", "SocketAddrV6"]),
    ("os", &[]),
    ("process", &[]),
    ("thread", &[]),
    ("time", &["Duration", "UNIX_EPOCH"]),
];

const NAMES_OF_ATTICS: [&str; 8] =
    ["common", "helper", "helpers", "manager", "misc", "shared", "util", "utils"];

/// The core has no files, network, environment, clock or terminal, and none of the crates that have.
pub(super) fn outside_world(file: &File) -> Vec<Offence> {
    if !file.path.starts_with("src/core/") {
        return Vec::new();
    }
    let tokens = tokens(&file.text);
    let mut offences = Vec::new();
    for import in paths_from(&tokens, "std") {
        let step = |index: usize| import.path.get(index).map(String::as_str);
        let is_outer = match (step(1), step(2)) {
            (Some("io"), Some("stdin" | "stdout" | "stderr" | "*")) | (None, _) => true,
            (Some(module), inner) => OUTER_MODULES.iter().any(|(outer, values)| {
                *outer == module && !inner.is_some_and(|inner| values.contains(&inner))
            }),
        };
        if is_outer && !import.is_macro {
            offences.push(
                file.offence(import.line, format!("the core may not use `{}`", import.path.join("::"))),
            );
        }
    }
    for (at, token) in tokens.iter().enumerate() {
        let is_outer = OUTER_CRATES.contains(&token.text.as_str());
        let text = |at: usize| tokens.get(at).map(|token| token.text.as_str());
        let follows = at > 0
            && matches!(text(at - 1), Some("use" | "{" | ","))
            && matches!(text(at + 1), Some(";" | "as"));
        if is_outer && (text(at + 1) == Some("::") || follows) {
            offences.push(file.offence(token.line, format!("the core may not use `{}`", token.text)));
        }
    }
    offences
}

/// Only `output::printer` prints: no printing macro, no standard stream but to ask whether it is a terminal, and
/// none of the methods with which `clap` prints by itself.
pub(super) fn printing(file: &File) -> Vec<Offence> {
    if file.path == "src/output/printer.rs" {
        return Vec::new();
    }
    let tokens = tokens(&file.text);
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let prints = |at: usize| match text(at) {
        "print" | "println" | "eprint" | "eprintln" | "dbg" => text(at + 1) == "!",
        "stdout" | "stderr" | "buffered_stdout" | "buffered_stderr" => {
            let is_call = text(at + 1) == "(" && at > 0 && !matches!(text(at - 1), "." | "fn");
            let only_asks = text(at + 2) == ")" && text(at + 3) == "." && text(at + 4) == "is_terminal";
            is_call && !only_asks
        }
        "print_help" | "print_long_help" => at > 0 && text(at - 1) == ".",
        _ => false,
    };
    (0..tokens.len())
        .filter(|at| prints(*at))
        .map(|at| {
            file.offence(
                tokens[at].line,
                format!("only `src/output/printer.rs` may print: `{}`", tokens[at].text),
            )
        })
        .collect()
}

/// A file has at most [`LONGEST_FILE`] lines, unless it is listed.
pub(super) fn length(file: &File, listed: &[(&str, &str)]) -> Vec<Offence> {
    let lines = file.text.lines().count();
    if lines <= LONGEST_FILE || listed.iter().any(|(path, _)| *path == file.path) {
        return Vec::new();
    }
    vec![
        file.offence(
            lines,
            format!("{lines} lines, more than {LONGEST_FILE}: take it apart by what it does"),
        ),
    ]
}

/// No module is called after nothing in particular.
pub(super) fn module_names(file: &File) -> Vec<Offence> {
    let is_attic = |name: &str| NAMES_OF_ATTICS.contains(&name);
    let law = |name: &str| format!("`{name}` says nothing about what is in it");
    let own = file.module().into_iter().filter(|name| is_attic(name)).map(|name| file.offence(1, law(&name)));
    let tokens = tokens(&file.text);
    let inner = tokens.windows(2).filter(|two| two[0].text == "mod" && is_attic(&two[1].text));
    own.chain(inner.map(|two| file.offence(two[1].line, law(&two[1].text)))).collect()
}
