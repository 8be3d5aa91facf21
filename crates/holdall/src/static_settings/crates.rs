//! `crates = true`, or the table `[static.crates]`.

use std::path::PathBuf;

use holdall_core::Result;
use holdall_static::Crates;

use crate::options::StorageSettings;

/// Whose static files are collected too: those of a package and of the crates that it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CratesSettings {
    manifest: PathBuf,
    package: Option<String>,
    features: Vec<String>,
    default_features: bool,
    platform: Option<String>,
}

/// The key `crates`. Without a path the package is the one beside the settings.
pub(super) fn take(options: &mut StorageSettings) -> Result<Option<CratesSettings>> {
    let origin = options.origin("crates").cloned();
    let beside = origin.and_then(|origin| origin.directory().map(ToOwned::to_owned));
    // The directory of `holdall.toml` is empty, which cargo does not take.
    let beside = beside.filter(|path| !path.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."));
    if options.is_table("crates") {
        return options.take_table("crates", |options| table(options, beside));
    }
    let wanted = "true, false, or a table like { package = \"site\" }";
    let crates = options.take_parsed::<bool>("crates", wanted)?.unwrap_or(false);
    Ok(crates.then(|| CratesSettings {
        manifest: beside,
        package: None,
        features: Vec::new(),
        default_features: true,
        platform: None,
    }))
}

fn table(options: &mut StorageSettings, beside: PathBuf) -> Result<CratesSettings> {
    let manifest = options.take_path("path");
    let package = options.take_str("package");
    let features = options.take_texts("features");
    let default_features = options.take_bool("default_features");
    let platform = options.take_str("platform");
    Ok(CratesSettings {
        manifest: manifest?.unwrap_or(beside),
        package: package?,
        features: features?.unwrap_or_default(),
        default_features: default_features?.unwrap_or(true),
        platform: platform?,
    })
}

impl CratesSettings {
    pub(super) fn finder(&self) -> Crates {
        let mut crates = Crates::of(&self.manifest).default_features(self.default_features);
        if let Some(package) = &self.package {
            crates = crates.package(package);
        }
        if let Some(platform) = &self.platform {
            crates = crates.platform(platform);
        }
        crates.features(&self.features)
    }
}
