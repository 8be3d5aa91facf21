//! Everything that a page needs for one entry of Vite.

use std::collections::BTreeSet;

use holdall_core::Name;

use super::vite::{ViteChunk, ViteManifest};
use crate::manifest::EntryPoint;

/// A walk over imports, each chunk once: circles end.
#[derive(Default)]
struct Walk<'a> {
    seen: BTreeSet<&'a str>,
    entry: EntryPoint,
    written: BTreeSet<Name>,
}

impl ViteManifest {
    /// What a page needs for that key: its script, every style sheet that it and what it imports need, and the
    /// modules to load ahead. What it loads by `import()` is not among them: Vite's own code loads that with its
    /// style sheets.
    ///
    /// Imports come before what imports them, each file once: the order in which modules run, and in which Vite
    /// writes its own pages. So an entry's rules win over those of what it imports.
    pub fn entry(&self, key: &str) -> Option<EntryPoint> {
        let (key, chunk) = self.chunks.get_key_value(key)?;
        let mut walk = Walk::default();
        walk.seen.insert(key);
        walk.imports(self, chunk);
        walk.css(chunk);
        if chunk.file.extension() == Some("css") {
            walk.push_css(&chunk.file);
        }
        let mut entry = walk.entry;
        if matches!(chunk.file.extension(), Some("js" | "mjs")) {
            entry.scripts.push(chunk.file.clone());
        }
        entry.file = Some(chunk.file.clone());
        entry.module = !entry.scripts.is_empty();
        Some(entry)
    }
}

impl<'a> Walk<'a> {
    /// Depth first. A chain of imports is as deep as the chunks that a bundler makes of it, which are few; still
    /// the stack is ours, so that no manifest can end that of the program.
    fn imports(&mut self, manifest: &'a ViteManifest, chunk: &'a ViteChunk) {
        let mut path = vec![(chunk, chunk.imports.iter())];
        while let Some((chunk, imports)) = path.last_mut() {
            if let Some(key) = imports.next() {
                if let Some(next) = manifest.chunks.get(key).filter(|_| self.seen.insert(key)) {
                    path.push((next, next.imports.iter()));
                }
                continue;
            }
            let chunk = *chunk;
            path.pop();
            if !path.is_empty() {
                self.css(chunk);
                if self.written.insert(chunk.file.clone()) {
                    self.entry.preload.push(chunk.file.clone());
                }
            }
        }
    }

    fn css(&mut self, chunk: &ViteChunk) {
        chunk.css.iter().for_each(|name| self.push_css(name));
    }

    fn push_css(&mut self, name: &Name) {
        if self.written.insert(name.clone()) {
            self.entry.css.push(name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ViteManifest;

    const MANIFEST: &str = r#"{
        "main.js": {"file": "m.js", "isEntry": true, "imports": ["_a.js", "_b.js"], "css": ["m.css", "a.css"],
                    "dynamicImports": ["lazy.js"]},
        "_a.js": {"file": "a.js", "imports": ["_b.js"], "css": ["a.css"]},
        "_b.js": {"file": "b.js", "imports": ["_c.js"], "css": ["b.css"]},
        "_c.js": {"file": "c.js", "imports": ["_a.js", "main.js"], "css": ["c.css"]},
        "lazy.js": {"file": "lazy.js", "isDynamicEntry": true, "css": ["lazy.css"]},
        "print.css": {"file": "print.css", "isEntry": true},
        "logo.svg": {"file": "logo.svg"}
    }"#;

    #[test]
    fn imports_come_first_and_once_and_circles_end() {
        let manifest = ViteManifest::parse(MANIFEST.as_bytes()).unwrap();
        let main = manifest.entry("main.js").unwrap();
        assert_eq!(main.scripts, ["m.js"]);
        assert!(main.module);
        assert_eq!(main.css, ["c.css", "b.css", "a.css", "m.css"]);
        assert_eq!(main.preload, ["c.js", "b.js", "a.js"]);
        assert_eq!(manifest.entries().collect::<Vec<_>>(), ["main.js", "print.css"]);
    }

    #[test]
    fn a_style_sheet_and_a_picture_are_no_scripts() {
        let manifest = ViteManifest::parse(MANIFEST.as_bytes()).unwrap();
        let print = manifest.entry("print.css").unwrap();
        assert!(print.scripts.is_empty() && !print.module);
        assert_eq!(print.css, ["print.css"]);
        let logo = manifest.entry("logo.svg").unwrap();
        assert!(logo.scripts.is_empty() && logo.css.is_empty());
        assert_eq!(logo.file.unwrap(), "logo.svg");
        assert_eq!(manifest.entry("other.js"), None);
    }

    #[test]
    fn a_chain_of_many_imports_does_not_end_the_stack() {
        let chunks: Vec<String> = (0..50_000)
            .map(|at| format!(r#""{at}": {{"file": "{at}.js", "imports": ["{}"]}}"#, (at + 1) % 50_000))
            .collect();
        let manifest = ViteManifest::parse(format!("{{{}}}", chunks.join(",")).as_bytes()).unwrap();
        assert_eq!(manifest.entry("7").unwrap().preload.len(), 49_999);
    }
}
