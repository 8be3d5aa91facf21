//! `backend = "azure"`, `az://container/location?...`: files in Azure Blob Storage.
//!
//! Credentials are read from files and the environment when the storage is built; nobody is asked over the
//! network before the first request.

use holdall_core::{Result, Store};
use holdall_object_store::object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use holdall_object_store::{Connector, ObjectStoreStorage, Profile};

use super::object_store::{Client, Settings, unusable};
use crate::options::StorageSettings;

pub(crate) fn open(options: &mut StorageSettings) -> Result<Store> {
    let container = options.require_str("container");
    let account = options.take_str("account");
    let words: Vec<_> = [
        ("access_key", AzureConfigKey::AccessKey),
        ("sas_token", AzureConfigKey::SasKey),
        ("client_id", AzureConfigKey::ClientId),
        ("client_secret", AzureConfigKey::ClientSecret),
        ("tenant_id", AzureConfigKey::AuthorityId),
        ("federated_token_file", AzureConfigKey::FederatedTokenFile),
    ]
    .into_iter()
    .map(|(name, key)| (name, key, options.take_str(name)))
    .collect();
    let flags: Vec<_> = [
        ("use_azure_cli", AzureConfigKey::UseAzureCli),
        ("emulator", AzureConfigKey::UseEmulator),
        ("anonymous", AzureConfigKey::SkipSignature),
    ]
    .into_iter()
    .map(|(name, key)| (name, key, options.take_bool(name)))
    .collect();
    let hierarchical = options.take_bool("hierarchical_namespace");
    let client = Client::take(options);
    let settings = Settings::take(options);
    options.finish()?;

    let (container, account) = (container?, account?);
    let (hierarchical, client, settings) = (hierarchical?.unwrap_or(false), client?, settings?);
    let mut given: Vec<(&str, AzureConfigKey, String)> = Vec::new();
    for (name, key, value) in words {
        given.extend(value?.map(|value| (name, key, value)));
    }
    let mut set = Vec::new();
    for (name, key, flag) in flags {
        if flag?.unwrap_or(false) {
            set.push(name);
            given.push((name, key, "true".to_owned()));
        }
    }

    // The environment's chain holds only where nothing is said here.
    let mut builder =
        if given.is_empty() { MicrosoftAzureBuilder::from_env() } else { MicrosoftAzureBuilder::new() };
    builder = builder.with_container_name(&container);
    builder = builder.with_allow_http(client.endpoint.as_ref().is_some_and(|url| url.starts_with("http:")));
    builder = builder.with_client_options(client.options).with_retry(client.retry);
    builder = builder.with_http_connector(Connector::default());
    if let Some(account) = &account {
        builder = builder.with_account(account);
    }
    if let Some(endpoint) = &client.endpoint {
        builder = builder.with_endpoint(endpoint.clone());
    }
    for (_, key, value) in &given {
        builder = builder.with_config(*key, value);
    }
    let secret = |name: &str| given.iter().any(|(given, ..)| *given == name);
    let store = match builder.build() {
        Ok(store) => store,
        Err(_) if account.is_none() && !given.is_empty() && !set.contains(&"emulator") => {
            let reason = "cannot be used: no account is given: write \"account\"";
            return Err(options.invalid("container", reason));
        }
        // The errors would repeat them.
        Err(_) if secret("access_key") && account.is_some() => {
            return Err(options.invalid("access_key", "is no key of an account: it has to be base64"));
        }
        Err(_) if secret("sas_token") && account.is_some() => {
            return Err(options.invalid("sas_token", "is no token: it has to be the query that Azure gave"));
        }
        Err(error) => {
            let key = if account.is_some() { "account" } else { "container" };
            return Err(options.refused(key, unusable(&error)));
        }
    };
    let url = match (&client.endpoint, &account) {
        (Some(endpoint), _) => Some(format!("{}/{container}", endpoint.trim_end_matches('/'))),
        (None, Some(account)) if !set.contains(&"emulator") => {
            Some(format!("https://{account}.blob.core.windows.net/{container}"))
        }
        // What the environment or the emulator says is known to the store alone.
        _ => None,
    };
    let profile = Profile::azure().with_files_beside_directories(!hierarchical);
    let storage = if set.contains(&"anonymous") {
        ObjectStoreStorage::builder(store, profile)
    } else {
        ObjectStoreStorage::azure(store).profile(profile)
    };
    settings.build(options, storage.label(format!("az://{container}")), url)
}
