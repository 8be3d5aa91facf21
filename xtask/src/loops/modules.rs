//! The modules of a crate and what each imports, read from its source files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// A module by its path from the crate's root.
pub(super) type ModulePath = Vec<String>;

/// One module: the names that it passes on from elsewhere, and the paths that its code names.
#[derive(Debug, Default)]
struct Module {
    passed_on: BTreeMap<String, Vec<String>>,
    named: Vec<Vec<String>>,
}

/// All modules of a crate, without its tests.
#[derive(Debug, Default)]
pub(super) struct Tree {
    modules: BTreeMap<ModulePath, Module>,
}

/// Reads a crate from its root file.
///
/// # Errors
///
/// Names the file that is missing or is no Rust.
pub(super) fn read(root: &Path) -> Result<Tree, String> {
    let mut tree = Tree::default();
    tree.read_file(root, Vec::new())?;
    Ok(tree)
}

impl Tree {
    /// How many modules there are, the root not counted.
    pub(super) fn len(&self) -> usize {
        self.modules.len() - 1
    }

    /// Every module that has modules inside it.
    pub(super) fn folders(&self) -> BTreeSet<ModulePath> {
        let parents = self.modules.keys().filter_map(|path| path.split_last());
        parents.map(|(_, parent)| parent.to_vec()).collect()
    }

    /// The names of the modules directly inside `folder`.
    pub(super) fn children(&self, folder: &[String]) -> Vec<String> {
        let inside = self.modules.keys().filter_map(|path| path.split_last());
        inside.filter(|(_, parent)| *parent == folder).map(|(name, _)| name.clone()).collect()
    }

    /// Every pair of modules of which the first names something of the second.
    pub(super) fn imports(&self) -> impl Iterator<Item = (&ModulePath, &[String])> {
        self.modules.iter().flat_map(move |(path, module)| {
            let named = module.named.iter();
            named.filter_map(move |named| Some((path, self.home(named, 0)?)))
        })
    }

    /// The module where the thing of that path is at home, past the modules that pass it on.
    fn home(&self, path: &[String], hops: usize) -> Option<&[String]> {
        let mut depth = 0;
        while depth < path.len() && self.modules.contains_key(&path[..=depth]) {
            depth += 1;
        }
        let (known, module) = self.modules.get_key_value(&path[..depth])?;
        match path.get(depth).and_then(|name| module.passed_on.get(name)) {
            // Names that pass each other on would never end.
            Some(onwards) if hops < 8 && onwards != path => self.home(onwards, hops + 1),
            _ => Some(known),
        }
    }

    fn read_file(&mut self, file: &Path, path: ModulePath) -> Result<(), String> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        let parsed =
            syn::parse_file(&text).map_err(|error| format!("{} is no Rust: {error}", file.display()))?;
        // `a/mod.rs` and `lib.rs` have their modules beside them, `a.rs` in `a/`.
        let beside = matches!(file.file_name().and_then(|name| name.to_str()), Some("mod.rs" | "lib.rs"));
        let folder = if beside { file.parent().unwrap_or(file).to_owned() } else { file.with_extension("") };
        self.read_items(&parsed.items, &folder, path)
    }

    fn read_items(&mut self, items: &[Item], folder: &Path, path: ModulePath) -> Result<(), String> {
        let mut reader = Reader { path: &path, module: Module::default() };
        for item in items.iter().filter(|item| !is_test(attributes(item))) {
            match item {
                Item::Mod(inner) => {
                    let inside = [path.as_slice(), &[inner.ident.to_string()]].concat();
                    let folder_inside = folder.join(inner.ident.to_string());
                    if let Some((_, items)) = &inner.content {
                        self.read_items(items, &folder_inside, inside)?;
                        continue;
                    }
                    let nested = folder_inside.join("mod.rs");
                    let file = if nested.is_file() { nested } else { folder_inside.with_extension("rs") };
                    self.read_file(&file, inside)?;
                }
                other => reader.visit_item(other),
            }
        }
        let module = reader.module;
        self.modules.insert(path, module);
        Ok(())
    }
}

/// Whether an item is compiled for tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Collects the paths that the code of one module names.
struct Reader<'a> {
    path: &'a ModulePath,
    module: Module,
}

impl Reader<'_> {
    /// The path from the crate's root, if the path begins at this crate.
    fn absolute(&self, segments: &[String]) -> Option<Vec<String>> {
        let (first, mut rest) = segments.split_first()?;
        let mut base = self.path.clone();
        match first.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                base.pop();
                while let Some((next, after)) = rest.split_first().filter(|(next, _)| *next == "super") {
                    debug_assert_eq!(next, "super");
                    base.pop();
                    rest = after;
                }
            }
            _ => return None,
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    fn name(&mut self, segments: &[String]) {
        self.module.named.extend(self.absolute(segments));
    }

    /// Takes a tree of imports apart; each name that it brings in is one that others may find here.
    fn import(&mut self, tree: &UseTree, before: &[String]) {
        match tree {
            UseTree::Path(path) => {
                self.import(&path.tree, &[before, &[path.ident.to_string()]].concat());
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before)),
            UseTree::Glob(_) => self.name(before),
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                let full = if name == "self" {
                    before.to_vec()
                } else {
                    [before, std::slice::from_ref(&name)].concat()
                };
                self.bring_in(&name, &full);
            }
            UseTree::Rename(rename) => {
                let full = [before, &[rename.ident.to_string()]].concat();
                self.bring_in(&rename.rename.to_string(), &full);
            }
        }
    }

    fn bring_in(&mut self, name: &str, full: &[String]) {
        self.name(full);
        // `use a::B` may also begin at a module of this one.
        let from_here = [self.path.as_slice(), full].concat();
        let absolute = self.absolute(full).unwrap_or(from_here);
        self.module.passed_on.insert(name.to_owned(), absolute);
    }

    /// Macros are not expanded: the paths in their tokens are read as they stand.
    fn tokens(&mut self, tokens: &TokenStream) {
        let mut segments: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens.clone() {
            match token {
                TokenTree::Ident(ident) if segments.is_empty() || colons == 2 => {
                    segments.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !segments.is_empty() => colons += 1,
                other => {
                    self.name(&segments);
                    segments.clear();
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.tokens(&group.stream()),
                        TokenTree::Ident(ident) => segments.push(ident.to_string()),
                        _ => {}
                    }
                }
            }
        }
        self.name(&segments);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.name(&segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.visit_path(&invocation.path);
        self.tokens(&invocation.tokens);
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {
        // Documentation links to where it likes.
    }
}
