//! The stylesheet, the script and the icon: embedded in the program, published in `staticfiles`.
//!
//! At start each is saved into the storage if what lies there differs. So the pages' links lead to
//! wherever the settings put static files, and an update of the program updates them. A site with
//! many files will rather run `collectstatic` when it deploys.

use holdall::{SaveMode, Store};

use crate::App;

/// The name in the storage, the media type, the content.
type Asset = (&'static str, &'static str, &'static str);

const STYLESHEET: Asset = ("gallery.css", "text/css; charset=utf-8", include_str!("../assets/gallery.css"));
const SCRIPT: Asset = ("gallery.js", "text/javascript; charset=utf-8", include_str!("../assets/gallery.js"));
const ICON: Asset = ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg"));

/// Where a page finds its assets.
#[derive(Debug, Clone)]
pub struct AssetLinks {
    /// The URL of the stylesheet.
    pub stylesheet: String,
    /// The URL of the script.
    pub script: String,
    /// The URL of the icon.
    pub icon: String,
}

impl App {
    /// Asks the storage for each URL anew: it costs no I/O, and a signed one does not grow old.
    pub(crate) async fn asset_links(&self) -> holdall::Result<AssetLinks> {
        let store = self.static_files();
        Ok(AssetLinks {
            stylesheet: store.url(STYLESHEET.0).await?.url,
            script: store.url(SCRIPT.0).await?.url,
            icon: store.url(ICON.0).await?.url,
        })
    }
}

/// Saves the assets that are missing in `store` or differ from the program's.
///
/// # Errors
///
/// What the storage says: a static storage that cannot be written is found out when the program
/// starts, not by the first visitor.
pub async fn publish(store: &Store) -> holdall::Result<()> {
    for (name, content_type, text) in [STYLESHEET, SCRIPT, ICON] {
        let same = match store.open(name).await {
            Ok(file) => file.size() == text.len() as u64 && file.bytes().await? == text,
            Err(error) if error.is_not_found() => false,
            Err(error) => return Err(error),
        };
        if !same {
            store.save(name, text).mode(SaveMode::Overwrite).content_type(content_type).await?;
        }
    }
    Ok(())
}
