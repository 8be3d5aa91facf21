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
//! | [`serve`] | local files over HTTP, until Holdall's own layer does it |
//! | [`assets`] | stylesheet and script, published in the `staticfiles` storage |
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
pub mod render;
pub mod serve;
pub mod upload;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use holdall::{Error, ErrorKind, Storages, Store, UploadTo};
use minijinja::Environment;
use sqlx::SqlitePool;

use crate::config::Settings;
use crate::serve::Trust;

/// What every handler shares. A clone is another handle to the same thing.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    media: Store,
    static_files: Store,
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
    /// Opens the database, publishes the assets, and is ready.
    ///
    /// # Errors
    ///
    /// [`StartError`], with the sentence that says what to mend.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let path = &settings.database;
        let db =
            db::open(path).await.map_err(|source| StartError::Database { path: path.clone(), source })?;
        let media = settings.storages.get(Storages::DEFAULT)?;
        let static_files = settings.storages.get(Storages::STATICFILES)?;
        assets::publish(&static_files).await?;
        Ok(Self(Arc::new(Inner {
            media,
            static_files,
            // As in Django: the pattern is filled in with the time of the upload, so no folder
            // grows without end.
            upload_to: UploadTo::strftime("usr/%Y/%m/")?,
            db,
            templates: render::templates(),
            max_upload: settings.max_upload,
        })))
    }

    /// All routes, ready to be served.
    ///
    /// # Errors
    ///
    /// If a storage cannot make URLs, so that no page could show an image, or if both claim one address.
    pub async fn router(&self) -> holdall::Result<Router> {
        let theirs = serve::mount_point(Storages::DEFAULT, self.media()).await?;
        let ours = serve::mount_point(Storages::STATICFILES, self.static_files()).await?;
        if let (Some(mount), true) = (&theirs, theirs == ours) {
            // An upload called gallery.js must never stand in for ours.
            let sentence = format!("default and staticfiles have one base_url, {mount:?}; give each its own");
            return Err(Error::message(ErrorKind::InvalidConfig, sentence));
        }
        let mut files = Router::new();
        for (store, mount, trust) in
            [(self.media(), theirs, Trust::Theirs), (self.static_files(), ours, Trust::Ours)]
        {
            if let Some(mount) = mount {
                files = files.merge(serve::routes(store, &mount, trust));
            }
        }
        Ok(Router::new()
            .route("/", get(pages::index).post(pages::upload))
            .route("/images/{id}", get(pages::image))
            .route("/images/{id}/delete", get(pages::ask_delete).post(pages::delete))
            .with_state(self.clone())
            .merge(files)
            .fallback(pages::not_found)
            .method_not_allowed_fallback(pages::method_not_allowed)
            .layer(axum::middleware::from_fn_with_state(self.clone(), render::dress)))
    }

    /// Where the visitors' images go.
    pub fn media(&self) -> &Store {
        &self.0.media
    }

    /// Where the application's own files go.
    pub fn static_files(&self) -> &Store {
        &self.0.static_files
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

    fn templates(&self) -> &Environment<'static> {
        &self.0.templates
    }
}
