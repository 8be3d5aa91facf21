//! What Django's system checks of `staticfiles` look for, before anything is collected.

use std::fmt;
use std::path::{Path, PathBuf};

use holdall_static::Severity;

use super::{Directory, StaticSettings};
use crate::storages::Storages;

/// Something about the settings of static files that is wrong, or probably not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StaticCheck {
    /// What Django calls it, where Django has it: `staticfiles.E002`.
    pub id: Option<&'static str>,
    /// Whether it keeps from collecting.
    pub severity: Severity,
    /// The sentence, with its place in front.
    pub message: String,
}

impl fmt::Display for StaticCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.id.map_or(Ok(()), |id| write!(f, " ({id})"))
    }
}

impl StaticSettings {
    /// Looks at what the settings mean on this machine: Django's checks `staticfiles.E002`, `W004` and `E005`. `E001`
    /// and `E003`, which need no look, are errors of reading the settings.
    ///
    /// It reads directories of this machine and no storage, and blocks for as long.
    pub fn check(&self, storages: &Storages) -> Vec<StaticCheck> {
        let mut checks = Vec::new();
        let root = match storages.get(&self.storage) {
            // A file at the root of the storage, whether it exists or not.
            Ok(store) => {
                store.path("manifest").ok().flatten().and_then(|file| Some(file.parent()?.to_owned()))
            }
            Err(error) => {
                checks.push(error_of("staticfiles.E005", error.to_string()));
                None
            }
        };
        for directory in &self.directories {
            checks.extend(self.absent(directory));
            checks.extend(root.as_deref().and_then(|root| self.overlap(directory, root)));
        }
        if !self.names_sources() {
            let message = "[static] names nothing to collect; write dirs = [\"static\"] there".to_owned();
            checks.push(StaticCheck { id: None, severity: Severity::Warning, message });
        }
        checks
    }

    #[expect(clippy::unused_self, reason = "one of the checks")]
    fn absent(&self, directory: &Directory) -> Option<StaticCheck> {
        let sentence = format!(
            "the directory {} in \"dirs\" of [static] does not exist; it is left out",
            directory.path.display()
        );
        let message = directory.origin.say(&sentence);
        let id = Some("staticfiles.W004");
        (!directory.exists()).then_some(StaticCheck { id, severity: Severity::Warning, message })
    }

    /// A storage that lies where files come from collects its own files, and `--clear` there would delete the
    /// sources.
    fn overlap(&self, directory: &Directory, root: &Path) -> Option<StaticCheck> {
        let (from, to) = (real(&directory.path), real(root));
        let ignored = |inside: &Path| {
            let ignore = self.ignore();
            inside.iter().any(|segment| segment.to_str().is_some_and(|own_name| ignore.directory(own_name)))
        };
        let how = match (to.strip_prefix(&from), from.strip_prefix(&to)) {
            (Ok(inside), _) if inside.as_os_str().is_empty() => "is where",
            (Ok(inside), _) if !ignored(inside) => "holds the directory where",
            (_, Ok(_)) => "is inside the directory where",
            _ => return None,
        };
        let sentence = format!(
            "{} in \"dirs\" of [static] {how} the storage {:?} keeps its files; publish to another directory",
            directory.path.display(),
            self.storage
        );
        Some(error_of("staticfiles.E002", directory.origin.say(&sentence)))
    }
}

fn error_of(id: &'static str, message: String) -> StaticCheck {
    StaticCheck { id: Some(id), severity: Severity::Error, message }
}

/// The path without links and `..`, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for ancestor in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), path.strip_prefix(ancestor)) {
            return real.join(rest);
        }
    }
    path
}
