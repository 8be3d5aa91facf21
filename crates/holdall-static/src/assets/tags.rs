//! The tags that a page needs for its static files.

use holdall_core::Result;

use super::Assets;
use super::asset::Asset;
use super::tag::Tag;

impl Assets {
    /// `<link rel="stylesheet" href="..." integrity="...">`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); so have all of these.
    pub fn stylesheet(&self, name: &str) -> Result<Tag> {
        let asset = self.get(name)?;
        Ok(self.guarded(Tag::void("link").with("rel", "stylesheet").with("href", &*asset.url), &asset, false))
    }

    /// `<script src="..." integrity="..."></script>`: a classic script, which runs where it stands. Add
    /// `defer` with [`Tag::attribute`].
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn script(&self, name: &str) -> Result<Tag> {
        let asset = self.get(name)?;
        Ok(self.guarded(Tag::with_body("script", "").with("src", &*asset.url), &asset, false))
    }

    /// `<script type="module" src="..." integrity="..."></script>`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn module(&self, name: &str) -> Result<Tag> {
        let asset = self.get(name)?;
        let tag = Tag::with_body("script", "").with("type", "module").with("src", &*asset.url);
        Ok(self.guarded(tag, &asset, true))
    }

    /// `<link rel="preload" as="..." href="...">`: fetched now, used later. What it is to the page comes from the
    /// content type: a style sheet, a script (a module has [`modulepreload`](Self::modulepreload)), a font, an
    /// image, a track of subtitles; anything else is for `fetch()`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn preload(&self, name: &str) -> Result<Tag> {
        let asset = self.get(name)?;
        let destination = asset.destination();
        let tag = Tag::void("link").with("rel", "preload").with("as", destination.as_str());
        let tag = tag.with("href", &*asset.url);
        if destination.has_integrity() {
            return Ok(self.guarded(tag, &asset, false));
        }
        Ok(if destination.is_cors() { tag.with("crossorigin", "anonymous") } else { tag })
    }

    /// `<link rel="modulepreload" href="..." integrity="...">`: a module, fetched and compiled before anything
    /// imports it.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn modulepreload(&self, name: &str) -> Result<Tag> {
        let asset = self.get(name)?;
        let tag = Tag::void("link").with("rel", "modulepreload").with("href", &*asset.url);
        Ok(self.guarded(tag, &asset, true))
    }

    /// `<img src="..." alt="...">`. What an image that only decorates says is the empty text.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn image(&self, name: &str, alt: &str) -> Result<Tag> {
        Ok(Tag::void("img").with("src", self.static_url(name)?).with("alt", alt))
    }

    /// `<link rel="icon" type="..." href="...">`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn icon(&self, name: &str) -> Result<Tag> {
        let asset = self.get(name)?;
        let essence = asset.content_type.split(';').next().unwrap_or_default();
        Ok(Tag::void("link").with("rel", "icon").with("type", essence).with("href", &*asset.url))
    }

    /// The integrity of an asset as its tag and its preload say it, and whether both are CORS requests.
    pub(super) fn guard<'a>(&self, asset: &'a Asset, is_module: bool) -> (Option<&'a str>, bool) {
        let cross_origin = asset.is_cross_origin();
        // Modules are fetched with CORS wherever they come from; other things only when the tag says so.
        let readable = !cross_origin || is_module || self.cors;
        let integrity = asset.integrity.as_deref().filter(|_| readable);
        (integrity, cross_origin && (integrity.is_some() || is_module))
    }

    fn guarded(&self, tag: Tag, asset: &Asset, is_module: bool) -> Tag {
        let (integrity, is_cors) = self.guard(asset, is_module);
        let tag = integrity.map_or(tag.clone(), |integrity| tag.with("integrity", integrity));
        if is_cors { tag.with("crossorigin", "anonymous") } else { tag }
    }
}
