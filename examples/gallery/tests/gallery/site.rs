//! A gallery inside the test, spoken to without a socket.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bytes::Bytes;
use gallery::App;
use gallery::config::Settings;
use holdall::{Name, Storages, Store};
use http_body_util::BodyExt;
use tempfile::TempDir;
use tower::ServiceExt;

/// What a part of a form says of itself, and its bytes.
pub(crate) struct Part<'a> {
    pub(crate) name: &'a str,
    pub(crate) file_name: Option<&'a str>,
    pub(crate) bytes: &'a [u8],
}

/// The boundary of every form that the tests send.
pub(crate) const BOUNDARY: &str = "----holdall-test-boundary";

/// A `multipart/form-data` body, written by hand so that it can be wrong where a test wants it.
pub(crate) fn multipart(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(part_head(part.name, part.file_name).as_bytes());
        body.extend_from_slice(part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// What stands in front of a part's bytes.
pub(crate) fn part_head(name: &str, file_name: Option<&str>) -> String {
    let file =
        file_name.map(|name| format!("; filename=\"{name}\"\r\nContent-Type: text/html")).unwrap_or_default();
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
}

/// What the gallery answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("pages are UTF-8")
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are ASCII"))
    }

    /// The text of the page's region for errors.
    pub(crate) fn alert(&self) -> &str {
        self.between("role=\"alert\">", "</div>")
    }

    /// The token in the page's form.
    pub(crate) fn token(&self) -> &str {
        self.between("name=\"csrf_token\" value=\"", "\"")
    }

    /// The `src` of every image on the page.
    pub(crate) fn images(&self) -> Vec<String> {
        self.attributes("img", "src")
    }

    /// This attribute of every such element, as a browser reads it.
    pub(crate) fn attributes(&self, element: &str, attribute: &str) -> Vec<String> {
        let start = format!("<{element} ");
        let elements = self.text().split(&start).skip(1);
        let tags = elements.map(|rest| rest.split('>').next().expect("split gives at least one part"));
        let values = tags.filter_map(|tag| tag.split_once(&format!("{attribute}=\""))?.1.split('"').next());
        values.map(|text| text.replace("&#x2f;", "/").replace("&amp;", "&")).collect()
    }

    fn between(&self, before: &str, after: &str) -> &str {
        let (_, rest) =
            self.text().split_once(before).unwrap_or_else(|| panic!("no {before} in:\n{}", self.text()));
        rest.split(after).next().expect("split gives at least one part")
    }
}

/// A gallery in a folder of its own, and one visitor with a cookie.
pub(crate) struct Site {
    pub(crate) app: App,
    /// Gone with the site.
    pub(crate) folder: TempDir,
    router: Router,
    cookie: String,
    pub(crate) token: String,
}

impl Site {
    /// A gallery on the disk, with the settings that everybody starts with.
    pub(crate) async fn new() -> Self {
        Self::with(&[], |media| media).await
    }

    /// One with some variables set, and something between it and its media storage.
    pub(crate) async fn with(variables: &[(&str, &str)], around: impl FnOnce(Store) -> Store) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let storages = storages(&folder, around);
        let database = folder.path().join("data/gallery.sqlite3");
        let settings = Settings::new(storages, |variable| match variable {
            "GALLERY_DATABASE" => Some(database.clone().into()),
            _ => variables.iter().find(|(name, _)| *name == variable).map(|(_, value)| (*value).into()),
        })
        .expect("the settings are good");
        let app = App::start(&settings).await.expect("the gallery starts");
        let router = app.router();
        let mut site = Self { app, folder, router, cookie: String::new(), token: String::new() };
        let page = site.get("/").await;
        let cookie = page.header(header::SET_COOKIE).expect("a first visit gets a cookie");
        site.cookie.push_str(cookie.split(';').next().expect("a cookie has a value"));
        site.token.push_str(page.token());
        site
    }

    /// Sends a request as it is, without the visitor's cookie.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body arrives").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A request with the visitor's cookie.
    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(path).header(header::COOKIE, &self.cookie)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).expect("a request")).await
    }

    /// Posts a form of these parts.
    pub(crate) async fn post_parts(&self, parts: &[Part<'_>]) -> Answer {
        self.post_body(Body::from(multipart(parts))).await
    }

    /// Posts whatever the test has put together, as a form.
    pub(crate) async fn post_body(&self, body: Body) -> Answer {
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = self.request(Method::POST, "/").header(header::CONTENT_TYPE, content_type);
        self.send(request.body(body).expect("a request")).await
    }

    /// Uploads a file, as the page's own form does.
    pub(crate) async fn upload(&self, file_name: &str, bytes: &[u8]) -> Answer {
        let token = self.token.as_bytes();
        self.post_parts(&[
            Part { name: "csrf_token", file_name: None, bytes: token },
            Part { name: "img-file", file_name: Some(file_name), bytes },
        ])
        .await
    }

    /// Uploads a file that has to be taken, and returns its id.
    pub(crate) async fn stored(&self, file_name: &str, bytes: &[u8]) -> i64 {
        let answer = self.upload(file_name, bytes).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let location = answer.header(header::LOCATION).expect("a redirect leads somewhere");
        location.strip_prefix("/?uploaded=").expect("back to the list").parse().expect("an id")
    }

    /// Presses the button of the page that asks.
    pub(crate) async fn delete(&self, id: i64, token: &str) -> Answer {
        let request = self
            .request(Method::POST, &format!("/images/{id}/delete"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(format!("csrf_token={token}"))).expect("a request")).await
    }

    /// The names of all files in the media storage.
    pub(crate) async fn files(&self) -> Vec<Name> {
        all_files(self.app.media()).await
    }
}

/// The storages that the program has by default, in `folder`, with something around the media.
fn storages(folder: &TempDir, around: impl FnOnce(Store) -> Store) -> Storages {
    let settings = gallery::config::DEFAULT_STORAGES
        .replace("root = \"var\"", &format!("root = {:?}", folder.path().display().to_string()));
    let plain = Storages::builder().toml(&settings).build().expect("the default settings are good");
    let store = |name| plain.get(name).expect("both storages are there");
    Storages::builder()
        .storage("default", around(store("default")))
        .storage("staticfiles", store("staticfiles"))
        .build()
        .expect("the storages are ready")
}

async fn all_files(store: &Store) -> Vec<Name> {
    let entries = store.list("").recursive().collect().await.expect("a listing");
    entries
        .into_iter()
        .map(|entry| match entry {
            holdall::Entry::File(file) => file.name,
            other => panic!("{other:?} is no file"),
        })
        .collect()
}
