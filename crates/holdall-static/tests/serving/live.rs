//! Development: straight from the sources.

use std::path::Path;

use futures_util::TryStreamExt as _;
use holdall_core::{Conditions, Entry, ErrorKind, Name, Result, Store};
use holdall_static::{Assets, Collector, Directories, Embedded, Finder, Ignore, Live, SourceFile};
use holdall_testing::conformance::suite;

use crate::example::{SITE, write};

fn live(collector: &Collector) -> (Store, Assets) {
    (Store::new(Live::new(collector).unwrap()), Assets::live(collector).unwrap())
}

/// A folder with the site in it.
fn folder() -> (tempfile::TempDir, Collector) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &SITE);
    let collector = Collector::new().finder(Directories::new(folder.path()));
    (folder, collector)
}

async fn text(store: &Store, name: &str) -> String {
    store.open(name).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn urls_are_plain_and_the_same_for_the_store_and_for_templates() {
    let (folder, _) = folder();
    write(folder.path(), &[("a b/ü&#?%.css", "")]);
    let collector = Collector::new().finder(Directories::new(folder.path())).base_path("/x/");
    let (store, assets) = live(&collector);
    for name in ["css/app.css", "robots.txt", "a b/ü&#?%.css"] {
        assert_eq!(assets.static_url(name).unwrap(), store.url(name).await.unwrap().url);
        assert_eq!(assets.integrity(name).unwrap(), None);
    }
    assert_eq!(assets.static_url("a b/ü&#?%.css").unwrap(), "/x/a%20b/%C3%BC&%23%3F%25.css");
    let tag = assets.stylesheet("css/app.css").unwrap().to_string();
    assert_eq!(tag, "<link rel=\"stylesheet\" href=\"/x/css/app.css\">");
    assert_eq!(assets.static_url("img/cat.png#x").unwrap(), "/x/img/cat.png#x");
    assert!(!assets.reload().await.unwrap());
    for base in ["static/", "/static", "", "//cdn/"] {
        let error = Live::new(&Collector::new().base_path(base)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{base}");
    }
}

#[tokio::test]
async fn what_production_refuses_is_refused() {
    let (folder, collector) = folder();
    write(folder.path(), &[(".secret", "x"), ("css/old.css~", "x")]);
    let (store, assets) = live(&collector);
    for (name, nearest) in [
        ("css/App.css", Some("css/app.css")),
        ("css/ap.css", Some("css/app.css")),
        ("cat.png", Some("img/cat.png")),
        ("/css/app.css", Some("css/app.css")),
        ("css//app.css", Some("css/app.css")),
        ("css\\app.css", Some("css/app.css")),
        (".secret", None),
        ("css/old.css~", None),
        ("css", None),
        ("", None),
        ("../x", None),
    ] {
        let error = assets.static_url(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
        let sentence = format!("Missing staticfiles manifest entry for '{name}'");
        assert!(error.reason().starts_with(&sentence), "{error}");
        if let Some(nearest) = nearest {
            assert!(error.reason().ends_with(&format!("; did you mean '{nearest}'?")), "{error}");
        }
    }
    for name in ["css/App.css", ".secret", "css"] {
        assert_eq!(store.url(name).await.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert!(store.open(name).await.unwrap_err().is_not_found());
        assert!(store.metadata(name).await.unwrap_err().is_not_found());
        assert!(!store.exists(name).await.unwrap());
    }
}

#[tokio::test]
async fn what_was_changed_added_or_removed_is_there_with_the_next_request() {
    let (folder, collector) = folder();
    let (store, assets) = live(&collector);
    let before = store.metadata("robots.txt").await.unwrap();
    write(folder.path(), &[("robots.txt", "Disallow: /\n"), ("new/file.css", "new")]);
    assert_eq!(text(&store, "robots.txt").await, "Disallow: /\n");
    assert_ne!(store.metadata("robots.txt").await.unwrap().etag, before.etag);
    assert_eq!(text(&store, "new/file.css").await, "new");
    assert!(assets.static_url("new/file.css").is_ok());
    std::fs::remove_file(folder.path().join("robots.txt")).unwrap();
    assert!(store.open("robots.txt").await.unwrap_err().is_not_found());
    assert!(assets.static_url("robots.txt").is_err());
}

#[tokio::test]
async fn the_first_finder_wins_also_with_a_file_that_comes_later() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(second.path(), &[("a.css", "second")]);
    let embedded = Embedded::new([("a.css", "third"), ("b.css", "embedded")]).unwrap();
    let collector = Collector::new()
        .finder(Directories::new(first.path()).and(second.path()))
        .finder(embedded)
        .ignore(Ignore::default().with("*.txt"));
    let (store, _) = live(&collector);
    assert_eq!(text(&store, "a.css").await, "second");
    assert_eq!(text(&store, "b.css").await, "embedded");
    write(first.path(), &[("a.css", "first"), ("b.txt", "ignored")]);
    assert_eq!(text(&store, "a.css").await, "first");
    assert!(!store.exists("b.txt").await.unwrap());
}

#[tokio::test]
async fn a_file_comes_with_what_a_server_needs() {
    let (folder, collector) = folder();
    let large: String = ('a'..='z').cycle().take(700_001).collect();
    std::fs::write(folder.path().join("large.txt"), &large).unwrap();
    let collector = collector.finder(Embedded::new([("inside.txt", "0123456789")]).unwrap());
    let (store, _) = live(&collector);

    let metadata = store.metadata("css/app.css").await.unwrap();
    assert_eq!(metadata.content_type(), "text/css; charset=utf-8");
    assert_eq!(metadata.attributes.cache_control.as_deref(), Some("no-cache"));
    let modified = std::fs::metadata(folder.path().join("css/app.css")).unwrap().modified().unwrap();
    assert_eq!((metadata.modified, metadata.size), (modified, SITE[0].1.len() as u64));

    for (name, whole) in [("large.txt", large.as_str()), ("inside.txt", "0123456789")] {
        assert_eq!(text(&store, name).await, whole);
        let part = store.open(name).range(3..7).await.unwrap();
        assert_eq!((part.range(), part.size()), (3..7, whole.len() as u64));
        assert_eq!(part.text().await.unwrap(), whole[3..7]);
        let tail = store.open(name).range(2..).await.unwrap();
        assert_eq!(tail.text().await.unwrap(), whole[2..]);
        let behind = store.open(name).range(whole.len() as u64..).await.unwrap_err();
        assert_eq!(behind.kind(), ErrorKind::RangeNotSatisfiable);

        let metadata = store.metadata(name).await.unwrap();
        let etag = metadata.etag.unwrap();
        assert_eq!(store.open(name).await.unwrap().metadata().etag.as_ref(), Some(&etag), "stable");
        let mut conditions = Conditions::default();
        conditions.if_none_match = Some(etag.into());
        let kept = store.open(name).conditions(conditions).await.unwrap_err();
        assert_eq!(kept.kind(), ErrorKind::NotModified);
    }
}

#[tokio::test]
async fn listings_are_those_of_a_storage() {
    let (_folder, collector) = folder();
    let collector = collector.finder(Embedded::new([("css/app.css", "shadowed"), ("css.d", "x")]).unwrap());
    let (store, _) = live(&collector);
    let all: Vec<Entry> = store.list("").recursive().stream().try_collect().await.unwrap();
    assert_eq!(all.len(), SITE.len() + 1);
    let listing = store.listdir("").await.unwrap();
    let dirs: Vec<&str> = listing.dirs.iter().map(AsRef::as_ref).collect();
    let files: Vec<&str> = listing.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((dirs, files), (vec!["css", "img", "js"], vec!["css.d", "robots.txt"]));
    let after = Name::new("js/main.js").unwrap();
    let rest: Vec<Entry> = store.list("js").start_after(&after).stream().try_collect().await.unwrap();
    let [Entry::File(worker), ..] = &rest[..] else { panic!("{rest:?}") };
    assert_eq!((worker.name.as_str(), rest.len()), ("js/odd.js", 2));
    assert_eq!(store.listdir("nowhere").await.unwrap().files.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_written_and_the_rest_conforms() {
    let (_folder, collector) = folder();
    let (store, _) = live(&collector);
    for error in [
        store.save("a.txt", "x").await.unwrap_err(),
        store.delete("robots.txt").await.unwrap_err(),
        store.copy("robots.txt", "b").await.unwrap_err(),
        store.rename("robots.txt", "b").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    let suite = suite().quick();
    suite
        .except("url_of_a_public_file_is_plain", "a name that no finder has is refused")
        .run(&store)
        .await
        .assert();
}

/// A finder as it is on a disk that takes `APP.css` for `app.css`: it finds what it does not list.
#[derive(Debug)]
struct CaseInsensitive(Embedded);

impl Finder for CaseInsensitive {
    fn list(&self, ignore: &Ignore) -> Result<Vec<SourceFile>> {
        self.0.list(ignore)
    }

    fn find(&self, name: &Name) -> Result<Option<SourceFile>> {
        let lower = self.0.find(&Name::new(&name.as_str().to_lowercase())?)?;
        Ok(lower.map(|file| SourceFile::new(name.clone(), file.source)))
    }

    fn places(&self) -> Vec<String> {
        self.0.places()
    }
}

#[tokio::test]
async fn the_spelling_counts_also_where_the_disk_does_not_care() {
    let files = CaseInsensitive(Embedded::new([("css/app.css", "x")]).unwrap());
    let (store, assets) = live(&Collector::new().finder(files));
    assert!(assets.static_url("css/app.css").is_ok());
    let error = assets.static_url("css/APP.css").unwrap_err();
    assert!(error.reason().ends_with("did you mean 'css/app.css'?"), "{error}");
    assert!(!store.exists("CSS/app.css").await.unwrap());
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_read_is_no_missing_file() {
    let missing = Collector::new().finder(Directories::new(Path::new("/nowhere/at/all")));
    let (store, assets) = live(&missing);
    // Nothing is found in a directory that is not there, and the sentence says why.
    let error = assets.static_url("a.css").unwrap_err();
    assert!(
        error.to_string().contains("the directory /nowhere/at/all of static files does not exist"),
        "{error}"
    );
    assert!(store.url("a.css").await.is_err());
}
