//! The pages and what their buttons do.

use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use minijinja::{Value, context};
use serde::Deserialize;

use crate::App;
use crate::csrf::Visitor;
use crate::error::{Failure, Refusal, size_text};
use crate::image::Image;
use crate::kind::Kind;
use crate::render::{Page, report};

/// How many images one page shows.
const PAGE_SIZE: u32 = 60;

/// The query of the first page. All text, so that a hand-made one is never more than ignored.
#[derive(Debug, Default, Deserialize)]
pub struct GalleryQuery {
    /// Only images older than this id.
    before: Option<String>,
    /// The id of the image that was just uploaded.
    uploaded: Option<String>,
    /// Present after a delete.
    deleted: Option<String>,
}

/// `GET /`: the form and the grid.
pub async fn index(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<GalleryQuery>,
) -> Result<Response, Failure> {
    // The address carries an id, never a text: nobody can make a link that puts words in our mouth.
    let notice = match query.uploaded.as_deref().and_then(|id| id.parse().ok()) {
        Some(id) => Image::find(app.db(), id)
            .await?
            .map(|image| format!("{} is in the gallery.", image.original_name)),
        None => query.deleted.map(|_| "The image was deleted.".to_owned()),
    };
    let before = query.before.and_then(|id| id.parse().ok());
    app.gallery_page(&visitor, StatusCode::OK, before, "", notice.as_deref().unwrap_or_default()).await
}

/// `POST /`: takes an image, and redirects so that a reload does not send it again.
///
/// Whatever is wrong with it, the answer is the same page again, with a sentence and a status.
pub async fn upload(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    match app.receive(&visitor, &headers, body).await {
        Ok(image) => Ok(Redirect::to(&format!("/?uploaded={}", image.id)).into_response()),
        Err(failure) => {
            report(&failure, "POST /");
            app.gallery_page(&visitor, failure.status(), None, &failure.sentence(), "").await
        }
    }
}

/// `GET /images/{id}`: one image, large, with what is known about it.
pub async fn image(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let image = app.image(&id).await?;
    app.image_page(&visitor, "image.html", StatusCode::OK, &image, "").await
}

/// `GET /images/{id}/delete`: asks.
pub async fn ask_delete(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let image = app.image(&id).await?;
    app.image_page(&visitor, "delete.html", StatusCode::OK, &image, "").await
}

/// The one field of the form that asks.
#[derive(Debug, Default, Deserialize)]
pub struct DeleteForm {
    #[serde(default)]
    csrf_token: String,
}

/// `POST /images/{id}/delete`: does it.
pub async fn delete(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<DeleteForm>, FormRejection>,
) -> Result<Response, Failure> {
    let image = app.image(&id).await?;
    // A body that is no form has no token either: both are one refusal.
    let Form(form) = form.unwrap_or_default();
    if !visitor.vouches_for(&form.csrf_token) {
        let refusal = Refusal::WrongToken;
        return app.image_page(&visitor, "delete.html", refusal.status(), &image, &refusal.to_string()).await;
    }
    // A task of its own: once begun, a delete ends, even if the visitor closes the page meanwhile.
    let removal = tokio::spawn({
        let app = app.clone();
        async move { app.remove(image.id).await }
    });
    removal.await??;
    Ok(Redirect::to("/?deleted=1").into_response())
}

/// Everything that no other route takes.
pub async fn not_found() -> Failure {
    Failure::NotFound
}

/// A known address with a method that it has no use for.
pub async fn method_not_allowed() -> Failure {
    Failure::MethodNotAllowed
}

impl App {
    /// The image with the id of the address; an id that is no number is as absent as any other.
    async fn image(&self, id: &str) -> Result<Image, Failure> {
        let id = id.parse().map_err(|_| Failure::NotFound)?;
        Image::find(self.db(), id).await?.ok_or(Failure::NotFound)
    }

    /// Removes an image: first the row, then the file.
    ///
    /// In this order, because a crash in between must not leave a page that shows a broken picture:
    /// what it leaves is a file that nobody sees, which costs space and can be swept. If the storage
    /// *says* no, nothing is lost at all: the row is put back, and the visitor can try again.
    async fn remove(&self, id: i64) -> Result<(), Failure> {
        let Some(image) = Image::remove(self.db(), id).await? else {
            return Err(Failure::NotFound);
        };
        let Err(refused) = self.media().delete(&image.file).await else {
            return Ok(());
        };
        if let Err(lost) = image.restore(self.db()).await {
            tracing::error!(
                file = image.file,
                "the file has no row any more: {}",
                Failure::from(lost).chain()
            );
        }
        Err(refused.into())
    }

    async fn gallery_page(
        &self,
        visitor: &Visitor,
        status: StatusCode,
        before: Option<i64>,
        alert: &str,
        notice: &str,
    ) -> Result<Response, Failure> {
        // One more than is shown tells whether there is a further page.
        let mut images = Image::newest(self.db(), before, PAGE_SIZE + 1).await?;
        let older = if images.len() > PAGE_SIZE as usize {
            images.truncate(PAGE_SIZE as usize);
            images.last().map(|image| image.id)
        } else {
            None
        };
        let mut shown = Vec::with_capacity(images.len());
        for image in &images {
            shown.push((image, Link::of(self, image).await?));
        }
        let limit = self.max_upload();
        let page = Page {
            template: "gallery.html",
            values: context! {
                alert, notice, older,
                older_than => before,
                total => Image::count(self.db()).await?,
                images => shown.iter().map(|(image, link)| link.describe(image)).collect::<Vec<_>>(),
                accept => Kind::accept(),
                max_bytes => limit,
                max_text => size_text(limit),
                too_large => Refusal::TooLarge { limit }.to_string(),
            },
            status,
        };
        self.render(visitor, page)
    }

    async fn image_page(
        &self,
        visitor: &Visitor,
        template: &str,
        status: StatusCode,
        image: &Image,
        alert: &str,
    ) -> Result<Response, Failure> {
        let link = Link::of(self, image).await?;
        let values = context! { alert, image => link.describe(image) };
        self.render(visitor, Page { template, values, status })
    }
}

/// Where a browser gets an image: on the disk an address of this server, in a private bucket a
/// signed link. The page is the same.
struct Link {
    url: String,
    expires_at: Option<Timestamp>,
}

impl Link {
    /// Asks the storage. This does no network I/O, so a page of sixty images costs sixty signatures.
    async fn of(app: &App, image: &Image) -> Result<Self, Failure> {
        let link = app.media().url(&image.file).await?;
        let expires_at = link.expires_at.and_then(|time| Timestamp::try_from(time).ok());
        Ok(Self { url: link.url, expires_at })
    }

    /// The values that the templates know as `image`.
    fn describe(&self, image: &Image) -> Value {
        context! {
            id => image.id,
            url => self.url.as_str(),
            original_name => image.original_name.as_str(),
            file => image.file.as_str(),
            content_type => image.content_type.as_str(),
            size => image.size,
            size_text => size_text(image.size),
            uploaded_at => image.uploaded_at.to_string(),
            uploaded_text => time_text(image.uploaded_at),
            expires_at => self.expires_at.map(|time| time.to_string()),
            expires_text => self.expires_at.map(time_text),
        }
    }
}

/// A time as people write it, in the one zone that is right for every visitor.
fn time_text(time: Timestamp) -> String {
    time.strftime("%-d %B %Y, %H:%M UTC").to_string()
}
