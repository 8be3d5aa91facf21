//! Which of a file's variants a client is sent: what whoever serves static files asks.

use holdall_core::Name;

use super::Manifest;
use crate::collect::encoding;
use crate::compress::Encoding;

/// What to send for a file: a representation, in the words of RFC 9110. See
/// [`Manifest::representation`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Representation {
    /// The name of the object in the storage.
    pub name: Name,
    /// The value of `Content-Encoding`, if it has one.
    pub encoding: Option<Encoding>,
    /// The value of `Content-Length`: bytes of the object.
    pub size: u64,
    /// The value of `Content-Type`.
    pub content_type: String,
    /// The value of `ETag`, quotes included: strong, made of the content's digest, the encoding and the size, so
    /// that it is the same on every server and after every deployment, and another one for each encoding (RFC
    /// 9110, section 8.8.3.3).
    pub etag: String,
    /// Whether there is more than one representation, so that the answer needs `Vary: Accept-Encoding` (RFC 9110,
    /// 12.5.5), also when this one is sent without an encoding.
    pub varies: bool,
    /// Whether it was asked for by its hashed name, so that it may be cached for good.
    pub immutable: bool,
}

impl Manifest {
    /// What to send for a file, named by its own name or by its hashed one: of the representations that the
    /// client accepts the one with the fewest bytes. `None` where the manifest knows no such file, or nothing but
    /// its name (one that Django wrote).
    ///
    /// `accepts` says whether the client takes an encoding: whoever serves files answers from `Accept-Encoding`
    /// (RFC 9110, section 12.5.3). The file without an encoding counts as accepted. A file that is
    /// [stored encoded](crate::Compression::in_place) has that one representation, which is given in any case.
    ///
    /// Ranges are for the representation without an encoding: who asks for one is sent that, so `accepts` says no
    /// to everything then.
    ///
    /// ```
    /// use holdall_core::{MemoryStorage, Store};
    /// use holdall_static::{Collector, Compression, Embedded, Encoding, Manifest};
    ///
    /// # #[tokio::main] async fn main() -> holdall_core::Result<()> {
    /// # if cfg!(feature = "compress") {
    /// let store = Store::new(MemoryStorage::new());
    /// let files = Embedded::new([("app.css", "a { color: red }\n".repeat(100))])?;
    /// Collector::new().finder(files).compress(Compression::all()).collect(&store).await?;
    ///
    /// let manifest = Manifest::parse(&store.open("staticfiles.json").await?.bytes().await?)?;
    /// let hashed = manifest.get("app.css").unwrap();
    /// let sent = manifest.representation(hashed.as_str(), |encoding| encoding == Encoding::Gzip).unwrap();
    /// assert_eq!(sent.encoding, Some(Encoding::Gzip));
    /// assert_eq!(sent.size, store.metadata(&sent.name).await?.size);
    /// assert!(sent.varies && sent.immutable && sent.content_type == "text/css; charset=utf-8");
    /// # }
    /// # Ok(()) }
    /// ```
    pub fn representation(&self, name: &str, accepts: impl Fn(Encoding) -> bool) -> Option<Representation> {
        let own_name = self.names.get(name).map_or(name, Name::as_str);
        let (hashed, details) = (self.paths.get(own_name)?, self.details.get(own_name)?);
        let variants = || details.beside(hashed).filter_map(Result::ok);
        let best = variants().filter(|(encoding, ..)| accepts(*encoding)).min_by_key(|(.., size)| *size);
        // The sources may bring it encoded.
        let own = || Name::new(own_name).ok().and_then(|name| encoding(&name));
        let plain = || (details.encoding.or_else(own), hashed.clone(), details.stored_size());
        let (sent, object, size) = best.map_or_else(plain, |(sent, object, size)| (Some(sent), object, size));
        // A digest of 192 bits is enough to tell versions apart.
        let digest: String = details.integrity.trim_start_matches("sha384-").chars().take(32).collect();
        let etag = match sent {
            // Another level gives other bytes, nearly always so many of them.
            Some(encoding) => format!("\"{digest}-{encoding}-{size}\""),
            None => format!("\"{digest}\""),
        };
        Some(Representation {
            name: object,
            encoding: sent,
            size,
            content_type: details.content_type.clone(),
            etag,
            varies: variants().next().is_some(),
            immutable: name == hashed.as_str(),
        })
    }
}
