//! A changed URL or cookie opens nothing; an unchanged one opens what its policy grants, and no more.

use holdall_s3::CloudFrontPolicy;

use super::viewer::Viewer;
use super::{EC, RSA, at, signer, signers};

const UNTIL: u64 = 1_800_000_000;

/// The text with another character at that place, several times: near it in the alphabet, and far away.
fn mutations(text: &str) -> impl Iterator<Item = String> {
    text.char_indices().flat_map(move |(at, old)| {
        let near = char::from(u8::try_from(old).expect("URLs are ASCII") ^ 1);
        [near, 'A', '0', '_', '~', '&'].into_iter().filter(move |new| *new != old).map(move |new| {
            let (before, after) = (&text[..at], &text[at + 1..]);
            format!("{before}{new}{after}")
        })
    })
}

fn keys() -> impl Iterator<Item = (holdall_s3::CloudFrontSigner, &'static str)> {
    signers().into_iter().zip([RSA, EC])
}

#[test]
fn no_changed_character_of_a_url_is_let_through() {
    let viewer = Viewer::at(UNTIL - 1);
    let plain = "https://cdn.example.com/usr/a%20b.txt?response-content-type=text%2Fplain";
    let policy = CloudFrontPolicy::new("https://cdn.example.com/usr/cat.png", at(UNTIL));
    for (signer, key) in keys() {
        let canned = signer.sign_url(plain, at(UNTIL)).unwrap().url;
        let custom = signer.sign_url_with("https://cdn.example.com/usr/cat.png", &policy).unwrap().url;
        for url in [canned, custom] {
            assert!(viewer.may_read(key, &url), "{url}");
            for mutation in mutations(&url) {
                assert!(!viewer.may_read(key, &mutation), "{mutation}\nwas signed as\n{url}");
            }
            for at in 0..url.len() {
                let shorter = format!("{}{}", &url[..at], &url[at + 1..]);
                assert!(!viewer.may_read(key, &shorter), "{shorter}\nwas signed as\n{url}");
            }
            assert!(!viewer.may_read(key, &format!("{url}&a=b")));
        }
    }
}

#[test]
fn no_changed_character_of_a_cookie_is_let_through() {
    let viewer = Viewer::at(UNTIL - 1);
    let url = "https://cdn.example.com/films/1/2.ts";
    let policy = CloudFrontPolicy::new("https://cdn.example.com/films/1/*", at(UNTIL));
    for (signer, key) in keys() {
        for cookies in
            [signer.sign_cookies(url, at(UNTIL)).unwrap(), signer.sign_cookies_with(&policy).unwrap()]
        {
            let pairs: Vec<_> =
                cookies.cookies.iter().map(|cookie| (cookie.name.to_owned(), cookie.value.clone())).collect();
            assert!(viewer.may_read_with(key, url, &pairs));
            for at in 0..pairs.len() {
                for mutation in mutations(&pairs[at].0) {
                    let mut changed = pairs.clone();
                    changed[at].0 = mutation;
                    assert!(!viewer.may_read_with(key, url, &changed), "{changed:?}");
                }
                for mutation in mutations(&pairs[at].1) {
                    let mut changed = pairs.clone();
                    changed[at].1 = mutation;
                    assert!(!viewer.may_read_with(key, url, &changed), "{changed:?}");
                }
                let mut fewer = pairs.clone();
                fewer.remove(at);
                assert!(!viewer.may_read_with(key, url, &fewer), "{fewer:?}");
            }
        }
    }
}

#[test]
fn a_policy_grants_what_it_says_and_no_more() {
    let signer = signer(RSA);
    let policy = CloudFrontPolicy::new("https://cdn.example.com/films/1/*.ts", at(UNTIL))
        .starts_at(at(UNTIL - 100))
        .ip_address("192.0.2.0/24");
    let url = signer.sign_url_with("https://cdn.example.com/films/1/1.ts", &policy).unwrap().url;
    let inside = |now| Viewer { now, address: "192.0.2.77".parse().unwrap() };
    assert!(inside(UNTIL - 1).may_read(RSA, &url));
    // The grant of a URL works for all that the pattern covers.
    assert!(inside(UNTIL - 1).may_read(RSA, &url.replace("/1.ts", "/2.ts")));
    assert!(!inside(UNTIL - 1).may_read(RSA, &url.replace("/1/1.ts", "/2/1.ts")));
    assert!(!inside(UNTIL).may_read(RSA, &url), "too late");
    assert!(!inside(UNTIL - 100).may_read(RSA, &url), "too early");
    assert!(!Viewer::at(UNTIL - 1).may_read(RSA, &url), "from somewhere else");
}

#[test]
fn what_would_open_nothing_or_too_much_is_not_signed() {
    let signer = signer(RSA);
    let films = CloudFrontPolicy::new("https://cdn.example.com/films/*", at(UNTIL));
    let refused = [
        signer.sign_url_with("https://cdn.example.com/music/1.mp3", &films).unwrap_err(),
        signer.sign_url("https://cdn.example.com/films/*", at(UNTIL)).unwrap_err(),
        signer.sign_url("/films/1.ts", at(UNTIL)).unwrap_err(),
        signer.sign_url("https://cdn.example.com/a?Expires=1", at(UNTIL)).unwrap_err(),
        signer.sign_url("https://cdn.example.com/a", at(2_147_483_647)).unwrap_err(),
        signer.sign_cookies("https://cdn.example.com/*", at(UNTIL)).unwrap_err(),
        signer.sign_cookies_with(&films.clone().ip_address("::1")).unwrap_err(),
    ];
    let said: Vec<_> = refused.iter().map(ToString::to_string).collect();
    for (said, reason) in said.iter().zip([
        "does not cover",
        "wildcard",
        "https:// or http://",
        "already",
        "2038",
        "wildcard",
        "IPv4",
    ]) {
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn cookies_have_the_attributes_that_the_guide_suggests() {
    let cookies = signer(RSA).sign_cookies("https://cdn.example.com/a", at(UNTIL)).unwrap();
    assert_eq!(cookies.expires_at, at(UNTIL));
    let headers = cookies.set_cookie(Some("example.com"), "/films/").unwrap();
    assert_eq!(headers.len(), 4);
    for (header, name) in headers.iter().zip(["Expires", "Signature", "Key-Pair-Id", "Hash-Algorithm"]) {
        assert!(header.starts_with(&format!("CloudFront-{name}=")), "{header}");
        assert!(header.ends_with("; Domain=example.com; Path=/films/; Secure; HttpOnly"), "{header}");
    }
    assert!(cookies.set_cookie(None, "/").unwrap()[0].ends_with("00; Path=/; Secure; HttpOnly"));
    for (domain, path) in
        [(Some("a;b"), "/"), (Some(""), "/"), (None, "films"), (None, "/a;b"), (None, "/a b")]
    {
        assert!(cookies.set_cookie(domain, path).is_err(), "{domain:?} {path:?}");
    }
    let shown = format!("{cookies:?}");
    assert!(shown.contains("CloudFront-Signature") && !shown.contains(&cookies.cookies[1].value), "{shown}");
}
