//! Entries of a bundler: one name, and everything that a page loads for it.

use holdall_core::Result;

use super::Assets;
use super::tag::{Tag, Tags};
use crate::manifest::EntryPoint;
use crate::serving::unknown_entry;

impl Assets {
    /// Every tag for an entry of Vite or webpack (`src/main.ts`, `main`): its style sheets, its preloads, its
    /// scripts, in the order in which the bundler wants them.
    ///
    /// The entries come from the bundler's manifest, which the collector was told of:
    /// [`Collector::prehashed`](crate::Collector::prehashed).
    ///
    /// ```
    /// use holdall_static::{Assets, Collector, Embedded, Prehashed, ViteManifest};
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let vite = r#"{
    ///     "src/main.ts": {"file": "assets/main-B1C2D3e4.js", "isEntry": true, "imports": ["_shared.js"],
    ///                     "css": ["assets/main-F5G6H7i8.css"]},
    ///     "_shared.js": {"file": "assets/shared-J9K0L1m2.js"}
    /// }"#;
    /// let collector = Collector::new()
    ///     .finder(Embedded::new([
    ///         ("assets/main-B1C2D3e4.js", "import './shared-J9K0L1m2.js'"),
    ///         ("assets/main-F5G6H7i8.css", "p { margin: 0 }"),
    ///         ("assets/shared-J9K0L1m2.js", "export {}"),
    ///     ])?)
    ///     .prehashed(Prehashed::vite_manifest(ViteManifest::parse(vite.as_bytes())?));
    /// assert_eq!(
    ///     Assets::live(&collector)?.entry_tags("src/main.ts")?.to_string(),
    ///     "<link rel=\"stylesheet\" href=\"/static/assets/main-F5G6H7i8.css\">\n\
    ///      <link rel=\"modulepreload\" href=\"/static/assets/shared-J9K0L1m2.js\">\n\
    ///      <script type=\"module\" src=\"/static/assets/main-B1C2D3e4.js\"></script>"
    /// );
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](holdall_core::ErrorKind::InvalidInput) for an entry that does not exist, with those that do;
    /// as [`get`](Self::get) for its files.
    pub fn entry_tags(&self, key: &str) -> Result<Tags> {
        let entry = self.entry(key)?;
        let css = entry.css.iter().map(|name| self.stylesheet(name.as_str()));
        let preload = entry.preload.iter().map(|name| self.modulepreload(name.as_str()));
        let scripts = entry
            .scripts
            .iter()
            .map(|name| if entry.module { self.module(name.as_str()) } else { self.deferred(name.as_str()) });
        css.chain(preload).chain(scripts).collect()
    }

    /// The values of `Link` headers for an entry: a preload of each style sheet and of each script, modules with
    /// what they import.
    ///
    /// # Errors
    ///
    /// As [`entry_tags`](Self::entry_tags).
    pub fn entry_headers(&self, key: &str) -> Result<Vec<String>> {
        let entry = self.entry(key)?;
        let css = entry.css.iter().map(|name| self.preload_header(name.as_str()));
        let modules = entry.preload.iter().map(|name| self.modulepreload_header(name.as_str()));
        let scripts = entry.scripts.iter().map(|name| {
            if entry.module {
                self.modulepreload_header(name.as_str())
            } else {
                self.preload_header(name.as_str())
            }
        });
        css.chain(modules).chain(scripts).collect()
    }

    fn entry(&self, key: &str) -> Result<EntryPoint> {
        self.ask(|manifest, _| {
            let known = || manifest.entries().map(|(known, _)| known);
            manifest.entry(key).cloned().ok_or_else(|| unknown_entry(key, known()))
        })?
    }

    /// A classic script of a bundler waits for the page, as webpack's own pages have it.
    fn deferred(&self, name: &str) -> Result<Tag> {
        Ok(self.script(name)?.with("defer", true))
    }
}
