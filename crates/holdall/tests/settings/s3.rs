//! Buckets: the keys that the builder takes. Nothing here talks to a server: building a storage does no
//! I/O.

use holdall::{ErrorKind, Result, Storages, Store, open_url};

use crate::expect_refusals;

/// Every key, so that none is forgotten on the way to the builder.
const EVERYTHING: &str = r#"
[storages.default]
backend = "s3"
bucket = "my-site"
location = "media"
region = "eu-central-1"
endpoint = "http://127.0.0.1:9000"
addressing_style = "path"
access_key = "AKIDEXAMPLE"
secret_key = "a/secret+key"
session_token = "token"
custom_domain = "cdn.example.com"
url_protocol = "http"
url_expires_in = "10min"
connect_timeout = "2s"
read_timeout = "10s"
attempt_timeout = "30s"
operation_timeout = "2min"
max_attempts = 5
retry_backoff = "100ms"
checksum_mode = "when_required"
conditional_writes = false
conditional_copies = false
conditional_deletes = false
honoured_conditions = ["delete_if_match", "copy_source_if_match"]
ignored_conditions = ["copy_if_none_match"]
unique_names = "random"
ordered_listings = false
part_size = "16 MiB"
concurrency = 4
cache_control = "private, max-age=60"
content_disposition = "attachment"
visibility = "public"
retry_mode = "adaptive"
public_endpoint = "https://files.example.com"
strict_expiry = true
expiry_window = "5min"
checksum_algorithm = "crc32"
bulk_delete = true
versions = false
storage_class = "STANDARD_IA"
acl = "bucket-owner-full-control"
tags = "team=web, kind=upload"
equal_parts = true
max_copy_size = "1 GiB"
copy_part_size = "512 MiB"
encryption = "aws:kms"
kms_key_id = "alias/uploads"
kms_context = "site=7, kind=upload"
bucket_key = true
expected_bucket_owner = "123456789012"
requester_pays = true
assume_role = "arn:aws:iam::123456789012:role/uploads"
external_id = "theirs"
role_session_name = "site"
role_duration = "2h"
sts_endpoint = "http://127.0.0.1:9001"
proxy = "http://127.0.0.1:3128"
proxy_username = "squid"
proxy_password = "a/proxy+password"
no_proxy = "localhost"
max_requests = 16
app_name = "my-site"
"#;

/// Keys that cannot stand beside those above.
const OTHERWISE: &str = r#"
[storages.default]
backend = "s3"
bucket = "my-site"
region = "eu-central-1"
profile = "work"
customer_key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
verify = false
"#;

/// Likewise.
const IN_A_POD: &str = r#"
[storages.default]
backend = "s3"
bucket = "my-site"
region = "eu-central-1"
web_identity_role = "arn:aws:iam::123456789012:role/uploads"
web_identity_token_file = "/var/run/secrets/token"
"#;

/// Calls of the builder that take what no text can say, or that settings say in other words.
const NO_KEYS: [&str; 13] = [
    "build",
    // The application's own code.
    "attributes_for",
    "credentials_provider",
    "http_client",
    "object_parameters_for",
    "sdk_config",
    "sleep",
    "time_source",
    // `honoured_conditions` and `ignored_conditions`.
    "condition",
    // `cache_control` and `content_disposition`.
    "default_attributes",
    // `storage_class`, `acl` and `tags`.
    "object_parameters",
    // What a program has found out while it runs.
    "probed",
    // The policy of the storage, whatever its backend.
    "visibility",
];

fn build(text: &str) -> Result<Store> {
    Storages::builder().toml(text).build()?.get("default")
}

async fn url(store: &Store) -> Result<String> {
    Ok(store.url("cats/tom cat.jpg").await?.as_str().to_owned())
}

#[tokio::test]
async fn every_key_reaches_the_builder() -> Result<()> {
    let store = build(EVERYTHING)?;
    assert_eq!(store.to_string(), "s3://my-site/media");
    assert_eq!(url(&store).await?, "http://cdn.example.com/media/cats/tom%20cat.jpg");
    let capabilities = store.capabilities();
    assert!(!capabilities.create && !capabilities.replace, "no conditional writes");
    assert!(capabilities.delete_if_match && capabilities.copy_if_match, "honoured conditions");
    assert!(!capabilities.copy_create && capabilities.unique && !capabilities.plain_names, "random names");
    assert!(!capabilities.checksum, "no checksums");
    let debug = format!("{store:?}");
    for value in ["my-site", "media", "eu-central-1", "http://127.0.0.1:9000"] {
        assert!(debug.contains(value), "{debug} has no {value}");
    }
    for secret in ["secret+key", "AKIDEXAMPLE", "token", "proxy+password", "squid"] {
        assert!(!debug.contains(secret), "{debug} has {secret}");
    }

    // An unknown key lists all that are known: the test of the table is the table.
    let error = build(&format!("{EVERYTHING}\nshelf = 7")).unwrap_err().to_string();
    for line in EVERYTHING.lines().filter(|line| line.contains(" = ") && !line.starts_with("backend")) {
        let key = line.split_once(" = ").expect("filtered above").0;
        assert!(error.contains(&format!("{key:?}")), "{key} is not known in {error}");
    }
    Ok(())
}

#[test]
fn keys_that_exclude_each_other_reach_the_builder_too() -> Result<()> {
    let unverified = build(OTHERWISE)?;
    assert_eq!(unverified.to_string(), "s3://my-site (certificates are not verified)");
    assert!(
        !unverified.capabilities().signed_url,
        "nobody can be given a link to what is under a customer key"
    );
    assert!(!format!("{unverified:?}").contains("AAAA"));
    build(IN_A_POD)?;

    let directory = tempfile::tempdir().expect("a directory");
    let bundle = directory.path().join("ca.pem");
    std::fs::write(&bundle, "no certificate").expect("a file");
    let settings =
        format!("[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nca_bundle = '{}'", bundle.display());
    assert_eq!(
        build(&settings).unwrap_err().to_string(),
        "settings:4: \"ca_bundle\" in [storages.default] cannot be used: ca_bundle holds no certificate; it is a PEM \
         file, with \"-----BEGIN CERTIFICATE-----\""
    );
    Ok(())
}

/// The builder's calls, as its source declares them, and the keys, as the error for an unknown one lists them.
#[test]
fn every_call_of_the_builder_has_a_key() {
    let error = build(&format!("{OTHERWISE}\nshelf = 7")).unwrap_err().to_string();
    let rooms = concat!(env!("CARGO_MANIFEST_DIR"), "/../holdall-s3/src/builder");
    let mut calls = Vec::new();
    for room in std::fs::read_dir(rooms).expect("the builder's rooms") {
        let source = std::fs::read_to_string(room.expect("a room").path()).expect("its source");
        let declared = source.lines().filter_map(|line| line.strip_prefix("    pub fn "));
        calls.extend(declared.filter_map(|line| Some(line.split_once('(')?.0.split('<').next()?.to_owned())));
    }
    assert!(calls.len() > 40, "the calls are declared otherwise now: {calls:?}");
    calls.retain(|call| !NO_KEYS.contains(&call.as_str()) && !error.contains(&format!("\"{call}\"")));
    assert!(calls.is_empty(), "no key for {calls:?} in {error}");
}

#[tokio::test]
async fn a_url_says_the_same() -> Result<()> {
    let addresses = [
        "s3://my-site/media?region=eu-central-1&endpoint=http://127.0.0.1:9000&access_key=AKIDEXAMPLE\
         &secret_key=a/secret+key&visibility=public",
        "s3://AKIDEXAMPLE:a%2Fsecret+key@my-site/media?region=eu-central-1&endpoint=http%3A%2F%2F127.0.0.1%3A9000\
         &visibility=public",
        "S3://my-site?location=media/&region=eu-central-1&endpoint=http://127.0.0.1:9000&visibility=public",
    ];
    for address in addresses {
        let store = open_url(address)?;
        assert_eq!(store.to_string(), "s3://my-site/media");
        assert_eq!(url(&store).await?, "http://127.0.0.1:9000/my-site/media/cats/tom%20cat.jpg");
    }
    Ok(())
}

#[tokio::test]
async fn media_urls_are_signed_and_static_ones_are_plain() -> Result<()> {
    let keys =
        "region=eu-central-1&endpoint=http://127.0.0.1:9000&access_key=AKIDEXAMPLE&secret_key=a/secret+key";
    let signed = url(&open_url(&format!("s3://my-site/media?{keys}"))?).await?;
    assert!(signed.starts_with("http://127.0.0.1:9000/my-site/media/cats/tom%20cat.jpg?"), "{signed}");
    assert!(signed.contains("X-Amz-Signature=") && signed.contains("X-Amz-Expires=3600"), "{signed}");
    let short = url(&open_url(&format!("s3://my-site/media?{keys}&url_expires_in=10min"))?).await?;
    assert!(short.contains("X-Amz-Expires=600"), "{short}");

    let settings = format!("storages.staticfiles.url = 's3://my-site/static?{keys}'");
    let assets = Storages::builder().toml(settings).build()?.get("staticfiles")?;
    assert_eq!(url(&assets).await?, "http://127.0.0.1:9000/my-site/static/cats/tom%20cat.jpg");
    Ok(())
}

#[test]
fn wrong_keys_and_values() {
    expect_refusals(&[
        (
            "[storages.default]\nbackend = 's3'\n\n# The shop.\nregion = 'eu-central-1'\n\nbukcet = 'my-site'",
            "settings:7: unknown key \"bukcet\" in [storages.default]; did you mean \"bucket\"?",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket_name = 'my-site'\nregion_name = 'eu-central-1'",
            "2 settings are wrong:\n  \
             settings:3: unknown key \"bucket_name\" in [storages.default]; did you mean \"bucket\"?\n  \
             settings:4: unknown key \"region_name\" in [storages.default]; did you mean \"region\"?",
        ),
        (
            "[storages.default]\nbackend = 's3'",
            "settings:2: [storages.default] has no \"bucket\", which the backend \"s3\" needs",
        ),
        (
            "[storages.default]\nurl = 's3:///media'",
            "settings:2: [storages.default] has no \"bucket\", which the backend \"s3\" needs",
        ),
        (
            "[storages.default]\nbackend = 's3'\nregion = 'eu-central-1'\nbucket = 'My_Site'",
            "settings:4: \"bucket\" in [storages.default] cannot be used: \"My_Site\" is not a bucket name: it must be \
             lower-case ASCII letters, digits, \".\" and \"-\" (old buckets in us-east-1 may have others)",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nlocation = '/media'",
            "settings:4: \"location\" in [storages.default] cannot be used: the location \"/media\" begins with a slash; \
             keys in a bucket do not, write it without",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nendpoint = 'localhost'",
            "settings:4: \"endpoint\" in [storages.default] cannot be used: the endpoint is not a URL (relative URL without \
             a base); it looks like \"https://s3.example.com\" or \"http://127.0.0.1:9000\"",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nmax_attempts = 'often'\nconcurrency = -1\n\
             part_size = '8 parts'\nconnect_timeout = 3\nconditional_writes = 'sometimes'\naddressing_style = 'dns'",
            "6 settings are wrong:\n  \
             settings:4: \"max_attempts\" in [storages.default] is \"often\"; it has to be a whole number\n  \
             settings:5: \"concurrency\" in [storages.default] is -1; it has to be a whole number\n  \
             settings:6: \"part_size\" in [storages.default] is \"8 parts\"; it has to be a size like \"8 MiB\"\n  \
             settings:7: \"connect_timeout\" in [storages.default] is 3; it has to be a duration like \"30s\" or \"5min\"\n  \
             settings:8: \"conditional_writes\" in [storages.default] is \"sometimes\"; it has to be true or false\n  \
             settings:9: \"addressing_style\" in [storages.default] is \"dns\"; it has to be \"auto\", \"path\" or \"virtual\"",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\npart_size = '1 MiB'",
            "settings:4: \"part_size\" in [storages.default] cannot be used: part_size is 1048576 bytes; S3 takes parts of \
             5 MiB to 5 GiB",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'My_Site'\nregion = 'EU'\nlocation = '../media'\n\
             access_key = 'AKIDEXAMPLE'\nconcurrency = 0",
            "4 settings are wrong:\n  \
             settings:3: \"bucket\" in [storages.default] cannot be used: \"My_Site\" is not a bucket name: it must be \
             lower-case ASCII letters, digits, \".\" and \"-\" (old buckets in us-east-1 may have others)\n  \
             settings:4: \"region\" in [storages.default] cannot be used: \"EU\" is not a region; regions look like \
             \"eu-central-1\" (\"auto\" at Cloudflare R2)\n  \
             settings:5: \"location\" in [storages.default] cannot be used: the location cannot be used: \"../media\" is \
             not a valid name: it has a \"..\" segment, which could lead outside the storage\n  \
             settings:7: \"concurrency\" in [storages.default] cannot be used: concurrency is 0; at least one part must \
             be on its way",
        ),
    ]);
}

#[test]
fn keys_that_do_not_go_together() {
    expect_refusals(&[
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nkms_key_id = 'alias/a'\nexternal_id = 'x'\n\
             no_proxy = 'localhost'\nweb_identity_role = 'arn:aws:iam::123456789012:role/a'\ncustomer_key = 'c2hvcnQ='\n\
             expected_bucket_owner = 'me'\nsts_endpoint = 'http://127.0.0.1:1'",
            "7 settings are wrong:\n  \
             settings:4: \"kms_key_id\" in [storages.default] cannot be used: kms_key_id is set, but encryption is not \
             \"aws:kms\"\n  \
             settings:5: \"external_id\" in [storages.default] cannot be used: external_id is set, but assume_role is \
             not\n  \
             settings:6: \"no_proxy\" in [storages.default] cannot be used: no_proxy is set, but proxy is not\n  \
             settings:7: \"web_identity_role\" in [storages.default] cannot be used: web_identity_role is set, but \
             web_identity_token_file is not\n  \
             settings:8: \"customer_key\" in [storages.default] cannot be used: customer_key has 5 bytes; S3 takes keys \
             of 32 bytes (AES-256)\n  \
             settings:9: \"expected_bucket_owner\" in [storages.default] cannot be used: expected_bucket_owner is \
             \"me\", which is no account id; those have twelve digits, like \"123456789012\"\n  \
             settings:10: \"sts_endpoint\" in [storages.default] cannot be used: web_identity_role is set, but \
             web_identity_token_file is not",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nkms_context = 'site'\ncustomer_key = 'no!'\n\
             encryption = 'aes'\nca_bundle = '/no/such/file.pem'",
            "4 settings are wrong:\n  \
             settings:4: \"kms_context\" in [storages.default] has to be pairs like \"site=7, kind=upload\"\n  \
             settings:5: \"customer_key\" in [storages.default] is not base64\n  \
             settings:6: \"encryption\" in [storages.default] is \"aes\"; it has to be \"AES256\", \"aws:kms\" or \
             \"aws:kms:dsse\"\n  \
             settings:7: \"ca_bundle\" in [storages.default] names /no/such/file.pem, which cannot be read: No such file \
             or directory (os error 2)",
        ),
        // Whose fault a combination is, nobody can say: the storage's.
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\naccess_key = 'AKIDEXAMPLE'",
            "settings:2: [storages.default] cannot be used: access_key is set, but secret_key is not",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\naddressing_style = 'virtual'\n\
             endpoint = 'http://127.0.0.1:9000'",
            "settings:2: [storages.default] cannot be used: no bucket can be put in front of an IP address; use addressing \
             style \"path\"",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nprofile = 'work'\naccess_key = 'AKIDEXAMPLE'\n\
             secret_key = 'x'",
            "settings:2: [storages.default] cannot be used: both keys and a profile are set; choose one",
        ),
    ]);
}

#[test]
fn a_bucket_has_no_port() {
    let error = open_url("s3://my-site:9000/media").unwrap_err().to_string();
    assert!(error.starts_with("unknown key \"port\" in the URL; known are \"access_key\", "), "{error}");
}

#[test]
fn errors_of_the_backend_keep_their_kind() {
    let error = open_url("s3://My_Site?region=eu-central-1").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert_eq!(
        error.to_string(),
        "\"bucket\" in the URL cannot be used: \"My_Site\" is not a bucket name: it must be lower-case ASCII letters, \
         digits, \".\" and \"-\" (old buckets in us-east-1 may have others)"
    );
}

#[tokio::test]
async fn a_preset_fills_in_what_is_known_and_other_keys_win() -> Result<()> {
    let spaces = "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\npreset = 'spaces'\nregion = 'fra1'\n\
                  visibility = 'public'";
    let store = build(spaces)?;
    let place = "https://fra1.digitaloceanspaces.com/my-site/cats/tom%20cat.jpg";
    assert_eq!(url(&store).await?, place);
    assert!(!store.capabilities().create, "nothing is known of its conditional writes");
    assert!(store.capabilities().unique, "media work all the same");
    assert!(build(&format!("{spaces}\nconditional_writes = true"))?.capabilities().create);
    expect_refusals(&[(
        "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\npreset = 'r2'",
        "settings:4: \"preset\" in [storages.default] cannot be used: the preset r2 needs an endpoint, such as \
         https://<account id>.r2.cloudflarestorage.com; set endpoint",
    )]);
    Ok(())
}

/// What a policy needs and a storage cannot keep is an error of the start, with the words that have to change.
#[test]
fn a_policy_that_cannot_be_kept_is_told_at_the_start() {
    let garage = "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\npreset = 'garage'\n\
                  endpoint = 'http://127.0.0.1:3900'";
    assert!(build(garage).unwrap().capabilities().unique);
    let error = build(&format!("{garage}\nunique_names = 'condition'")).unwrap_err().to_string();
    for words in ["settings:6", "\"unique_names\"", "preset garage", "unique_names = \"random\""] {
        assert!(error.contains(words), "{error}");
    }
    // Nothing is known of it, and nothing else is wanted.
    let unknown = "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nendpoint = 'http://127.0.0.1:9000'\n\
                   unique_names = 'condition'";
    let error = build(unknown).unwrap_err().to_string();
    assert!(error.contains("media") && error.contains("unique_names = \"random\""), "{error}");
    assert!(build(&format!("{unknown}\nconditional_writes = true")).is_ok());
    assert!(build(&format!("{unknown}\npolicy = 'static'")).is_ok());
    let error = build(&format!("{garage}\nignored_conditions = ['put_if_nothing']")).unwrap_err().to_string();
    assert!(error.contains("copy_source_if_match"), "it lists them: {error}");
}

/// The same for a backend of somebody else, which only overwrites.
#[test]
fn a_backend_that_only_overwrites_is_no_media() {
    use holdall::{MemoryStorage, ReadOnly};

    let registered = |policy: &str| {
        let backend = Storages::builder().register("frozen", |_| Ok(ReadOnly::new(MemoryStorage::new())));
        backend.toml(format!("[storages.default]\nbackend = 'frozen'\n{policy}")).build()
    };
    assert!(registered("").is_ok(), "nothing can be saved there anyway");
}
