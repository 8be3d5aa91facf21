//! The stylesheet, the script and the icon: live in development, collected in a release.

use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use gallery::assets::{DIRECTORY, Source};
use holdall::static_files::Assets;

use crate::site::{Answer, Site};

/// A site as a release starts it.
async fn collected() -> Site {
    Site::with(&[("GALLERY_STATIC_DIR", "")], |media| media).await
}

/// The addresses of stylesheet, script and icon, as a page has them.
fn links(page: &Answer) -> [String; 3] {
    let [stylesheet, icon] = &page.attributes("link", "href")[..] else { panic!("{}", page.text()) };
    let [script] = &page.attributes("script", "src")[..] else { panic!("{}", page.text()) };
    [stylesheet.clone(), script.clone(), icon.clone()]
}

const TYPES: [&str; 3] =
    ["text/css; charset=utf-8", "text/javascript; charset=utf-8", "image/svg+xml; charset=utf-8"];

#[tokio::test]
async fn in_development_they_come_from_the_directory_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["gallery.css", "gallery.js", "icon.svg"] {
        std::fs::copy(format!("{DIRECTORY}/{name}"), folder.path().join(name)).unwrap();
    }
    let variable = folder.path().display().to_string();
    let site = Site::with(&[("GALLERY_STATIC_DIR", variable.as_str())], |media| media).await;
    let page = site.get("/").await;
    assert_eq!(links(&page), ["/static/gallery.css", "/static/gallery.js", "/static/icon.svg"]);
    assert!(!page.text().contains("integrity"), "what changes has none");
    for (link, content_type) in links(&page).iter().zip(TYPES) {
        let answer = site.get(link).await;
        assert_eq!(answer.header(header::CONTENT_TYPE), Some(content_type));
        assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-cache"));
        assert_eq!(answer.header(header::CONTENT_DISPOSITION), None);
    }
    // Edited, reloaded, seen.
    std::fs::write(folder.path().join("gallery.css"), "body { color: red }").unwrap();
    assert_eq!(site.get("/static/gallery.css").await.text(), "body { color: red }");
    // A name that a template needs and nobody has is told on the next page, not in production.
    std::fs::remove_file(folder.path().join("gallery.css")).unwrap();
    assert_eq!(site.get("/").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(site.get("/static/gallery.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn in_a_release_they_have_a_hash_and_an_integrity_and_stay_for_a_year() {
    let site = collected().await;
    let page = site.get("/").await;
    let integrities = [page.attributes("link", "integrity"), page.attributes("script", "integrity")].concat();
    for (at, (link, content_type)) in links(&page).iter().zip(TYPES).enumerate() {
        assert_eq!(link.split('.').count(), 3, "a name with a hash: {link}");
        let answer = site.get(link).await;
        assert_eq!(answer.header(header::CONTENT_TYPE), Some(content_type));
        assert_eq!(answer.header(header::CACHE_CONTROL), Some("public, max-age=31536000, immutable"));
        if let Some(integrity) = integrities.get(at) {
            // SHA-384 of what a browser gets.
            let sum = BASE64.encode(<sha2::Sha384 as sha2::Digest>::digest(&answer.body));
            assert_eq!(*integrity, format!("sha384-{sum}"), "{link}");
        }
    }
    assert_eq!(integrities.len(), 2, "an icon is not checked");
    assert_eq!(site.get("/static/gallery.css").await.status, StatusCode::NOT_FOUND, "only hashed names");
}

#[tokio::test]
async fn the_next_start_writes_nothing_and_the_next_release_keeps_the_old_files() {
    let site = collected().await;
    let store = site.app.static_files();
    let manifest = store.metadata("staticfiles.json").await.unwrap();
    Source::Collected.load(store).await.unwrap();
    assert_eq!(store.metadata("staticfiles.json").await.unwrap().etag, manifest.etag);

    let old = links(&site.get("/").await);
    let next = holdall::static_files::Embedded::new([("gallery.css", "p {}")]).unwrap();
    holdall::static_files::Collector::new().finder(next).collect(store).await.unwrap();
    assert_ne!(Assets::load(store).await.unwrap().static_url("gallery.css").unwrap(), old[0]);
    for link in old {
        assert_eq!(site.get(&link).await.status, StatusCode::OK, "an open page still asks for {link}");
    }
}

#[tokio::test]
async fn every_template_asks_for_files_that_exist() {
    let live = Assets::live(&Source::default().collector().unwrap()).unwrap();
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    for assets in [&live, collected().await.app.assets()] {
        let checked = assets.check_templates(templates).unwrap_or_else(|missing| panic!("{missing}"));
        assert_eq!(checked, 3);
    }
}
