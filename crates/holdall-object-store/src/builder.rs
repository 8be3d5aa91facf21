//! How a storage is set up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use holdall_core::{Attributes, Error, ErrorKind, Location, Operation, Result, Visibility};
use object_store::ObjectStore;
use url::Url;

use crate::client::{Inner, UrlSigner};
use crate::config::{Config, MAX_EXPIRY, MAX_PART_SIZE, MIN_PART_SIZE};
use crate::profile::Profile;
use crate::storage::ObjectStoreStorage;

/// The settings of an [`ObjectStoreStorage`] that is to be made. Begun by [`ObjectStoreStorage::builder`] and
/// the functions beside it.
#[must_use = "a storage is made by `build`"]
pub struct ObjectStoreStorageBuilder {
    store: Arc<dyn ObjectStore>,
    signer: Option<UrlSigner>,
    label: Option<String>,
    location: String,
    base_url: Option<String>,
    max_buffer: Option<u64>,
    config: Config,
}

impl ObjectStoreStorageBuilder {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, profile: Profile) -> Self {
        let config = Config {
            profile,
            label: String::new(),
            location: Location::root(),
            base_url: None,
            visibility: None,
            url_expires_in: Duration::from_hours(1),
            default_attributes: Attributes::default(),
            part_size: 8 << 20,
            concurrency: 4,
            max_buffer: 64 << 20,
        };
        Self {
            store,
            signer: None,
            label: None,
            location: String::new(),
            base_url: None,
            max_buffer: None,
            config,
        }
    }

    /// What the storage is called in errors and logs, without the location: `gs://my-site`. What the store
    /// calls itself, unless it is set. It must not show a secret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says something else about what the store can do.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.config.profile = profile;
        self
    }

    /// The prefix under which the storage keeps its files, staging names included. The root, unless it is set.
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = location.into();
        self
    }

    /// Makes signed URLs and requests with that signer: the store itself, where it can.
    #[cfg(feature = "__http")]
    pub fn signer(mut self, signer: Arc<dyn object_store::signer::Signer>) -> Self {
        self.signer = Some(signer);
        self
    }

    /// The URL under which everybody finds what the storage holds, its location included:
    /// `https://storage.googleapis.com/my-site/media`, or a CDN. Without it there are no plain URLs.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Which kind of URL is made where the call does not say: signed (`Private`) where there is a signer, else
    /// plain, unless it is set. The visibility of the bucket itself is set with the tools of its provider.
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.config.visibility = Some(visibility);
        self
    }

    /// How long signed URLs live where the call does not say: an hour, unless it is set. From a second to seven
    /// days, which is also the most that a call gets.
    pub fn url_expires_in(mut self, duration: Duration) -> Self {
        self.config.url_expires_in = duration;
        self
    }

    /// Attributes of every file that is saved without them.
    pub fn default_attributes(mut self, attributes: Attributes) -> Self {
        self.config.default_attributes = attributes;
        self
    }

    /// The size of a part in bytes, and the largest stream that is sent in one request: 8 MiB, unless it is
    /// set. From 5 MiB to 4,000 MiB. Parts of content with a larger declared size grow with it; a stream of
    /// unknown length can have so many times this size as the store takes parts (78 GiB with 10,000).
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.config.part_size = bytes;
        self
    }

    /// How many parts of one file are sent at once: 4, unless it is set. One more is gathered meanwhile.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.config.concurrency = parts;
        self
    }

    /// The most bytes of a stream that are held in memory where only a single request can keep a promise: with
    /// `Create` and `Unique` on a store without [`Profile::with_publish`], with `IfMatch`, and on a store
    /// without multipart uploads. 64 MiB, unless it is set. More is `TooLarge`; bytes that are in memory
    /// anyway are not held a second time and do not count.
    pub fn max_buffer(mut self, bytes: u64) -> Self {
        self.max_buffer = Some(bytes);
        self
    }

    /// Checks the settings and makes the storage. Nothing is asked.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` with a sentence about the setting that is wrong.
    pub fn build(self) -> Result<ObjectStoreStorage> {
        let Self { store, signer, label, location, base_url, max_buffer, mut config } = self;
        config.max_buffer = max_buffer.unwrap_or(config.max_buffer.max(config.part_size));
        let wrong = |what: &str| {
            Err(Error::message(ErrorKind::InvalidConfig, what).with_operation(Operation::Configure))
        };
        config.location = match Location::new(&location) {
            Ok(location) => location,
            Err(error) => return wrong(&format!("the location cannot be used: {}", error.reason())),
        };
        if let Some(url) = base_url {
            let Some(url) = checked_base_url(&url) else {
                return wrong(
                    "the base URL has to be an http or https URL without user, query and fragment, or a path \
                     that begins with \"/\"",
                );
            };
            config.base_url = Some(url);
        }
        if !(MIN_PART_SIZE..=MAX_PART_SIZE).contains(&config.part_size) {
            return wrong("the part size has to lie between 5 MiB and 4,000 MiB");
        }
        if config.concurrency == 0 {
            return wrong("the concurrency has to be 1 at least");
        }
        if config.max_buffer < config.part_size {
            return wrong("max_buffer has to be as large as a part at least");
        }
        if config.url_expires_in < Duration::from_secs(1) || config.url_expires_in > MAX_EXPIRY {
            return wrong("signed URLs live between a second and seven days");
        }
        if config.visibility == Some(Visibility::Private) && signer.is_none() {
            return wrong("the visibility \"private\" needs signed URLs, and this store cannot sign any");
        }
        if config.visibility == Some(Visibility::Public) && config.base_url.is_none() {
            return wrong("the visibility \"public\" needs a base URL");
        }
        if let Err(error) = config.default_attributes.validate() {
            return wrong(&format!("the default attributes cannot be used: {}", error.reason()));
        }
        if !config.profile.attributes && config.default_attributes != Attributes::default() {
            return wrong("this store keeps no attributes, so that there can be no default ones");
        }
        if config.default_attributes.visibility.is_some() {
            return wrong("these stores have no visibility for each file; set it on the bucket");
        }
        let label = label.unwrap_or_else(|| store.to_string());
        config.label = if config.location.is_root() {
            label
        } else {
            format!("{}/{}", label.trim_end_matches('/'), config.location)
        };
        Ok(ObjectStoreStorage::new(Inner { store, signer, config }))
    }
}

/// The base URL without a slash at its end, if it is one.
fn checked_base_url(text: &str) -> Option<String> {
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains(['?', '#']);
    let is_url = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    let is_ascii = text.bytes().all(|byte| byte.is_ascii_graphic());
    (is_ascii && (is_path || is_url)).then(|| text.trim_end_matches('/').to_owned())
}

impl fmt::Debug for ObjectStoreStorageBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Stores show their credentials in `Debug`.
        f.debug_struct("ObjectStoreStorageBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}
