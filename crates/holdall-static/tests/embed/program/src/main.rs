//! A program of one file: says what it would serve.

use holdall_core::{Result, Store};
use holdall_static::{Assets, ManifestStorage, embedded, static_url};

const STYLESHEET: &str = "css/app.css";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let files = embedded!()?;
    let manifest = files.manifest()?;
    let store = Store::new(ManifestStorage::with_manifest(files.clone(), manifest.clone()));
    let assets = Assets::with_manifest(&Store::new(files), manifest.clone()).await?;

    println!("compiled {}", static_url!(STYLESHEET));
    println!("asked {}", store.url(STYLESHEET).await?.url);
    println!("tag {}", assets.stylesheet(STYLESHEET)?);
    let hashed = manifest.get(STYLESHEET).expect("it is in the manifest");
    let file = store.open(hashed).await?;
    println!("caching {}", file.metadata().attributes.cache_control.as_deref().unwrap_or_default());
    println!("text {}", file.text().await?.trim());
    println!("range {}", store.open("robots.txt").range(0..10).await?.text().await?);
    println!("files {}", store.listdir("").await?.files.len());
    Ok(())
}
