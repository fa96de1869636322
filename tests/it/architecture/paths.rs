//! Every path in a source file, in `use` lines, code, attributes and the arguments of macros.

use std::fmt;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path of at least two segments, or the crate in a `use`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CratePath {
    pub(super) line: usize,
    /// From the crate's root if it is in this crate, otherwise as written.
    pub(super) segments: Vec<String>,
    pub(super) is_in_crate: bool,
    /// Whether it names a macro that is called.
    pub(super) is_macro: bool,
    /// Whether it is in code that is compiled only for tests.
    pub(super) is_test: bool,
    /// The name that a `pub use` gives it: it is re-exported, not used here.
    pub(super) exported_as: Option<String>,
}

impl CratePath {
    pub(super) fn joined(&self) -> String {
        self.segments.join("::")
    }
}

/// A source file with its paths.
pub(super) struct File {
    /// From the top of the repository.
    pub(super) path: String,
    pub(super) lines: usize,
    pub(super) paths: Vec<CratePath>,
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl File {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut file = Self { path: path.to_owned(), lines: text.lines().count(), paths: Vec::new() };
        let children = syntax.items.iter().filter_map(|item| match item {
            syn::Item::Mod(module) => Some(module.ident.to_string()),
            _ => None,
        });
        let (module, children) = (file.module(), children.collect());
        let mut reader = Reader { module, children, is_test: false, paths: &mut file.paths };
        reader.visit_file(&syntax);
        file
    }

    /// The path of its module from the crate's root.
    pub(super) fn module(&self) -> Vec<String> {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let inner = inner.strip_suffix(".rs").unwrap_or(inner);
        let mut segments: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if segments.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
            segments.pop();
        }
        segments
    }
}

struct Reader<'a> {
    module: Vec<String>,
    /// The modules that the file declares.
    children: Vec<String>,
    is_test: bool,
    paths: &'a mut Vec<CratePath>,
}

impl Reader<'_> {
    /// Adds a path as it is written here.
    fn add(&mut self, written: &[String], span: Span, is_macro: bool, exported_as: Option<String>) {
        let is_in_crate = written.first().is_some_and(|first| {
            ["crate", "super", "self"].contains(&first.as_str()) || self.children.contains(first)
        });
        let mut segments = if is_in_crate { self.module.clone() } else { Vec::new() };
        for segment in written {
            match segment.as_str() {
                "crate" => segments.clear(),
                "super" => {
                    segments.pop();
                }
                "self" if is_in_crate => {}
                segment => segments.push(segment.to_owned()),
            }
        }
        let (line, is_test) = (span.start().line, self.is_test);
        self.paths.push(CratePath { line, segments, is_in_crate, is_macro, is_test, exported_as });
    }

    fn add_tree(&mut self, tree: &syn::UseTree, before: &[String], is_exported: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        let exported = |name: &dyn ToString| is_exported.then(|| name.to_string());
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&path.tree, &with(&path.ident), is_exported),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_tree(tree, before, is_exported));
            }
            syn::UseTree::Glob(glob) => {
                let path = [before, &["*".to_owned()]].concat();
                self.add(&path, glob.star_token.spans[0], false, exported(&"*"));
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                let own = before.last().cloned().unwrap_or_default();
                self.add(before, name.ident.span(), false, exported(&own));
            }
            syn::UseTree::Name(name) => {
                self.add(&with(&name.ident), name.ident.span(), false, exported(&name.ident));
            }
            syn::UseTree::Rename(rename) => {
                self.add(&with(&rename.ident), rename.ident.span(), false, exported(&rename.rename));
            }
        }
    }

    /// Adds what looks like a path in the arguments of a macro or an attribute.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<(String, Span)> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add_words(&path);
                        path.clear();
                    }
                    path.push((name.to_string(), name.span()));
                    colons = 0;
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                other => {
                    self.add_words(&path);
                    path.clear();
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.add_words(&path);
    }

    fn add_words(&mut self, path: &[(String, Span)]) {
        if let [(_, span), _, ..] = path {
            let written: Vec<String> = path.iter().map(|(name, _)| name.clone()).collect();
            self.add(&written, *span, false, None);
        }
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let before = (self.module.clone(), self.is_test);
        self.module.push(module.ident.to_string());
        self.is_test |= is_for_tests(&module.attrs);
        let children = std::mem::take(&mut self.children);
        visit::visit_item_mod(self, module);
        (self.module, self.is_test) = before;
        self.children = children;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_exported = !matches!(item.vis, syn::Visibility::Inherited);
        self.add_tree(&item.tree, &[], is_exported);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first()
            && path.segments.len() > 1
        {
            let written: Vec<String> =
                path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.add(&written, first.ident.span(), false, None);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let Some(first) = call.path.segments.first() {
            let written: Vec<String> =
                call.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.add(&written, first.ident.span(), true, None);
        }
        self.add_tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.add_tokens(list.tokens.clone());
        }
    }
}
