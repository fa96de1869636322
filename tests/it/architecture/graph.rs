//! Imports between files, and cycles among them. A name is looked up where it is defined: a `pub use` in between is
//! followed.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{CratePath, File};

/// From each node to the nodes that it uses.
pub(super) type Graph = BTreeMap<String, BTreeSet<String>>;

/// The files that each file uses, apart from its tests.
pub(super) fn file_imports(files: &[File]) -> Graph {
    let modules: BTreeMap<Vec<String>, &File> =
        files.iter().filter(|file| file.path != "src/main.rs").map(|file| (file.module(), file)).collect();
    let imports = |file: &File| -> BTreeSet<String> {
        let used =
            file.paths.iter().filter(|path| path.is_in_crate && !path.is_test && path.exported_as.is_none());
        let defined = used.filter_map(|path| defining_file(&modules, &path.segments, 0));
        defined.filter(|other| other.path != file.path).map(|other| other.path.clone()).collect()
    };
    modules.values().map(|file| (file.path.clone(), imports(file))).collect()
}

/// The file that defines what a path names, after following every `pub use`.
fn defining_file<'a>(
    modules: &BTreeMap<Vec<String>, &'a File>,
    path: &[String],
    depth: usize,
) -> Option<&'a File> {
    let length = (0..=path.len()).rev().find(|length| modules.contains_key(&path[..*length]))?;
    let file = modules[&path[..length]];
    let Some(name) = path.get(length).filter(|_| depth < 8) else {
        return Some(file);
    };
    let exports = || file.paths.iter().filter(|export| export.is_in_crate && export.exported_as.is_some());
    let named = exports().find(|export| export.exported_as.as_ref() == Some(name));
    let target = |export: &CratePath| [&export.segments, &path[length + 1..]].concat();
    match named {
        Some(export) => defining_file(modules, &target(export), depth + 1),
        None => Some(file),
    }
}

/// Groups of nodes that reach each other, each in order.
pub(super) fn cycles(graph: &Graph) -> Vec<Vec<String>> {
    let reached: Graph = graph.keys().map(|node| (node.clone(), reach(graph, node))).collect();
    let mut groups = BTreeSet::new();
    for (node, others) in &reached {
        if others.contains(node) {
            let back =
                others.iter().filter(|other| reached.get(*other).is_some_and(|back| back.contains(node)));
            groups.insert(back.cloned().collect::<Vec<_>>());
        }
    }
    groups.into_iter().collect()
}

fn reach(graph: &Graph, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(node) = open.pop() {
        for next in graph.get(&node).into_iter().flatten() {
            if reached.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    reached
}
