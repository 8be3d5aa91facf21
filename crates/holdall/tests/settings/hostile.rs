//! Hostile text in settings: it is refused where it stands, and no secret is repeated.

use holdall::{Storages, open_url};

#[test]
fn text_that_cannot_be_sent_names_its_line_or_variable() {
    for key in ["access_key", "secret_key", "session_token", "proxy_password", "external_id", "cache_control"]
    {
        for text in ["canary4711\n", " canary4711", "canary\u{0}4711"] {
            let variable = format!("HOLDALL_STORAGES__DEFAULT__{}", key.to_uppercase());
            let pairs = [
                ("HOLDALL_STORAGES__DEFAULT__BACKEND", "s3"),
                ("HOLDALL_STORAGES__DEFAULT__BUCKET", "media"),
                (variable.as_str(), text),
            ];
            let error = Storages::builder().environment(pairs).build().unwrap_err().to_string();
            assert!(error.contains(&variable) && error.contains("; remove it"), "{error}");
            assert!(!error.contains("4711"), "{error}");
        }
    }
}

#[test]
fn empty_variables_count_as_unset() {
    let pairs = [
        ("HOLDALL_STORAGES__DEFAULT__BACKEND", "s3"),
        ("HOLDALL_STORAGES__DEFAULT__BUCKET", "media"),
        ("HOLDALL_STORAGES__DEFAULT__REGION", "us-east-1"),
        ("HOLDALL_STORAGES__DEFAULT__ENDPOINT", ""),
        ("HOLDALL_STORAGES__DEFAULT__ACCESS_KEY", ""),
        ("HOLDALL_STORAGES__DEFAULT__LOCATION", ""),
        ("HOLDALL_STORAGES__DEFAULT__ACLS", ""),
        ("HOLDALL_STORAGES__DEFAULT__URL", ""),
        ("HOLDALL_STATIC__PREFIX", ""),
    ];
    let storages = Storages::builder().environment(pairs).build().unwrap();
    assert_eq!(storages.get("default").unwrap().to_string(), "s3://media");
    // What a file says stays.
    let below = Storages::builder()
        .toml("[storages.default]\nbackend = 'memory'\nlocation = 'kept'")
        .environment([("HOLDALL_STORAGES__DEFAULT__LOCATION", "")]);
    assert_eq!(below.build().unwrap().get("default").unwrap().to_string(), "memory/kept");
}

#[test]
fn a_secret_with_a_sign_that_is_not_encoded_goes_nowhere() {
    for url in [
        "s3://AKIA:ca/nary4711@media/usr?region=eu-central-1",
        "s3://AKIA:12/canary4711@media/usr",
        "s3://AKIA:canary4711/x@media",
        "s3://AKIA:canary4711?x@media",
        "s3://AKIA:canary4711#x@media",
        "s3://AKIA:can@ary4711@media",
        "s3://AKIA:x@canary4711/y@media",
        "s3:AKIA:canary4711@media",
        "S3://AKIA:1/canary4711@media",
        "gs://user:1/canary4711@media",
        "az://account:1/canary4711==@media",
        "acme://user:1/canary4711@host",
    ] {
        let error = open_url(url).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("%2F"), "{url}: {shown}");
        assert!(!shown.contains("4711") && !shown.contains("nary"), "{shown}");
        let text = format!("[storages.default]\nurl = '{url}'");
        let error = Storages::builder().toml(text).build().unwrap_err().to_string();
        assert!(error.starts_with("settings:2: ") && !error.contains("4711"), "{error}");
    }
    let whole = "s3://AKIA:canary%2F4711@media/usr?region=eu-central-1";
    assert_eq!(open_url(whole).unwrap().to_string(), "s3://media/usr");
    // A name may have the sign.
    let named = "s3://media/me@example.com?region=eu-central-1";
    assert_eq!(open_url(named).unwrap().to_string(), "s3://media/me@example.com");
    let misplaced = "[storages.default]\nbackend = 's3://AKIA:canary4711@media'";
    assert!(!Storages::builder().toml(misplaced).build().unwrap_err().to_string().contains("4711"));
}

#[test]
fn what_other_servers_take_is_taken_and_what_names_the_bucket_is_refused() {
    let build =
        |text: &str| Storages::builder().toml(format!("[storages.default]\nbackend = 's3'\n{text}")).build();
    for text in [
        "bucket = 'My_Media'\nregion = 'RegionOne'\nendpoint = 'https://s3.example.com'",
        "bucket = 'media'\nregion = 'GRA'\nendpoint = 'https://s3.gra.io.cloud.ovh.net'",
        "bucket = 'My_Old.Media'\nregion = 'us-east-1'",
        "bucket = 'media'\nendpoint = 'https://x.example/storage/v1/s3'",
    ] {
        assert!(build(text).is_ok(), "{text}: {}", build(text).unwrap_err());
    }
    let arn = "bucket = 'arn:aws:s3:eu-central-1:123456789012:accesspoint/media'";
    let error = build(arn).unwrap_err().to_string();
    assert!(error.starts_with("settings:3: \"bucket\"") && error.contains("alias"), "{error}");
    let named = "bucket = 'media'\nendpoint = 'https://media.s3.eu-central-1.amazonaws.com'";
    let error = build(named).unwrap_err().to_string();
    assert!(error.starts_with("settings:4: \"endpoint\""), "{error}");
    assert!(error.ends_with("write \"https://s3.eu-central-1.amazonaws.com\""), "{error}");
}
