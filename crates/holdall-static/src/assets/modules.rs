//! What pages need for modules: the import map, and what to load ahead.

use holdall_core::{Name, Result};

use super::Assets;
use super::tag::{Tag, Tags};

impl Assets {
    /// `<script type="importmap">` with the address of every bare module name, and with the integrity of what can
    /// be reached by it. It stands before the first module of the page; with a content security policy it needs a
    /// [nonce](Tag::nonce).
    ///
    /// The names come from [`Collector::import_map`](crate::Collector::import_map).
    ///
    /// ```
    /// use holdall_static::{Assets, Collector, Embedded, ImportMap};
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let collector = Collector::new()
    ///     .finder(Embedded::new([("js/app.js", "import 'three'"), ("vendor/three.js", "export {}")])?)
    ///     .import_map(ImportMap::new().pin("three", "vendor/three.js"));
    /// assert_eq!(
    ///     Assets::live(&collector)?.import_map()?.nonce("r4nd").to_string(),
    ///     r#"<script type="importmap" nonce="r4nd">{"imports":{"three":"/static/vendor/three.js"}}</script>"#
    /// );
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// In development, when the collector's map means a file that is not there; what was collected has none such.
    pub fn import_map(&self) -> Result<Tag> {
        // The text is safe inside of `<script>`: `<` is escaped in it.
        let json = self.ask(|manifest, url| manifest.import_map_json(url))?;
        Ok(Tag::with_body("script", json).with("type", "importmap"))
    }

    /// A `<link rel="modulepreload">` for each module that this one imports, and for what those import: a browser
    /// then need not find out one after the other. The script tag itself is [`module`](Self::module).
    ///
    /// Known for the modules that [`Collector::preload`](crate::Collector::preload) named; none for others, and none
    /// in development.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn modulepreloads(&self, name: &str) -> Result<Tags> {
        self.imported(name)?.iter().map(|imported| self.modulepreload(imported.as_str())).collect()
    }

    /// The values of `Link` headers for a module and everything that it imports.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn modulepreload_headers(&self, name: &str) -> Result<Vec<String>> {
        let imported = self.imported(name)?;
        let names = std::iter::once(name).chain(imported.iter().map(Name::as_str));
        names.map(|name| self.modulepreload_header(name)).collect()
    }

    fn imported(&self, name: &str) -> Result<Vec<Name>> {
        let asset = self.get(name)?;
        self.ask(|manifest, _| manifest.preloads(asset.name.as_str()).into_iter().cloned().collect())
    }
}
