//! `Link` headers: what a browser can begin to fetch before it has read the page (RFC 8288; RFC 8297 for sending
//! them with `103 Early Hints`).

use std::fmt::Write as _;

use holdall_core::Result;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Assets;
use super::asset::Asset;

/// What cannot stand in `<...>` of a header: what no URL has, and what would end it.
const NOT_IN_BRACKETS: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

impl Assets {
    /// The value of a `Link` header that preloads a file, as [`preload`](Self::preload) does in a page:
    ///
    /// ```text
    /// Link: </static/css/app.93b5ecd0106c.css>; rel=preload; as=style; integrity="sha384-..."
    /// ```
    ///
    /// Visible ASCII only. Several values go into several headers, or into one with commas between them.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn preload_header(&self, name: &str) -> Result<String> {
        let asset = self.get(name)?;
        let destination = asset.destination();
        let mut value = format!("{}; rel=preload; as={}", target(&asset), destination.as_str());
        if destination.has_integrity() {
            self.write_guard(&mut value, &asset, false);
        } else if destination.is_cors() {
            value.push_str("; crossorigin=anonymous");
        }
        Ok(value)
    }

    /// The value of a `Link` header that preloads a module, as [`modulepreload`](Self::modulepreload) does in a
    /// page.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn modulepreload_header(&self, name: &str) -> Result<String> {
        let asset = self.get(name)?;
        let mut value = format!("{}; rel=modulepreload", target(&asset));
        self.write_guard(&mut value, &asset, true);
        Ok(value)
    }

    fn write_guard(&self, value: &mut String, asset: &Asset, is_module: bool) {
        let (integrity, is_cors) = self.guard(asset, is_module);
        if is_cors {
            value.push_str("; crossorigin=anonymous");
        }
        if let Some(integrity) = integrity {
            // In quotes: base64 has `/` and `=`, which no token has.
            _ = write!(value, "; integrity=\"{integrity}\"");
        }
    }
}

fn target(asset: &Asset) -> String {
    format!("<{}>", utf8_percent_encode(&asset.url, NOT_IN_BRACKETS))
}
