//! What the manifest says about modules: the import map, and what pages should load ahead.

use std::collections::{BTreeMap, BTreeSet};

use holdall_core::Name;
use serde::{Deserialize, Serialize};

use super::Manifest;

/// The import map as it is stored: by the files' own names, since hashed ones are looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MappedModules {
    /// Bare names, and the file that each stands for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) pins: BTreeMap<String, Name>,
    /// Scripts with an entry from their own address to the hashed one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) modules: BTreeSet<Name>,
}

impl MappedModules {
    pub(super) fn is_empty(&self) -> bool {
        self.pins.is_empty() && self.modules.is_empty()
    }
}

impl Manifest {
    /// The bare module names of the import map, and the file that each stands for, by its own name.
    pub fn import_map(&self) -> impl ExactSizeIterator<Item = (&str, &Name)> {
        self.import_map.pins.iter().map(|(specifier, name)| (specifier.as_str(), name))
    }

    /// The file that a bare module name stands for, by its own name.
    pub fn pinned(&self, specifier: &str) -> Option<&Name> {
        self.import_map.pins.get(specifier)
    }

    /// The import map as a page has it, in `<script type="importmap">`: `imports` with hashed addresses, and
    /// `integrity` (HTML, section 8.1.6.2) for each module that it leads to and for all that they import as far as
    /// that is known, so that the browser checks what no tag can name. `url` says at which address a published
    /// name is served.
    ///
    /// The text is JSON that may stand in a page as it is: `<` is escaped. The same manifest and addresses give the
    /// same text. `{}` for a manifest without an import map.
    pub fn import_map_json(&self, url: impl Fn(&Name) -> String) -> String {
        #[derive(Default, Serialize)]
        struct Page {
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            imports: BTreeMap<String, String>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            integrity: BTreeMap<String, String>,
        }
        let mut page = Page::default();
        let mut files = BTreeSet::new();
        let pins = self.import_map.pins.iter().map(|(specifier, name)| (specifier.clone(), name));
        let modules = self.import_map.modules.iter().map(|name| (url(name), name));
        for (specifier, name) in pins.chain(modules) {
            if let Some(hashed) = self.paths.get(name) {
                page.imports.insert(specifier, url(hashed));
                files.insert(name);
                files.extend(self.preloads(name.as_str()));
            }
        }
        for name in files {
            if let (Some(hashed), Some(details)) = (self.paths.get(name), self.details.get(name)) {
                page.integrity.insert(url(hashed), details.integrity.clone());
            }
        }
        in_a_page(&page)
    }

    /// What a module imports when it is loaded, and what that imports, each file once and by its own name, the
    /// nearest first: what a page asks for with `<link rel="modulepreload">`, so that the browser need not find one
    /// import after the other. Without the module itself. Empty where the collection was not told that the module
    /// is an [entry](crate::Collector::preload).
    pub fn preloads(&self, entry: &str) -> Vec<&Name> {
        let mut found: Vec<&Name> = Vec::new();
        let mut seen = BTreeSet::from([entry]);
        let mut next = entry;
        let mut followed = 0;
        loop {
            for name in self.details.get(next).into_iter().flat_map(|details| &details.imports) {
                if seen.insert(name.as_str()) {
                    found.push(name);
                }
            }
            let Some(name) = found.get(followed) else { return found };
            next = name.as_str();
            followed += 1;
        }
    }
}

/// JSON that ends no `<script>` that it stands in.
fn in_a_page(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("texts can be written to memory");
    // `</script>` and `<!--` would end or change the element; outside of strings there is no `<`.
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use holdall_core::Name;

    use super::super::{FileDetails, Manifest};

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn example() -> Manifest {
        let mut manifest = Manifest::default();
        for (file, imports) in [
            ("a.js", vec!["b.js", "c.js"]),
            ("b.js", vec!["a.js", "d.js"]),
            ("c.js", vec!["d.js"]),
            ("d.js", vec![]),
        ] {
            let details = FileDetails::new(1, "text/javascript", format!("sha384-{file}"))
                .with_imports(imports.into_iter().map(name).collect());
            manifest.insert(name(file), name(&format!("{file}.1")), details);
        }
        manifest.import_map.pins.insert("</script>".to_owned(), name("c.js"));
        manifest.import_map.modules.insert(name("d.js"));
        manifest
    }

    #[test]
    fn what_an_entry_imports_comes_once_and_the_nearest_first() {
        let manifest = example();
        let preloads = |entry| manifest.preloads(entry).into_iter().map(Name::as_str).collect::<Vec<_>>();
        assert_eq!(preloads("a.js"), ["b.js", "c.js", "d.js"]);
        assert_eq!(preloads("b.js"), ["a.js", "d.js", "c.js"]);
        assert_eq!(preloads("d.js"), [""; 0]);
        assert_eq!(preloads("x.js"), [""; 0]);
    }

    #[test]
    fn the_map_of_a_page() {
        let json = example().import_map_json(|name| format!("/s/{name}"));
        assert_eq!(
            json,
            "{\"imports\":{\"/s/d.js\":\"/s/d.js.1\",\"\\u003c/script>\":\"/s/c.js.1\"},\
             \"integrity\":{\"/s/c.js.1\":\"sha384-c.js\",\"/s/d.js.1\":\"sha384-d.js\"}}"
        );
        assert_eq!(Manifest::default().import_map_json(|_| unreachable!()), "{}");
        assert_eq!(example().pinned("</script>").unwrap().as_str(), "c.js");
    }

    #[test]
    fn the_map_comes_back_from_what_is_stored() {
        assert_eq!(Manifest::parse(&example().to_bytes()).unwrap(), example());
    }
}
