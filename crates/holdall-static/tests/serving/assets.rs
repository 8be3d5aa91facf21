//! What templates get.

use holdall_core::ErrorKind;
use holdall_core::{Location, MediaStorage, MemoryStorage, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{Assets, FileDetails, MANIFEST_NAME, Manifest};

use crate::example::{SITE, hashed, manifest};
use crate::site::{collect, collected, disk};

/// Files of every kind that a preload knows, and of one that it does not.
const KINDS: [(&str, &str); 9] = [
    ("a b.css", "p { margin: 0 }"),
    ("a.js", "1"),
    ("m.mjs", "2"),
    ("f.woff2", "3"),
    ("i.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("t.vtt", "WEBVTT"),
    ("d.json", "{}"),
    ("\"quoted\" & <odd>.css", "q { margin: 0 }"),
    ("c#.css", "c { margin: 0 }"),
];

#[tokio::test]
async fn urls_are_those_of_the_store_wherever_its_files_are() {
    for base_url in ["/static/", "/a%20b/", "https://cdn.example.com/x/", "http://127.0.0.1:9000/"] {
        let (_folder, store) = disk(base_url);
        collect(&store, &KINDS).await;
        let assets = Assets::load(&store).await.unwrap();
        for (name, _) in KINDS {
            let url = store.url(&*hashed(&store, name).await).await.unwrap().url;
            assert_eq!(assets.static_url(name).unwrap(), url);
            let integrity = manifest(&store).await.details(name).unwrap().integrity.clone();
            assert_eq!(assets.integrity(name).unwrap(), Some(integrity));
        }
    }
}

#[tokio::test]
async fn names_may_end_in_a_query_or_a_fragment() {
    let (_folder, store) = disk("/s/");
    collect(&store, &KINDS).await;
    let assets = Assets::load(&store).await.unwrap();
    let url = assets.static_url("i.svg").unwrap();
    for suffix in ["#cat", "?#iefix", "?v=1&w=2#x"] {
        assert_eq!(assets.static_url(&format!("i.svg{suffix}")).unwrap(), format!("{url}{suffix}"));
    }
    // What is a name is one.
    assert!(assets.static_url("c#.css").unwrap().starts_with("/s/static/c%23."));
    for name in ["", "#x", "?", "i.svgz#cat", "/i.svg", "https://example.com/i.svg", "../i.svg"] {
        let error = assets.static_url(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
        assert!(error.reason().starts_with("Missing staticfiles manifest entry for '"), "{error}");
    }
    // A directory has no hash, as in Django.
    assert_eq!(assets.static_url("img/").unwrap(), format!("{}img/", &url[..=url.rfind('/').unwrap()]));
    assert!(assets.static_url("c d/#e/?f").unwrap().ends_with("/c%20d/#e/?f"));
    for name in ["/", "/img/", "img//", "../"] {
        assert!(assets.static_url(name).is_err(), "{name}");
    }
    assert!(assets.static_url("").unwrap_err().reason().contains("a variable that is not set"));
    assert!(assets.static_url("i.svgz").unwrap_err().reason().ends_with("did you mean 'i.svg'?"));
}

#[tokio::test]
async fn tags_of_this_origin_have_an_integrity() {
    let (_folder, store) = collected("/static/").await;
    let assets = Assets::load(&store).await.unwrap();
    let (css, js) = (assets.get("css/app.css").unwrap(), assets.get("js/main.js").unwrap());
    let (css_hash, js_hash) = (css.integrity.unwrap(), js.integrity.unwrap());
    assert_eq!(
        assets.stylesheet("css/app.css").unwrap().to_string(),
        format!("<link rel=\"stylesheet\" href=\"{}\" integrity=\"{css_hash}\">", css.url)
    );
    assert_eq!(
        assets.script("js/main.js").unwrap().nonce("r4nd").attribute("defer", true).unwrap().to_string(),
        format!("<script src=\"{}\" integrity=\"{js_hash}\" nonce=\"r4nd\" defer></script>", js.url)
    );
    assert_eq!(
        assets.module("js/main.js").unwrap().to_string(),
        format!("<script type=\"module\" src=\"{}\" integrity=\"{js_hash}\"></script>", js.url)
    );
    assert_eq!(
        assets.modulepreload("js/main.js").unwrap().to_string(),
        format!("<link rel=\"modulepreload\" href=\"{}\" integrity=\"{js_hash}\">", js.url)
    );
    assert_eq!(
        assets.image("img/cat.png", "A \"cat\" & <it>").unwrap().to_string(),
        format!(
            "<img src=\"{}\" alt=\"A &quot;cat&quot; &amp; &lt;it&gt;\">",
            assets.static_url("img/cat.png").unwrap()
        )
    );
    assert_eq!(
        assets.icon("img/cat.png").unwrap().to_string(),
        format!(
            "<link rel=\"icon\" type=\"image/png\" href=\"{}\">",
            assets.static_url("img/cat.png").unwrap()
        )
    );
    for tag in [
        assets.stylesheet("x"),
        assets.script("x"),
        assets.module("x"),
        assets.preload("x"),
        assets.icon("x"),
    ] {
        assert_eq!(tag.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}

/// The integrity is that of the bytes that are published: not of the source, whose references are others.
#[tokio::test]
async fn the_integrity_is_that_of_the_published_bytes() {
    use base64::Engine as _;
    use sha2::Digest as _;

    let (_folder, store) = collected("/static/").await;
    let assets = Assets::load(&store).await.unwrap();
    for (name, _) in SITE {
        let bytes = store.open(&*hashed(&store, name).await).await.unwrap().bytes().await.unwrap();
        let sum = base64::engine::general_purpose::STANDARD.encode(sha2::Sha384::digest(&bytes));
        assert_eq!(assets.integrity(name).unwrap(), Some(format!("sha384-{sum}")), "{name}");
    }
}

#[tokio::test]
async fn tags_of_another_origin_ask_for_cors_or_have_no_integrity() {
    let (_folder, store) = disk("https://cdn.example.com/");
    collect(&store, &KINDS).await;
    let assets = Assets::load(&store).await.unwrap();
    for tag in
        [assets.stylesheet("a b.css"), assets.script("a.js"), assets.module("m.mjs"), assets.preload("a.js")]
    {
        let tag = tag.unwrap().to_string();
        assert!(tag.contains(" integrity=\"sha384-") && tag.contains(" crossorigin=\"anonymous\""), "{tag}");
    }
    let without = assets.clone().cors(false);
    for tag in [without.stylesheet("a b.css"), without.script("a.js"), without.preload("a.js")] {
        let tag = tag.unwrap().to_string();
        assert!(!tag.contains("integrity") && !tag.contains("crossorigin"), "{tag}");
    }
    // A module is a CORS request in any case.
    let module = without.module("m.mjs").unwrap().to_string();
    assert!(
        module.contains(" integrity=\"sha384-") && module.contains(" crossorigin=\"anonymous\""),
        "{module}"
    );
}

#[tokio::test]
async fn a_preload_says_what_the_file_is() {
    for (base_url, elsewhere) in [("/s/", false), ("https://cdn.example.com/", true)] {
        let (_folder, store) = disk(base_url);
        collect(&store, &KINDS).await;
        let assets = Assets::load(&store).await.unwrap();
        for (name, destination, always_cors) in [
            ("a b.css", "style", false),
            ("a.js", "script", false),
            ("f.woff2", "font", true),
            ("i.svg", "image", false),
            ("t.vtt", "track", false),
            ("d.json", "fetch", true),
        ] {
            let tag = assets.preload(name).unwrap().to_string();
            let header = assets.preload_header(name).unwrap();
            let (url, guarded) =
                (assets.static_url(name).unwrap(), matches!(destination, "style" | "script"));
            assert!(
                tag.starts_with(&format!("<link rel=\"preload\" as=\"{destination}\" href=\"{url}\"")),
                "{tag}"
            );
            assert!(header.starts_with(&format!("<{url}>; rel=preload; as={destination}")), "{header}");
            assert_eq!(
                (tag.contains(" integrity=\""), header.contains("; integrity=\"")),
                (guarded, guarded),
                "{tag}"
            );
            let cors = always_cors || (guarded && elsewhere);
            assert_eq!(
                (tag.contains("crossorigin"), header.contains("; crossorigin=anonymous")),
                (cors, cors),
                "{tag}"
            );
        }
        let header = assets.modulepreload_header("m.mjs").unwrap();
        let url = assets.static_url("m.mjs").unwrap();
        assert!(header.starts_with(&format!("<{url}>; rel=modulepreload")), "{header}");
        assert_eq!(header.contains("; crossorigin=anonymous"), elsewhere, "{header}");
        assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    }
}

#[tokio::test]
async fn odd_names_and_values_are_escaped() {
    let (_folder, store) = disk("/s/");
    collect(&store, &KINDS).await;
    let assets = Assets::load(&store).await.unwrap();
    let tag = assets.stylesheet("\"quoted\" & <odd>.css").unwrap();
    let tag = tag.nonce("\"><script>").attribute("data-x", "'&").unwrap().to_string();
    assert_eq!(tag.matches('<').count(), 1, "{tag}");
    assert!(
        tag.contains("nonce=\"&quot;&gt;&lt;script&gt;\"") && tag.contains("data-x=\"&#39;&amp;\""),
        "{tag}"
    );
    for name in ["", "a b", "a=", "\"", "on'", "a/", "a>", "a\n"] {
        let error = assets.stylesheet("a b.css").unwrap().attribute(name, "x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name:?}");
    }
    let twice =
        assets.script("a.js").unwrap().attribute("async", true).unwrap().attribute("ASYNC", false).unwrap();
    assert!(!twice.to_string().contains("async"));
}

#[tokio::test]
async fn a_manifest_of_django_has_no_integrity() {
    let (_folder, store) = disk("/static/");
    let text = br#"{"paths": {"a.css": "a.5e0040571e1a.css"}, "version": "1.0"}"#;
    let assets = Assets::with_manifest(&store, Manifest::parse(text).unwrap()).await.unwrap();
    assert_eq!(assets.integrity("a.css").unwrap(), None);
    assert_eq!(
        assets.stylesheet("a.css").unwrap().to_string(),
        "<link rel=\"stylesheet\" href=\"/static/static/a.5e0040571e1a.css\">"
    );
    assert_eq!(assets.get("a.css").unwrap().content_type, "text/css; charset=utf-8");
}

#[tokio::test]
async fn a_store_without_lasting_urls_is_refused() {
    let error = Assets::load(&Store::new(MemoryStorage::new())).await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("run `holdall collectstatic`"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let disk = FileSystemStorage::builder(folder.path()).base_url("/x/").build().unwrap();
    let private = Store::new(MediaStorage::new(disk, Location::root()));
    collect(&private, &SITE).await;
    assert_eq!(Assets::load(&private).await.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_reload_is_seen_by_every_clone_and_never_half() {
    let (_folder, store) = collected("/static/").await;
    let assets = Assets::load(&store).await.unwrap();
    let clone = assets.clone();
    let before = clone.static_url("robots.txt").unwrap();
    assert!(!assets.reload().await.unwrap());
    collect(&store, &[("robots.txt", "Disallow: /\n")]).await;
    assert!(assets.reload().await.unwrap());
    assert_ne!(clone.static_url("robots.txt").unwrap(), before);
    assert!(clone.static_url("css/app.css").is_err());
    store.delete(MANIFEST_NAME).await.unwrap();
    assert!(assets.reload().await.unwrap_err().is_not_found());
    assert!(clone.static_url("robots.txt").is_ok());
}

#[tokio::test]
async fn a_server_can_ask_which_names_never_change() {
    let (_folder, store) = collected("/static/").await;
    let assets = Assets::load(&store).await.unwrap();
    for (name, _) in SITE {
        assert!(assets.is_immutable(&hashed(&store, name).await) && !assets.is_immutable(name), "{name}");
    }
    assert!(!assets.is_immutable(MANIFEST_NAME) && !assets.is_immutable("nothing"));
    assert_eq!(*assets.manifest().unwrap(), manifest(&store).await);

    // What was published under its own name changes, but for what a bundler hashed.
    let (_folder, store) = disk("/static/");
    let text = br#"{"paths": {"a.css": "a.css", "b-D1g2H3j4.css": "b-D1g2H3j4.css"}, "version": "1.0"}"#;
    let mut bundled = Manifest::parse(text).unwrap();
    let name = holdall_core::Name::new("b-D1g2H3j4.css").unwrap();
    let details = FileDetails::new(1, "text/css; charset=utf-8", "sha384-x").with_immutable(true);
    bundled.insert(name.clone(), name, details);
    let assets = Assets::with_manifest(&store, bundled).await.unwrap();
    assert!(!assets.is_immutable("a.css") && assets.is_immutable("b-D1g2H3j4.css"));
}
