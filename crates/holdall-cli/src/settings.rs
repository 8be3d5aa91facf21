//! The settings that a run goes by.

use std::env;

use holdall::{Place, StaticSettings, Storages, StoragesBuilder, Store};

use crate::args::Common;
use crate::exit::Failure;

/// What the settings say, with what the arguments say about them.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) storages: Storages,
    pub(crate) static_files: StaticSettings,
}

impl Settings {
    /// Reads `--settings`, or else what `HOLDALL_CONFIG` names, or else `holdall.toml`; and the environment.
    pub(crate) fn load(builder: StoragesBuilder, common: &Common) -> Result<Self, Failure> {
        let storages = match &common.settings {
            Some(file) => builder.file(file).environment(env::vars_os()).build(),
            None => builder.load(),
        };
        // Whatever kind a backend's error has: no storage was asked for anything yet.
        let storages = storages.map_err(|error| Failure::usage(Failure::from(error).message))?;
        let mut static_files = storages.static_settings().clone();
        if let Some(storage) = &common.storage {
            static_files = static_files.with_storage(storage);
        }
        Ok(Self { storages, static_files })
    }

    /// The storage of the static files.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        Ok(self.storages.get(self.static_files.storage())?)
    }

    /// Where that storage lies, if the settings tell.
    pub(crate) fn place(&self) -> Result<Option<&Place>, Failure> {
        Ok(self.storages.place(self.static_files.storage())?)
    }
}
