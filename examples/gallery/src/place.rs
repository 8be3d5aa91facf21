//! Where a browser finds the files of a storage: at this server, or somewhere else.

use holdall::{Error, ErrorKind, Result, Store};
use url::Url;

/// The place that a storage's URLs lead to. Asked once, when the program starts, because the
/// settings decide it and not the single file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Below this path of this server, which has to serve them.
    Here(String),
    /// At another origin: a bucket, a CDN. This server has no routes for them, or it would be a
    /// back door to a private bucket; but its pages have to be allowed to show what lies there.
    Elsewhere(String),
}

impl Place {
    /// Asks the storage that the settings call `name`.
    ///
    /// # Errors
    ///
    /// If it cannot make a URL, or makes one that no browser or no route can have. A page could not
    /// show an image then, which is worth knowing when the program starts.
    pub async fn of(name: &str, store: &Store) -> Result<Self> {
        // Any file does: its address, less its name, is where all of them are.
        const PROBE: &str = "probe";
        let refuse = |sentence: String| {
            Error::message(ErrorKind::InvalidConfig, format!("[storages.{name}]: {sentence}"))
        };
        let url = match store.url(PROBE).await {
            Ok(url) => url.url,
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                return Err(refuse(format!(
                    "{error}; the pages need links to the files: set a base_url and visibility = \"public\", or \
                     use a storage that signs its links"
                )));
            }
            Err(error) => return Err(error),
        };
        Self::read(&url, PROBE)
            .ok_or_else(|| refuse(format!("a page cannot link to {url:?}; mend the base_url")))
    }

    fn read(url: &str, probe: &str) -> Option<Self> {
        if url.starts_with('/') && !url.starts_with("//") {
            // axum reads braces in a route as a placeholder.
            let mount = url.strip_suffix(probe).filter(|mount| !mount.contains(['{', '}']))?;
            return Some(Self::Here(mount.to_owned()));
        }
        // `//cdn.example.com/` leaves the scheme to the page; any will do to read the rest.
        let scheme = if url.starts_with("//") { "https:" } else { "" };
        let url = Url::parse(&format!("{scheme}{url}")).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| Self::Elsewhere(url.origin().ascii_serialization()))
    }

    /// The origin that a content security policy has to name for it, if any.
    pub fn origin(&self) -> Option<&str> {
        match self {
            Self::Here(_) => None,
            Self::Elsewhere(origin) => Some(origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_url_says_who_serves_it() {
        let here = |mount: &str| Some(Place::Here(mount.to_owned()));
        let elsewhere = |origin: &str| Some(Place::Elsewhere(origin.to_owned()));
        for (url, place) in [
            ("/media/probe", here("/media/")),
            ("/probe", here("/")),
            (
                "http://127.0.0.1:9000/photos/media/probe?X-Amz-Signature=1",
                elsewhere("http://127.0.0.1:9000"),
            ),
            (
                "https://photos.s3.eu-central-1.amazonaws.com/probe",
                elsewhere("https://photos.s3.eu-central-1.amazonaws.com"),
            ),
            ("//cdn.example.com/probe", elsewhere("https://cdn.example.com")),
            ("/{user}/probe", None),
            ("/media/probe?sig=1", None),
            ("file:///var/media/probe", None),
            ("probe", None),
        ] {
            assert_eq!(Place::read(url, "probe"), place, "{url}");
        }
    }
}
