//! `backend = "gcs"`, `gs://bucket/location?...`: files in Google Cloud Storage.
//!
//! Credentials are read from files and the environment when the storage is built; nobody is asked over the
//! network before the first request.

use holdall_core::{Result, Store};
use holdall_object_store::object_store::gcp::GoogleCloudStorageBuilder;
use holdall_object_store::{Connector, ObjectStoreStorage, Profile};

use super::object_store::{Client, Settings, unusable};
use crate::options::StorageSettings;

/// Where the bucket is unless an endpoint says otherwise.
const ENDPOINT: &str = "https://storage.googleapis.com";

pub(crate) fn open(options: &mut StorageSettings) -> Result<Store> {
    let bucket = options.require_str("bucket");
    let key_path = options.take_path("service_account_path");
    let key = options.take_lines("service_account_key");
    let application = options.take_path("application_credentials");
    let anonymous = options.take_bool("anonymous");
    let client = Client::take(options);
    let settings = Settings::take(options);
    options.finish()?;

    let (bucket, anonymous) = (bucket?, anonymous?.unwrap_or(false));
    let (key_path, key, application) = (key_path?, key?, application?);
    let (client, settings) = (client?, settings?);
    let given = [
        ("service_account_path", key_path.is_some()),
        ("service_account_key", key.is_some()),
        ("application_credentials", application.is_some()),
        ("anonymous", anonymous),
    ];
    let given: Vec<_> = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
    if let [first, second, ..] = given.as_slice() {
        return Err(options.invalid(second, format_args!("excludes {first:?}; there is one way to log in")));
    }

    // The environment's chain holds only where nothing is said here.
    let mut builder = match given.first() {
        None => GoogleCloudStorageBuilder::from_env(),
        Some(_) => GoogleCloudStorageBuilder::new(),
    };
    builder = builder.with_bucket_name(&bucket).with_client_options(client.options).with_retry(client.retry);
    builder = builder.with_http_connector(Connector::google());
    if let Some(endpoint) = &client.endpoint {
        builder = builder.with_base_url(endpoint);
    }
    if let Some(path) = key_path {
        builder = builder.with_service_account_path(path.to_string_lossy());
    }
    if let Some(path) = application {
        builder = builder.with_application_credentials(path.to_string_lossy());
    }
    let is_key = key.is_some();
    if let Some(key) = key {
        builder = builder.with_service_account_key(key);
    }
    let store = match builder.with_skip_signature(anonymous).build() {
        Ok(store) => store,
        // The error would repeat a piece of it.
        Err(_) if is_key => {
            let reason = "is no key of a service account: it has to be the JSON that Google gave";
            return Err(options.invalid("service_account_key", reason));
        }
        Err(error) => return Err(options.refused(given.first().unwrap_or(&"bucket"), unusable(&error))),
    };
    let storage = if anonymous {
        ObjectStoreStorage::builder(store, Profile::gcs())
    } else {
        ObjectStoreStorage::gcs(store)
    };
    let endpoint = client.endpoint.unwrap_or_else(|| ENDPOINT.to_owned());
    let url = format!("{}/{bucket}", endpoint.trim_end_matches('/'));
    settings.build(options, storage.label(format!("gs://{bucket}")), Some(url))
}
