//! Every path of a file that leads through the crate, resolved from its root; and any path by its first word.

use super::File;
use super::tokens::{Token, tokens};

/// A path that is used.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) line: usize,
    /// From the crate's root (for [`imports`]), or from its first word (for [`paths_from`]).
    pub(super) path: Vec<String>,
    /// Whether it is the name of a macro that is called.
    pub(super) is_macro: bool,
}

/// The paths that begin with `crate`, `super` or `self`, in `use` lines and everywhere else.
pub(super) fn imports(file: &File) -> Vec<Import> {
    let tokens = tokens(&file.text);
    let mut inner = InnerModules { module: file.module(), open: Vec::new(), depth: 0 };
    let mut imports = Vec::new();
    for at in 0..tokens.len() {
        inner.step(&tokens, at);
        let start = match tokens[at].text.as_str() {
            "crate" => Vec::new(),
            "super" | "self" => inner.module.clone(),
            _ => continue,
        };
        if begins_path(&tokens, at) {
            for path in tree(&tokens, at) {
                imports.push(Import { path: resolve(start.clone(), &path.path), ..path });
            }
        }
    }
    imports
}

/// The paths whose first word is this one.
pub(super) fn paths_from(tokens: &[Token], first: &str) -> Vec<Import> {
    let starts = (0..tokens.len()).filter(|at| tokens[*at].text == first && begins_path(tokens, *at));
    starts.flat_map(|at| tree(tokens, at)).collect()
}

/// Whether a word is the first of a path of at least two: `std::fs`, not `a::std::fs` and not `self.x`.
fn begins_path(tokens: &[Token], at: usize) -> bool {
    let text = |at: usize| tokens.get(at).map(|token| token.text.as_str());
    let follows_path = at > 0 && text(at - 1) == Some("::") && at > 1 && is_word(&tokens[at - 2].text);
    // Inside `use {std::fs}` and behind `<` or `(` a path begins as well.
    text(at + 1) == Some("::") && !follows_path
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && !["use", "in", "as", "dyn", "return"].contains(&text)
}

/// All paths of the tree that begins here: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn tree(tokens: &[Token], at: usize) -> Vec<Import> {
    let mut paths = Vec::new();
    branch(tokens, at, &[], &mut paths);
    paths
}

/// Reads one branch and returns the offset behind it.
fn branch(tokens: &[Token], mut at: usize, before: &[String], paths: &mut Vec<Import>) -> usize {
    let mut path = before.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    let next = branch(tokens, at, &path, paths);
                    at = next
                        + usize::from(next == at || tokens.get(next).is_some_and(|token| token.text == ","));
                }
                return at + 1;
            }
            word => path.push(word.to_owned()),
        }
        at += 1;
        if tokens.get(at).is_none_or(|token| token.text != "::") {
            break;
        }
        at += 1;
        // `Vec::<T>` ends the path.
        if tokens.get(at).is_some_and(|token| token.text == "<") {
            break;
        }
    }
    if tokens.get(at).is_some_and(|token| token.text == "as") {
        at += 2;
    }
    let is_macro = tokens.get(at).is_some_and(|token| token.text == "!");
    paths.push(Import { line, path, is_macro });
    at
}

/// A path from the crate's root: `super` goes up, `self` stays.
fn resolve(mut from: Vec<String>, path: &[String]) -> Vec<String> {
    for step in path {
        match step.as_str() {
            "crate" => from.clear(),
            "super" => {
                from.pop();
            }
            "self" => {}
            step => from.push(step.to_owned()),
        }
    }
    from
}

/// Follows `mod name { … }` through a file, so that `super` is counted from where it stands.
struct InnerModules {
    module: Vec<String>,
    /// The depth of braces in which each inner module began.
    open: Vec<usize>,
    depth: usize,
}

impl InnerModules {
    fn step(&mut self, tokens: &[Token], at: usize) {
        match tokens[at].text.as_str() {
            "{" => {
                self.depth += 1;
                if at >= 2 && tokens[at - 2].text == "mod" {
                    self.module.push(tokens[at - 1].text.clone());
                    self.open.push(self.depth);
                }
            }
            "}" => {
                if self.open.last() == Some(&self.depth) {
                    self.open.pop();
                    self.module.pop();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
    }
}
