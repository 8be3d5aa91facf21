//! A web application that stores images through Holdall.
//!
//! Written as a program of its size should be, to be read from here:
//!
//! | file | job |
//! | --- | --- |
//! | [`config`] | settings from the environment, the storages from `holdall.toml` |
//! | [`App`] | what every handler shares: two stores, a database, the templates |
//! | [`pages`] | the pages, and what their buttons do |
//! | [`upload`] | an image on its way from the form into the storage |
//! | [`intake`] | the body of an upload: bounded, patient, one chunk at a time |
//! | [`kind`] | which images are taken, told from their bytes |
//! | [`csrf`] | the token that tells our forms from a foreign site's |
//! | [`image`], [`db`] | the model and the database |
//! | [`place`] | where a browser finds the files of a storage |
//! | [`serve`] | local files over HTTP, until Holdall's own layer does it |
//! | [`assets`] | stylesheet, script and icon: live in development, collected in a release |
//! | [`render`], [`error`] | from a template to a response, from a failure to a sentence |
//!
//! Nothing here knows where the images lie. `HOLDALL_STORAGES__DEFAULT__URL=s3://…` moves them to a
//! bucket, and the pages then link to signed URLs: the same lines of [`pages`] and [`upload`] run.

pub mod assets;
pub mod config;
pub mod csrf;
pub mod db;
pub mod error;
pub mod image;
pub mod intake;
pub mod kind;
pub mod pages;
pub mod place;
pub mod render;
pub mod serve;
pub mod upload;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::routing::get;
use holdall::static_files::Assets;
use holdall::{Error, ErrorKind, Storages, Store, UploadTo};
use minijinja::Environment;
use sqlx::SqlitePool;

use crate::config::Settings;
use crate::place::Place;
use crate::serve::Trust;

/// What every handler shares. A clone is another handle to the same thing.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    media: Store,
    media_place: Place,
    static_files: Store,
    static_place: Place,
    assets: Assets,
    policy: HeaderValue,
    upload_to: UploadTo,
    db: SqlitePool,
    templates: Environment<'static>,
    max_upload: u64,
}

/// Why the gallery could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A storage is missing in the settings or does not do its work.
    #[error("the storages are not ready: {0}")]
    Storage(#[from] holdall::Error),
    /// A static file refers to one that is not there, or they cannot be read or published.
    #[error("the static files are not ready: {0}")]
    Static(#[source] holdall::Error),
    /// The database cannot be opened or brought to the current schema.
    #[error("the database {} cannot be used: {source}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What the database or the operating system said.
        source: sqlx::Error,
    },
}

impl App {
    /// Opens the database, makes the static files ready, and is ready.
    ///
    /// # Errors
    ///
    /// [`StartError`], with the sentence that says what to mend.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let path = &settings.database;
        let db =
            db::open(path).await.map_err(|source| StartError::Database { path: path.clone(), source })?;
        let media = settings.storages.get(Storages::DEFAULT)?;
        let media_place = Place::of(Storages::DEFAULT, &media).await?;
        let (static_files, static_place) = settings.static_source.open(&settings.storages).await?;
        if let (Place::Here(mount), true) = (&media_place, media_place == static_place) {
            // An upload called gallery.js must never stand in for ours.
            let sentence = format!("default and staticfiles have one base_url, {mount:?}; give each its own");
            return Err(Error::message(ErrorKind::InvalidConfig, sentence).into());
        }
        let assets = settings.static_source.load(&static_files).await.map_err(StartError::Static)?;
        Ok(Self(Arc::new(Inner {
            policy: render::policy(&static_place, &media_place),
            media,
            media_place,
            static_files,
            static_place,
            templates: render::templates(&assets),
            assets,
            // As in Django: the pattern is filled in with the time of the upload, so no folder
            // grows without end.
            upload_to: UploadTo::strftime("usr/%Y/%m/")?,
            db,
            max_upload: settings.max_upload,
        })))
    }

    /// All routes, ready to be served.
    pub fn router(&self) -> Router {
        let mut files = Router::new();
        for (store, place, trust) in [
            (self.media(), &self.0.media_place, Trust::Theirs),
            (self.static_files(), &self.0.static_place, Trust::Ours(self.assets().clone())),
        ] {
            if let Place::Here(mount) = place {
                files = files.merge(serve::routes(store, mount, trust));
            }
        }
        Router::new()
            .route("/", get(pages::index).post(pages::upload))
            .route("/images/{id}", get(pages::image))
            .route("/images/{id}/delete", get(pages::ask_delete).post(pages::delete))
            .with_state(self.clone())
            .merge(files)
            .fallback(pages::not_found)
            .method_not_allowed_fallback(pages::method_not_allowed)
            .layer(axum::middleware::from_fn_with_state(self.clone(), render::dress))
    }

    /// Where the visitors' images go.
    pub fn media(&self) -> &Store {
        &self.0.media
    }

    /// Where the application's own files go.
    pub fn static_files(&self) -> &Store {
        &self.0.static_files
    }

    /// What the templates ask for those files.
    pub fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// What the gallery remembers of its images.
    pub fn db(&self) -> &SqlitePool {
        &self.0.db
    }

    /// The size of the largest image that is taken, in bytes.
    pub fn max_upload(&self) -> u64 {
        self.0.max_upload
    }

    fn upload_to(&self) -> &UploadTo {
        &self.0.upload_to
    }

    fn policy(&self) -> &HeaderValue {
        &self.0.policy
    }

    fn media_place(&self) -> &Place {
        &self.0.media_place
    }

    fn templates(&self) -> &Environment<'static> {
        &self.0.templates
    }
}
