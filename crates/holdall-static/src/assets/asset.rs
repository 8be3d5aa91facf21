//! What a template can know about one file.

use holdall_core::{Name, Result};

use super::append;
use crate::collect::content_type;
use crate::live::Found;

/// A static file as a page refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asset {
    /// The name that was asked for.
    pub name: Name,
    /// Its URL: absolute, or beginning with `/`.
    pub url: String,
    /// Its content type, with charset.
    pub content_type: String,
    /// What an `integrity` attribute holds, where the bytes are known.
    pub integrity: Option<String>,
}

/// What a file is to a browser that fetches it before it is asked for (`as` of a preload, and its like).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Style,
    Script,
    Font,
    Image,
    Track,
    /// Anything else, which a program fetches.
    Fetch,
}

impl Destination {
    /// As the `as` attribute spells it (HTML, section 4.6.8.18).
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Style => "style",
            Self::Script => "script",
            Self::Font => "font",
            Self::Image => "image",
            Self::Track => "track",
            Self::Fetch => "fetch",
        }
    }

    /// Whether browsers fetch it as CORS requests, whatever its origin: a preload without `crossorigin` would be
    /// fetched a second time.
    pub(super) fn is_cors(self) -> bool {
        matches!(self, Self::Font | Self::Fetch)
    }

    /// Whether browsers compare integrity values of it.
    pub(super) fn has_integrity(self) -> bool {
        matches!(self, Self::Style | Self::Script)
    }
}

impl Asset {
    /// Whether the URL leads to another host than the page's. A full URL to the same host counts, too: what is done
    /// for other origins does no harm there.
    pub fn is_cross_origin(&self) -> bool {
        !self.url.starts_with('/') || self.url.starts_with("//")
    }

    /// With that behind the URL.
    pub(super) fn with_suffix(mut self, suffix: &str) -> Self {
        self.url = append(&self.url, suffix);
        self
    }

    pub(super) fn destination(&self) -> Destination {
        let essence = self.content_type.split(';').next().unwrap_or_default().trim();
        match essence {
            "text/css" => Destination::Style,
            "text/javascript" | "application/javascript" => Destination::Script,
            "text/vtt" => Destination::Track,
            _ if essence.starts_with("font/") || essence.starts_with("application/font") => Destination::Font,
            "application/vnd.ms-fontobject" => Destination::Font,
            _ if essence.starts_with("image/") => Destination::Image,
            _ => Destination::Fetch,
        }
    }
}

/// A file as it lies in its source.
pub(super) fn live(found: &Found, name: &str) -> Result<Option<Asset>> {
    // What is written otherwise than the name is (`/a.css`, `a//b.css`) is another name in a manifest.
    let Some(name) = Name::new(name).ok().filter(|checked| checked.as_str() == name) else { return Ok(None) };
    Ok(found.find(&name)?.map(|_| Asset {
        url: found.url(&name),
        content_type: content_type(&name),
        integrity: None,
        name,
    }))
}
