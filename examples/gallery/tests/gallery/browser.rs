//! The gallery in a real headless Chromium, by a test that presses the real buttons.
//!
//! Once with the images on the disk, once in a bucket on the in-memory S3 server (the pages then
//! hold signed links to another origin, which the content security policy has to allow), and once
//! without JavaScript. Pictures of the pages stay in `target/browser/`.

mod driver;

use std::path::{Path, PathBuf};

use fantoccini::{Client, Locator};
use holdall_testing::s3_server::S3Server;
use serde_json::json;

use self::driver::{DEADLINE, with_browser};
use crate::pictures::{large_png, png};
use crate::process::Gallery;

/// One visit: a folder with files to choose from, the gallery, the browser.
struct Visit<'a> {
    client: &'a Client,
    gallery: &'a Gallery,
    name: &'static str,
    folder: &'a Path,
}

impl Visit<'_> {
    /// Chooses a file and presses "Upload".
    async fn upload(&self, file_name: &str, bytes: &[u8]) {
        let file = self.folder.join(file_name);
        std::fs::write(&file, bytes).unwrap();
        let input = self.client.find(Locator::Id("img-file")).await.unwrap();
        input.send_keys(&file.to_string_lossy()).await.unwrap();
        self.client.find(Locator::Id("upload-button")).await.unwrap().click().await.unwrap();
    }

    /// Waits until this element is there and can be seen.
    async fn see(&self, selector: &str) -> fantoccini::elements::Element {
        let wait = self.client.wait().at_most(DEADLINE);
        let element = wait.for_element(Locator::Css(selector)).await;
        element.unwrap_or_else(|error| panic!("{} never showed {selector}: {error}", self.name))
    }

    /// Waits until the text of this element contains `words`.
    async fn read(&self, selector: &str, words: &str) {
        let deadline = tokio::time::Instant::now() + DEADLINE;
        loop {
            let text = self.see(selector).await.text().await.unwrap_or_default();
            if text.contains(words) {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "{selector} says {text:?}, not {words:?}");
            tokio::task::yield_now().await;
        }
    }

    /// Waits until an image has been fetched and decoded, and returns where it came from.
    async fn see_decoded(&self, selector: &str, width: u32) -> String {
        let deadline = tokio::time::Instant::now() + DEADLINE;
        let script = "const image = document.querySelector(arguments[0]);
                      return [image.naturalWidth, image.currentSrc];";
        loop {
            self.see(selector).await;
            let seen = self.client.execute(script, vec![json!(selector)]).await;
            if let Ok(seen) = &seen
                && seen[0] == json!(width)
            {
                return seen[1].as_str().expect("an image has a source").to_owned();
            }
            assert!(tokio::time::Instant::now() < deadline, "{selector} is not {width} wide: {seen:?}");
            tokio::task::yield_now().await;
        }
    }

    async fn press(&self, selector: &str) {
        self.see(selector).await.click().await.unwrap();
    }

    async fn open(&self) {
        self.client.goto(&self.gallery.address).await.unwrap();
    }

    /// Keeps a picture of the page.
    async fn photograph(&self, page: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target").join("browser");
        std::fs::create_dir_all(&folder).unwrap();
        let file: PathBuf = folder.join(format!("{}-{page}.png", self.name));
        std::fs::write(file, self.client.screenshot().await.unwrap()).unwrap();
    }

    /// Upload, refusal, list, page, delete: the whole life of an image. Returns its link.
    async fn whole_life(&self) -> String {
        self.open().await;
        self.read("#images", "No images yet").await;
        self.photograph("empty").await;

        self.upload("first light.png", &png(640, 480, 30)).await;
        let link = self.see_decoded(".card img", 640).await;
        self.read("#status", "in the gallery").await;
        self.read(".card", "first light.png").await;
        self.photograph("list").await;

        self.upload("page.png", b"<!doctype html><title>no picture</title>").await;
        self.read("#alert", "This file is not an image that the gallery takes.").await;
        self.read(".count", "1 image").await;
        self.photograph("refused").await;

        self.press(".card").await;
        self.see_decoded("#picture", 640).await;
        self.read("h1", "first light.png").await;
        self.photograph("image").await;

        self.press("#delete").await;
        self.read("h1", "Delete this image?").await;
        self.photograph("delete").await;
        self.press("#confirm-delete").await;
        self.read("#status", "The image was deleted.").await;
        self.read("#images", "No images yet").await;
        link
    }
}

/// The page as the static files have to make it: a stylesheet that is applied, a script that ran, an icon, and not
/// one resource that was refused or not found.
const DRESSED: &str = "
    const sheets = [...document.styleSheets].map(sheet => [sheet.href, sheet.cssRules.length]);
    const resources = performance.getEntriesByType('resource').map(entry => [entry.name, entry.responseStatus]);
    const radius = getComputedStyle(document.getElementById('upload')).borderTopStyle;
    return { sheets, resources, radius, script: document.documentElement.classList.contains('js') };";

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_dressed_live_and_collected() {
    with_browser(async |browser| {
        for (name, variables, hashed) in
            [("live", [].as_slice(), false), ("collected", &[("GALLERY_STATIC_DIR", "")], true)]
        {
            let folder = tempfile::tempdir().unwrap();
            let gallery = Gallery::start(folder.path(), variables).await;
            let client = browser.window(true).await;
            let visit = Visit { client: &client, gallery: &gallery, name, folder: folder.path() };
            visit.open().await;
            visit.read("#images", "No images yet").await;
            visit.photograph("dressed").await;
            let page = client.execute(DRESSED, Vec::new()).await.unwrap();
            assert_eq!((&page["script"], &page["radius"]), (&json!(true), &json!("dashed")), "{page}");
            let sheet = page["sheets"][0][0].as_str().expect("a stylesheet");
            assert!(page["sheets"][0][1].as_u64().is_some_and(|rules| rules > 50), "{page}");
            let plain = format!("{}/static/gallery.css", gallery.address);
            assert_eq!(sheet != plain, hashed, "{sheet}");
            for resource in page["resources"].as_array().expect("a list") {
                assert_eq!(resource[1], json!(200), "{page}");
            }
            client.close().await.unwrap();
            assert!(gallery.stop().await.success());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_view_list_delete_on_disk() {
    with_browser(async |browser| {
        let folder = tempfile::tempdir().unwrap();
        let gallery = Gallery::start(folder.path(), &[]).await;
        let client = browser.window(true).await;
        let visit = Visit { client: &client, gallery: &gallery, name: "disk", folder: folder.path() };
        let link = visit.whole_life().await;
        assert!(link.starts_with(&format!("{}/media/usr/", gallery.address)), "{link}");
        client.close().await.unwrap();
        assert!(gallery.stop().await.success());
    })
    .await;
}

/// Drops files on the form, as a hand with a mouse would: `[name, bytes]` each.
const DROP: &str = "
    const carried = new DataTransfer();
    for (const [name, bytes] of arguments[0]) carried.items.add(new File([new Uint8Array(bytes)], name));
    const form = document.getElementById('upload');
    for (const type of ['dragover', 'drop']) {
        form.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }";

#[tokio::test(flavor = "multi_thread")]
async fn several_files_dropped_at_once() {
    with_browser(async |browser| {
        let folder = tempfile::tempdir().unwrap();
        let gallery = Gallery::start(folder.path(), &[("GALLERY_MAX_UPLOAD", "64 KiB")]).await;
        let client = browser.window(true).await;
        let visit = Visit { client: &client, gallery: &gallery, name: "drop", folder: folder.path() };
        visit.open().await;
        let files = json!([
            ["one.png", png(80, 60, 200)],
            ["notes.txt", b"no picture"],
            ["huge.png", large_png(70_000)],
            ["two.png", png(90, 60, 90)],
        ]);
        client.execute(DROP, vec![files]).await.unwrap();
        visit.read("#status", "2 images are in the gallery.").await;
        visit.read("#alert", "Refused: 2 of 4.").await;
        visit.read(".count", "2 images").await;
        visit.read(".uploads li:first-child", "not an image").await;
        visit.read(".uploads li:last-child", "images of up to 64 KiB").await;
        visit.see_decoded("li:first-child > .card img", 90).await;
        visit.see_decoded("li:last-child > .card img", 80).await;
        visit.photograph("list").await;
        client.close().await.unwrap();
        assert!(gallery.stop().await.success());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_view_list_delete_on_s3() {
    with_browser(async |browser| {
        let server =
            S3Server::builder().credentials("AKID", "secret").bucket("photos").start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        // The one setting that moves the images. The keys come from where the SDK looks for them.
        let url = format!("s3://photos/media?region=us-east-1&endpoint={}", server.endpoint());
        let variables = [
            ("HOLDALL_STORAGES__DEFAULT__URL", url.as_str()),
            ("AWS_ACCESS_KEY_ID", server.access_key()),
            ("AWS_SECRET_ACCESS_KEY", server.secret_key()),
        ];
        let gallery = Gallery::start(folder.path(), &variables).await;
        let client = browser.window(true).await;
        let visit = Visit { client: &client, gallery: &gallery, name: "s3", folder: folder.path() };
        let link = visit.whole_life().await;
        assert!(link.starts_with(&format!("{}/photos/media/usr/", server.endpoint())), "{link}");
        assert!(link.contains("X-Amz-Signature="), "the bucket is private: {link}");
        assert!(server.keys("photos").is_empty(), "{:?}", server.keys("photos"));
        assert!(server.open_uploads("photos").is_empty());
        assert!(!folder.path().join("var/media").exists(), "no image has touched the disk");
        client.close().await.unwrap();
        assert!(gallery.stop().await.success());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_view_list_delete_without_javascript() {
    with_browser(async |browser| {
        let folder = tempfile::tempdir().unwrap();
        let gallery = Gallery::start(folder.path(), &[]).await;
        let client = browser.window(false).await;
        let visit = Visit { client: &client, gallery: &gallery, name: "plain", folder: folder.path() };
        visit.open().await;
        // The script marks the page when it runs, so this is the plain form indeed.
        assert!(client.find(Locator::Css("html.js")).await.is_err());
        visit.whole_life().await;
        client.close().await.unwrap();
        assert!(gallery.stop().await.success());
    })
    .await;
}
