//! The stylesheet, the script and the icon: the files of `static/`.
//!
//! Two ways, and the pages do not know which:
//!
//! - **Live**, in a debug build: straight from the directory. Change a file, reload the page, and see it. Nothing is
//!   hashed or kept by the browser, but a name that does not exist is an error already.
//! - **Collected**, in a release build: the files are part of the program. At start they are collected into the
//!   storage `staticfiles`, wherever the settings put that, under names with a hash; pages link to those, with their
//!   integrity, and browsers keep them for a year. A start that finds all of them there writes nothing, and several
//!   servers may start at once: the manifest comes last.
//!
//! One program with everything inside is what suits an example. A site with many files will rather run `holdall
//! collectstatic` when it is deployed, and here do nothing but [`Assets::load`].

use std::path::{Path, PathBuf};

use holdall::static_files::{Assets, Collector, Directories, Embedded, Live};
use holdall::{Result, Storages, Store};

use crate::place::Place;

/// Every file, as it is inside the program.
const FILES: [(&str, &[u8]); 3] = [
    ("gallery.css", include_bytes!("../static/gallery.css")),
    ("gallery.js", include_bytes!("../static/gallery.js")),
    ("icon.svg", include_bytes!("../static/icon.svg")),
];

/// Where the files inside the program come from, on the machine where the program was built.
pub const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/static");

/// Where they are in development.
const BASE_PATH: &str = "/static/";

/// Where the static files come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// From this directory, as they are now.
    Live(PathBuf),
    /// From the storage `staticfiles`, into which the program puts its own.
    Collected,
}

impl Source {
    /// What would be collected: the one description that both ways share.
    ///
    /// # Errors
    ///
    /// None for the files of the gallery: their names are good.
    pub fn collector(&self) -> Result<Collector> {
        Ok(match self {
            Self::Live(directory) => {
                Collector::new().finder(Directories::new(directory)).base_path(BASE_PATH)
            }
            // Nobody asks for a file by its own name: one of each is enough.
            Self::Collected => Collector::new().finder(Embedded::new(FILES)?).copies(false),
        })
    }

    /// The store that has the files, and where browsers find it. Nothing is read or written yet.
    pub(crate) async fn open(&self, storages: &Storages) -> Result<(Store, Place)> {
        match self {
            Self::Live(_) => {
                let live = Live::new(&self.collector()?)?;
                Ok((Store::new(live), Place::Here(BASE_PATH.to_owned())))
            }
            Self::Collected => {
                let store = storages.get(Storages::STATICFILES)?;
                let place = Place::of(Storages::STATICFILES, &store).await?;
                Ok((store, place))
            }
        }
    }

    /// What the templates ask for the files in `store`.
    ///
    /// # Errors
    ///
    /// For a file that refers to one that is not there, with its line; what the storage says. It is found out when
    /// the program starts, not by the first visitor.
    pub async fn load(&self, store: &Store) -> Result<Assets> {
        let collector = self.collector()?;
        match self {
            Self::Live(_) => {
                collector.check().await?;
                Assets::live(&collector)
            }
            Self::Collected => {
                collector.collect(store).await?;
                Assets::load(store).await
            }
        }
    }
}

/// What a build does when nobody says otherwise: a developer changes files, a release has them inside.
impl Default for Source {
    fn default() -> Self {
        if cfg!(debug_assertions) { Self::Live(Path::new(DIRECTORY).to_owned()) } else { Self::Collected }
    }
}
