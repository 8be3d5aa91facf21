//! A storage as one URL.

use std::sync::{Arc, Mutex};

use holdall::{ErrorKind, MemoryStorage, StorageSettings, Storages, open_url};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use crate::expect_refusals;

fn refused(url: &str) -> String {
    let error = open_url(url).expect_err("the URL is wrong");
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    error.to_string()
}

#[test]
fn memory() {
    for (url, shown) in [
        ("memory:", "memory"),
        ("MEMORY:", "memory"),
        (" memory:\n", "memory"),
        ("memory:media", "memory/media"),
        ("memory:/media/", "memory/media"),
        ("memory:?location=media/cats", "memory/media/cats"),
        ("memory:gr%C3%BC%C3%9Fe", "memory/grüße"),
        ("memory:a%20b?visibility=public&policy=static", "memory/a b"),
    ] {
        assert_eq!(open_url(url).unwrap().to_string(), shown, "{url:?}");
    }
}

#[test]
fn wrong_urls() {
    let no_url = "is not a URL: relative URL without a base; URLs look like file:var/media, s3://bucket/location or \
                  memory:";
    for (url, sentence) in [
        ("", format!("the URL {no_url}")),
        ("/var/media", format!("the URL {no_url}")),
        ("memory:?locaton=a", "unknown key \"locaton\" in the URL; did you mean \"location\"?".to_owned()),
        ("memory:?location", "the URL has a key without a value; write ?key=value&key=value".to_owned()),
        ("memory:a?location=b", "the URL gives \"location\" twice".to_owned()),
        ("memory:?location=a&location=a", "the URL gives \"location\" twice".to_owned()),
        ("memory:a#b", "the URL has a \"#\", which would cut it off there; write %23".to_owned()),
        (
            "memory:?location=100%",
            "the URL has a \"%\" that begins no UTF-8 character; write %25 for the sign itself".to_owned(),
        ),
        (
            "memory:%ff",
            "the URL has a \"%\" that begins no UTF-8 character; write %25 for the sign itself".to_owned(),
        ),
        (
            "memory:../a",
            "\"location\" in the URL cannot be used: \"../a\" is not a valid name: it has a \"..\" segment, \
          which could lead outside the storage"
                .to_owned(),
        ),
        (
            "memory:?visibility=hidden",
            "\"visibility\" in the URL is \"hidden\"; it has to be \"public\" or \"private\"".to_owned(),
        ),
    ] {
        assert_eq!(refused(url), sentence, "{url:?}");
    }
}

#[test]
fn inside_settings_the_place_is_named() {
    expect_refusals(&[
        (
            "[storages.default]\nurl = 'memory:?locaton=a'",
            "settings:2: unknown key \"locaton\" in the url of [storages.default]; did you mean \"location\"?",
        ),
        (
            "[storages.default]\nurl = 'var/media'",
            "settings:2: the url of [storages.default] is not a URL: relative URL without a base; URLs look like \
             file:var/media, s3://bucket/location or memory:",
        ),
        // A key beside the URL is in the table, not in the URL.
        (
            "[storages.default]\nurl = 'memory:'\nlocaton = 'a'",
            "settings:3: unknown key \"locaton\" in [storages.default]; did you mean \"location\"?",
        ),
    ]);
    let variable = [("HOLDALL_STORAGES__DEFAULT__URL", "memory:?location=..")];
    let error = Storages::builder().environment(variable).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "HOLDALL_STORAGES__DEFAULT__URL: \"location\" in the url of [storages.default] cannot be used: \"..\" is not a \
         valid name: it has a \"..\" segment, which could lead outside the storage"
    );
}

proptest! {
    /// Whatever a value holds, its encoded form in a URL says it, and the environment does as it is.
    #[test]
    fn a_value_comes_out_as_it_went_in(value in any::<String>()) {
        let seen = Arc::new(Mutex::new(None));
        let taken = Arc::clone(&seen);
        let builder = move || {
            let taken = Arc::clone(&taken);
            Storages::builder().register("any", move |options: &mut StorageSettings| {
                *taken.lock().unwrap() = options.take_lines("value")?;
                Ok(MemoryStorage::new())
            })
        };
        let url = format!("any:?value={}", utf8_percent_encode(&value, NON_ALPHANUMERIC));
        builder().environment([("HOLDALL_STORAGES__DEFAULT__URL", url)]).build()?;
        let got = seen.lock().unwrap().take();
        prop_assert_eq!(got.as_ref(), Some(&value));

        let pairs = [("HOLDALL_STORAGES__DEFAULT__BACKEND", "any"), ("HOLDALL_STORAGES__DEFAULT__VALUE", &value)];
        builder().environment(pairs).build()?;
        let got = seen.lock().unwrap().take();
        // An empty variable counts as unset.
        prop_assert_eq!(got.as_ref(), Some(&value).filter(|value| !value.is_empty()));
    }

    /// However a secret is mangled, as long as it stays in one piece: no error repeats it.
    #[test]
    fn a_secret_is_never_repeated(key in "[a-z_]{0,8}", rest in "[ -%'-~]{0,16}") {
        let secret = format!("canary{rest}");
        for url in [format!("memory:?{key}secret={secret}"), format!("memory://{key}:{secret}@host/")] {
            if let Err(error) = open_url(&url) {
                prop_assert!(!error.to_string().contains("canary"), "{} for {:?}", error, url);
            }
        }
    }
}
