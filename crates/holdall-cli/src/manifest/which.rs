//! Which manifest an argument means.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use holdall::Store;
use holdall::static_files::{GenerationId, Generations, Manifest};

use crate::exit::{Exit, Failure};

/// `current`, `previous`, the id of a generation, or a file of this machine.
#[derive(Debug, Clone, Default)]
pub(super) enum Which {
    #[default]
    Current,
    Previous,
    Generation(GenerationId),
    File(PathBuf),
}

impl FromStr for Which {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "current" => Self::Current,
            "previous" => Self::Previous,
            _ => match text.parse() {
                Ok(id) => Self::Generation(id),
                Err(_) => Self::File(text.into()),
            },
        })
    }
}

impl Which {
    /// Whether the storage has to be asked.
    pub(super) fn is_stored(&self) -> bool {
        !matches!(self, Self::File(_))
    }

    /// The manifest, from the storage, which is only asked for where it is needed.
    pub(super) async fn load(&self, store: Option<&Store>) -> Result<Manifest, Failure> {
        match (self, store) {
            (Self::File(path), _) => from_file(path),
            (Self::Current, Some(store)) => Ok(Manifest::load(store).await?),
            (Self::Generation(id), Some(store)) => Ok(Generations::load(store).await?.manifest(*id).await?),
            (Self::Previous, Some(store)) => {
                let generations = Generations::load(store).await?;
                let previous = generations.previous().map(|generation| generation.id);
                let none = || Failure::new(Exit::No, format!("there is no previous generation in {store}"));
                Ok(generations.manifest(previous.ok_or_else(none)?).await?)
            }
            (_, None) => Err(Failure::usage("a manifest of the storage is asked for without a storage")),
        }
    }
}

fn from_file(path: &PathBuf) -> Result<Manifest, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        let message = format!(
            "{} is no id of a generation (twelve hexadecimal digits), and no file that can be read: {error}",
            path.display()
        );
        Failure::new(Exit::Failed, message)
    })?;
    Manifest::parse(&bytes).map_err(|error| {
        let failure = Failure::from(error);
        Failure::new(failure.exit, format!("{}: {}", path.display(), failure.message))
    })
}
