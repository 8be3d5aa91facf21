//! Google Cloud Storage and Azure: the keys that their backends take. Nothing here talks to a server: building a
//! storage reads files and the environment, and asks nobody.

use std::time::{Duration, SystemTime};

use holdall::{ErrorKind, Result, Storages, Store, Visibility, open_url};

use crate::expect_refusals;

/// base64 of "canary".
const SECRET: &str = "Y2FuYXJ5LWNhbmFyeS1jYW5hcnk=";

const GCS: &str = r#"
[storages.default]
backend = "gcs"
bucket = "my-site"
location = "media"
endpoint = "http://127.0.0.1:4443"
anonymous = true
base_url = "https://cdn.example.com/media/"
url_expires_in = "10min"
part_size = "16 MiB"
concurrency = 2
max_buffer = "32 MiB"
connect_timeout = "2s"
attempt_timeout = "30s"
max_retries = 3
retry_timeout = "1min"
cache_control = "private, max-age=60"
content_disposition = "attachment"
visibility = "public"
"#;

const AZURE: &str = r#"
[storages.default]
backend = "azure"
container = "my-site"
account = "cats"
access_key = "Y2FuYXJ5LWNhbmFyeS1jYW5hcnk="
location = "me/dia"
hierarchical_namespace = true
url_expires_in = "10min"
part_size = "100 MiB"
visibility = "private"
"#;

fn build(text: &str) -> Result<Store> {
    Storages::builder().toml(text).build()?.get("default")
}

async fn public_url(store: &Store) -> Result<String> {
    Ok(store.url("cats/tom cat.jpg").visibility(Visibility::Public).await?.as_str().to_owned())
}

#[tokio::test]
async fn every_key_of_gcs_reaches_the_builder() -> Result<()> {
    let store = build(GCS)?;
    assert_eq!(store.to_string(), "gs://my-site/media");
    assert_eq!(public_url(&store).await?, "https://cdn.example.com/media/cats/tom%20cat.jpg");
    let capabilities = store.capabilities();
    assert!(capabilities.create && capabilities.replace && capabilities.attributes && capabilities.durable);
    assert!(!capabilities.signed_url, "nobody signs who is anonymous");
    let debug = format!("{store:?}");
    for value in ["16777216", "33554432", "concurrency: 2", "600s", "private, max-age=60", "attachment"] {
        assert!(debug.contains(value), "{debug} has no {value}");
    }
    Ok(())
}

#[tokio::test]
async fn every_key_of_azure_reaches_the_builder() -> Result<()> {
    let store = build(AZURE)?;
    assert_eq!(store.to_string(), "az://my-site/me/dia");
    let plain = "https://cats.blob.core.windows.net/my-site/me/dia/cats/tom%20cat.jpg";
    assert_eq!(public_url(&store).await?, plain);
    assert!(!store.capabilities().files_beside_directories && !store.capabilities().upload_request);

    // Signed without a request: the key is here.
    let link = store.url("cats/tom cat.jpg").await?;
    let (path, query) = link.as_str().split_once('?').expect("a signature");
    assert_eq!(path, plain);
    assert!(query.contains("sig=") && query.contains("sp=r"), "{query}");
    let left = link.expires_at.expect("it expires").duration_since(SystemTime::now()).unwrap_or_default();
    assert!(left <= Duration::from_mins(10) && left > Duration::from_mins(5), "{left:?}");
    let debug = format!("{store:?} {link:?}");
    assert!(!debug.contains(SECRET) && !debug.contains("sig="), "{debug}");
    Ok(())
}

#[tokio::test]
async fn urls_say_the_same() -> Result<()> {
    let gcs = open_url("gs://my-site/me/dia?anonymous=true&visibility=public")?;
    assert_eq!(gcs.to_string(), "gs://my-site/me/dia");
    let plain = "https://storage.googleapis.com/my-site/me/dia/cats/tom%20cat.jpg";
    assert_eq!(public_url(&gcs).await?, plain);

    let azure = open_url(&format!("az://cats:{SECRET}@my-site/media", SECRET = SECRET.replace('=', "%3D")))?;
    assert_eq!(azure.to_string(), "az://my-site/media");
    assert!(
        azure.url("cat.jpg").await?.as_str().starts_with("https://cats.blob.core.windows.net/my-site/media/")
    );
    let azure = open_url("az://my-site?account=cats&anonymous=true&endpoint=http://127.0.0.1:10000/cats")?;
    assert_eq!(public_url(&azure).await?, "http://127.0.0.1:10000/cats/my-site/cats/tom%20cat.jpg");
    Ok(())
}

/// Static files have plain URLs and overwrite, wherever they lie.
#[tokio::test]
async fn static_files_have_the_plain_urls_of_the_bucket() -> Result<()> {
    let text =
        "[storages.staticfiles]\nbackend = 'gcs'\nbucket = 'my-site'\nlocation = 'static'\nanonymous = true";
    let store = Storages::builder().toml(text).build()?.get("staticfiles")?;
    let url = store.url("site.css").await?;
    assert_eq!(url.as_str(), "https://storage.googleapis.com/my-site/static/site.css");
    Ok(())
}

#[test]
fn wrong_keys_and_values_of_gcs() {
    let head = "[storages.default]\nbackend = 'gcs'\n";
    let table = [
        ("", "settings:2: [storages.default] has no \"bucket\", which the backend \"gcs\" needs"),
        (
            "bukcet = 'my-site'",
            "settings:3: unknown key \"bukcet\" in [storages.default]; did you mean \"bucket\"?",
        ),
        (
            "bucket = 'my-site'\nservice_acount_path = 'key.json'",
            "settings:4: unknown key \"service_acount_path\" in [storages.default]; did you mean \
             \"service_account_path\"?",
        ),
        (
            "bucket = 'my-site'\nanonymous = true\nservice_account_key = '{}'",
            "settings:4: \"anonymous\" in [storages.default] excludes \"service_account_key\"; there is one way to log \
             in",
        ),
        (
            "bucket = 'my-site'\nservice_account_key = 'canary'",
            "settings:4: \"service_account_key\" in [storages.default] is no key of a service account: it has to be \
             the JSON that Google gave",
        ),
        (
            "bucket = 'my-site'\nendpoint = 'localhost:4443'",
            "settings:4: \"endpoint\" in [storages.default] has to be an http or https URL without user, query and \
             fragment",
        ),
        (
            "bucket = 'my-site'\nanonymous = true\nlocation = '/media'",
            "settings:5: \"location\" in [storages.default] cannot be used: \"/media\" is \
             not a valid name: it is absolute; names are relative to the storage",
        ),
        (
            "bucket = 'my-site'\nanonymous = true\npart_size = '1 MiB'",
            "settings:5: \"part_size\" in [storages.default] cannot be used: the part size has to lie between 5 MiB \
             and 4,000 MiB",
        ),
        (
            "bucket = 'my-site'\nanonymous = true\nurl_expires_in = '8days'",
            "settings:5: \"url_expires_in\" in [storages.default] cannot be used: signed URLs live between a second \
             and seven days",
        ),
        (
            "bucket = 'my-site'\nanonymous = true\nbase_url = 'cdn.example.com'",
            "settings:5: \"base_url\" in [storages.default] cannot be used: the base URL has to be an http or https \
             URL without user, query and fragment, or a path that begins with \"/\"",
        ),
    ];
    for (text, sentence) in table {
        expect_refusals(&[(&format!("{head}{text}"), sentence)]);
    }
}

#[test]
fn wrong_keys_and_values_of_azure() {
    let head = "[storages.default]\nbackend = 'azure'\n";
    let table = [
        (
            "account = 'cats'",
            "settings:2: [storages.default] has no \"container\", which the backend \"azure\" needs",
        ),
        (
            "container = 'my-site'\naccount = 'cats'\nacces_key = 'a'",
            "settings:5: unknown key \"acces_key\" in [storages.default]; did you mean \"access_key\"?",
        ),
        (
            "container = 'my-site'\naccount = 'cats'\naccess_key = 'no base64'",
            "settings:5: \"access_key\" in [storages.default] is no key of an account: it has to be base64",
        ),
        (
            "container = 'my-site'\naccess_key = 'YQ=='",
            "settings:3: \"container\" in [storages.default] cannot be used: no account is given: write \"account\"",
        ),
        (
            "container = 'my-site'\naccount = 'cats'\nuse_azure_cli = 'maybe'",
            "settings:5: \"use_azure_cli\" in [storages.default] is \"maybe\"; it has to be true or false",
        ),
    ];
    for (text, sentence) in table {
        expect_refusals(&[(&format!("{head}{text}"), sentence)]);
    }
}

/// A file of credentials that is not there is told at the key that names it.
#[test]
fn credentials_that_are_not_there() {
    for key in ["service_account_path", "application_credentials"] {
        let text = format!("[storages.default]\nbackend = 'gcs'\nbucket = 'b'\n{key} = '/nowhere/key.json'");
        let error = Storages::builder().toml(text).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        let told = error.to_string();
        assert!(
            told.starts_with(&format!("settings:4: \"{key}\" in [storages.default] cannot be used:")),
            "{told}"
        );
        assert!(told.contains("/nowhere/key.json"), "{told}");
    }
}
