//! What the backends of the crate `holdall-object-store` have in common: the keys of the storage and those of
//! the HTTP client.

use std::time::Duration;

use holdall_core::{Attributes, Error, Location, Result, Store};
use holdall_object_store::object_store::memory::InMemory;
use holdall_object_store::object_store::{ClientOptions, RetryConfig};
use holdall_object_store::{ObjectStoreStorage, ObjectStoreStorageBuilder, Profile};

use crate::options::StorageSettings;

/// A setting on its way to the builder of the storage.
type Setter = Box<dyn Fn(ObjectStoreStorageBuilder) -> ObjectStoreStorageBuilder>;

/// The keys of the storage, whichever store it has.
pub(crate) struct Settings {
    setters: Vec<(&'static str, Setter)>,
    location: Option<Location>,
    has_base_url: bool,
}

impl Settings {
    /// Takes them. Every one is taken before the first error is returned.
    pub(crate) fn take(options: &mut StorageSettings) -> Result<Self> {
        let mut setters: Vec<Result<Option<(&'static str, Setter)>>> = Vec::new();
        macro_rules! setter {
            ($key:ident: $take:ident $(::<$type:ty>)? $(, $argument:expr)*) => {
                setters.push(options.$take$(::<$type>)?(stringify!($key) $(, $argument)*).map(|taken| {
                    taken.map(|value| {
                        let set: Setter = Box::new(move |builder| builder.$key(value.clone()));
                        (stringify!($key), set)
                    })
                }));
            };
        }
        let location = options.take_location("location");
        let has_base_url = options.contains("base_url");
        setter!(base_url: take_str);
        setter!(url_expires_in: take_duration);
        setter!(part_size: take_size);
        setter!(concurrency: take_parsed::<usize>, WHOLE_NUMBER);
        setter!(max_buffer: take_size);
        setters.push(take_attributes(options));
        let mut setters: Vec<_> = setters.into_iter().filter_map(Result::transpose).collect::<Result<_>>()?;
        let location = location?;
        if let Some(location) = location.clone() {
            setters.push(("location", Box::new(move |builder| builder.location(location.as_str()))));
        }
        Ok(Self { setters, location, has_base_url })
    }

    /// Makes the storage. Its plain URLs are those of the provider unless a key says others.
    ///
    /// # Errors
    ///
    /// `InvalidConfig`, at the key whose value an otherwise sound storage refuses too.
    pub(crate) fn build(
        &self,
        options: &mut StorageSettings,
        mut builder: ObjectStoreStorageBuilder,
        provider_url: Option<String>,
    ) -> Result<Store> {
        if let Some(url) = provider_url.filter(|_| !self.has_base_url) {
            let location = self.location.as_ref().map_or("", Location::as_str);
            builder = builder.base_url(format!("{url}/{}", encoded(location)));
        }
        builder = self.setters.iter().fold(builder, |builder, (_, set)| set(builder));
        let error = match builder.build() {
            Ok(storage) => return Ok(Store::new(storage)),
            Err(error) => error,
        };
        let mut told = None;
        for (key, set) in &self.setters {
            let sound = ObjectStoreStorage::builder(InMemory::new(), Profile::gcs());
            if let Err(error) = set(sound).build() {
                told = Some(options.refused(key, error));
            }
        }
        Err(told.unwrap_or(error))
    }
}

const WHOLE_NUMBER: &str = "a whole number";

/// The path of a URL for that location.
fn encoded(location: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PATH: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
    utf8_percent_encode(location, PATH).to_string()
}

/// What every object gets unless the save says otherwise. For static files the policy has taken the cache
/// control.
fn take_attributes(options: &mut StorageSettings) -> Result<Option<(&'static str, Setter)>> {
    let cache_control = options.take_str("cache_control");
    let disposition = options.take_str("content_disposition");
    let mut attributes = Attributes::default();
    (attributes.cache_control, attributes.content_disposition) = (cache_control?, disposition?);
    let key = match (&attributes.cache_control, &attributes.content_disposition) {
        (None, None) => return Ok(None),
        (Some(_), _) => "cache_control",
        (None, Some(_)) => "content_disposition",
    };
    let set: Setter = Box::new(move |builder| builder.default_attributes(attributes.clone()));
    Ok(Some((key, set)))
}

/// The keys of the HTTP client.
pub(crate) struct Client {
    pub(crate) options: ClientOptions,
    pub(crate) retry: RetryConfig,
    pub(crate) endpoint: Option<String>,
}

impl Client {
    /// Takes them.
    pub(crate) fn take(options: &mut StorageSettings) -> Result<Self> {
        let endpoint = options.take_str("endpoint");
        let connect_timeout = options.take_duration("connect_timeout");
        let attempt_timeout = options.take_duration("attempt_timeout");
        let max_retries = options.take_parsed::<usize>("max_retries", WHOLE_NUMBER);
        let retry_timeout = options.take_duration("retry_timeout");
        let endpoint = endpoint?;
        if let Some(endpoint) = &endpoint
            && !is_endpoint(endpoint)
        {
            let reason = "has to be an http or https URL without user, query and fragment";
            return Err(options.invalid("endpoint", reason));
        }
        let mut client =
            ClientOptions::new().with_connect_timeout(connect_timeout?.unwrap_or(CONNECT_TIMEOUT));
        client = client.with_timeout(attempt_timeout?.unwrap_or(ATTEMPT_TIMEOUT));
        client = client.with_allow_http(endpoint.as_ref().is_some_and(|url| url.starts_with("http:")));
        let mut retry = RetryConfig::default();
        retry.max_retries = max_retries?.unwrap_or(retry.max_retries);
        retry.retry_timeout = retry_timeout?.unwrap_or(retry.retry_timeout);
        Ok(Self { options: client, retry, endpoint })
    }
}

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one request may take, its body included: 30 s, as `object_store` has it, is short for a part of
/// 8 MiB on a slow line.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

fn is_endpoint(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

/// An error of a builder of `object_store`, said without repeating what may be a secret.
pub(crate) fn unusable(error: &dyn std::error::Error) -> Error {
    Error::message(holdall_core::ErrorKind::InvalidConfig, error.to_string())
}
