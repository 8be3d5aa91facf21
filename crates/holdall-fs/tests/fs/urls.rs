//! URLs of files below the base URL.

use holdall_core::{ErrorKind, Store, Visibility};
use holdall_fs::FileSystemStorage;

/// Django's vectors for `filepath_to_uri`, joined to the base.
#[tokio::test]
async fn names_are_encoded_as_django_does() {
    let directory = tempfile::tempdir().unwrap();
    for (base, prefix) in [
        ("/media/", "/media/"),
        ("/media", "/media/"),
        ("https://cdn.example.com/m", "https://cdn.example.com/m/"),
    ] {
        let storage = FileSystemStorage::builder(directory.path()).base_url(base).build().unwrap();
        let store = Store::new(storage);
        for (name, path) in [
            ("test.file", "test.file"),
            ("usr/cat one.jpg", "usr/cat%20one.jpg"),
            (r"a/b\c.file", "a/b/c.file"),
            ("~!*()'-_.", "~!*()'-_."),
            ("@#$%^&+={}[]|;:,<>?\"`", "%40%23%24%25%5E%26%2B%3D%7B%7D%5B%5D%7C%3B%3A%2C%3C%3E%3F%22%60"),
            ("a?b#c", "a%3Fb%23c"),
            ("a:b", "a%3Ab"),
            ("%41", "%2541"),
            ("\u{e9}\u{65e5}", "%C3%A9%E6%97%A5"),
        ] {
            assert_eq!(store.url(name).await.unwrap().as_str(), format!("{prefix}{path}"));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_in_words() {
    let directory = tempfile::tempdir().unwrap();
    let build = |builder: holdall_fs::FileSystemStorageBuilder| Store::new(builder.build().unwrap());
    let builder = || FileSystemStorage::builder(directory.path());

    let bare = build(builder());
    assert!(!bare.capabilities().public_url);
    let public = build(builder().base_url("/media/"));
    let private = build(builder().base_url("/media/").visibility(Visibility::Private));
    for (url, sentence) in [
        (bare.url("x"), "base_url"),
        (bare.url("x").visibility(Visibility::Public), "base URL"),
        (public.url("x").visibility(Visibility::Private), "cannot sign URLs"),
        (private.url("x"), "cannot sign URLs"),
        (public.url("x").response_content_type("text/plain"), "override"),
    ] {
        let error = url.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains(sentence), "{error}");
    }
    let url = private.url("x").visibility(Visibility::Public).await.unwrap();
    assert_eq!((url.as_str(), url.expires_at), ("/media/x", None));
    let upload = public.upload_request("x").await.unwrap_err();
    assert_eq!(upload.kind(), ErrorKind::Unsupported);
}
