//! From a template and its values to an HTTP response.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use holdall::static_files::Assets;
use minijinja::{Environment, Value, context};

use crate::App;
use crate::csrf::Visitor;
use crate::error::Failure;
use crate::place::Place;

/// The templates, embedded in the program so that it runs from any folder.
///
/// They ask for static files by functions of [`Assets`]: `stylesheet("gallery.css")`.
///
/// Their names end in `.html`, which is what switches minijinja's HTML escaping on.
///
/// # Panics
///
/// If one of them is not well-formed, which no test would let pass.
pub fn templates(assets: &Assets) -> Environment<'static> {
    let mut templates = Environment::new();
    assets.register(&mut templates);
    for (name, source) in [
        ("base.html", include_str!("../templates/base.html")),
        ("gallery.html", include_str!("../templates/gallery.html")),
        ("image.html", include_str!("../templates/image.html")),
        ("delete.html", include_str!("../templates/delete.html")),
        ("error.html", include_str!("../templates/error.html")),
    ] {
        templates.add_template(name, source).expect("the embedded templates are well-formed");
    }
    // A misspelt variable is an error that the tests see, not an empty place on the page.
    templates.set_undefined_behavior(minijinja::UndefinedBehavior::SemiStrict);
    templates
}

/// A page that is about to be sent.
#[derive(Debug)]
pub struct Page<'a> {
    /// The template's name.
    pub template: &'a str,
    /// The template's own values.
    pub values: Value,
    /// The status to send it with.
    pub status: StatusCode,
}

impl App {
    /// Renders `page` for `visitor`.
    ///
    /// Pages are never cached: they hold a visitor's token, and links that expire.
    pub(crate) fn render(&self, visitor: &Visitor, page: Page<'_>) -> Result<Response, Failure> {
        let values = context! {
            storage => self.words_for_place(),
            csrf_token => visitor.token(),
            // The first that has a name wins: most pages have nothing to say above their content.
            ..context! { ..page.values, ..context! { alert => "", notice => "" } }
        };
        let body = self.templates().get_template(page.template)?.render(values)?;
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // A signed link is a key: it must not travel to other sites in a Referer.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy().clone());
        if let Some(cookie) = visitor.set_cookie() {
            headers.insert(header::SET_COOKIE, cookie);
        }
        Ok((page.status, headers, Html(body)).into_response())
    }
}

impl App {
    /// Where the images are, in words that a visitor may read: a bucket's name is in every link,
    /// a path of this server is nobody's business.
    fn words_for_place(&self) -> String {
        match self.media_place() {
            Place::Here(_) => "on this server".to_owned(),
            Place::Elsewhere(origin) => match self.media().to_string() {
                path if path.starts_with("file:") => format!("at {origin}"),
                bucket => format!("in {bucket}"),
            },
        }
    }
}

/// The content security policy of every page: nothing inline, nothing from anywhere but this
/// server and the places where the two storages keep their files.
///
/// One policy for all pages, because a page grows: the script puts new images on one that had none.
///
/// # Panics
///
/// Never: an origin is ASCII without spaces.
pub fn policy(assets: &Place, images: &Place) -> HeaderValue {
    let sources = |places: &[&Place]| {
        let mut sources = vec!["'self'"];
        sources.extend(places.iter().filter_map(|place| place.origin()));
        sources.dedup();
        sources.join(" ")
    };
    let (from_assets, from_both) = (sources(&[assets]), sources(&[assets, images]));
    let policy = format!(
        "default-src 'none'; style-src {from_assets}; script-src {from_assets}; img-src {from_both}; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("an origin is ASCII without spaces")
}

/// The outermost layer: makes a page of every [`Failure`] and writes the server's own ones to the
/// log, with all their causes.
pub async fn dress(State(app): State<App>, visitor: Visitor, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let Some(failure) = response.extensions().get::<Arc<Failure>>().map(Arc::clone) else {
        return response;
    };
    report(&failure, &format!("{method} {path:?}"));
    let page = Page {
        template: "error.html",
        values: context! {
            status => failure.status().as_u16(),
            title => failure.title(),
            sentence => failure.sentence(),
        },
        status: failure.status(),
    };
    match app.render(&visitor, page) {
        Ok(mut page) => {
            // What the inner response said beyond its body, `Allow` above all, stays said.
            for (name, value) in response.headers() {
                if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
                    page.headers_mut().entry(name).or_insert_with(|| value.clone());
                }
            }
            page
        }
        Err(second) => {
            report(&second, "rendering the error page");
            response
        }
    }
}

/// Writes a failure to the log: loudly if it is ours, quietly if it is the client's.
pub(crate) fn report(failure: &Failure, doing: &str) {
    if failure.status().is_server_error() {
        tracing::error!("{doing}: {}", failure.chain());
    } else {
        tracing::debug!("{doing}: {}", failure.chain());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Source;

    #[test]
    fn the_policy_names_the_bucket_for_images_and_only_for_them() {
        let bucket = Place::Elsewhere("http://127.0.0.1:9000".to_owned());
        let policy = policy(&Place::Here("/static/".to_owned()), &bucket);
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("img-src 'self' http://127.0.0.1:9000;"), "{policy}");
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn every_template_escapes() {
        let assets = Assets::live(&Source::default().collector().unwrap()).unwrap();
        let templates = templates(&assets);
        let page = templates
            .get_template("error.html")
            .unwrap()
            .render(context! {
                alert => "", notice => "", storage => "", csrf_token => "",
                status => 404, title => "<b>", sentence => "\"><script>",
            })
            .unwrap();
        assert!(!page.contains("<b>") && !page.contains("\"><script>"), "{page}");
    }
}
