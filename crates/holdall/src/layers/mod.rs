//! The layers of settings, and what they come to for one storage.
//!
//! Lowest first: built-in defaults, files, text, the environment. All of them become [`Layer`]s of the
//! same strings, and one rule merges them: **a layer that says which backend a storage has (by `backend`
//! or by `url`) replaces what lower layers said about that storage; other keys go on top.** So a bucket
//! in production never inherits the `root` of development, and a single key can still be overridden.

pub(crate) mod environment;
pub(crate) mod toml;
pub(crate) mod url;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use holdall_core::backend::nearest_word;

use crate::problems::{Problem, Problems};
use crate::value::{Kind, SettingOrigin, Value};

/// What one place says about all storages, and about static files.
#[derive(Default)]
pub(crate) struct Layer {
    pub(crate) tables: BTreeMap<String, Table>,
    /// What it says about static files.
    pub(crate) static_files: Option<Table>,
}

/// What one place says about one storage, or about static files.
pub(crate) struct Table {
    /// Where it is named: the header `[storages.default]`, or its first variable.
    pub(crate) origin: SettingOrigin,
    pub(crate) values: BTreeMap<String, Value>,
}

impl Table {
    pub(crate) fn new(origin: SettingOrigin) -> Self {
        Self { origin, values: BTreeMap::new() }
    }

    fn chooses_backend(&self) -> bool {
        self.values.contains_key("backend") || self.values.contains_key("url")
    }
}

/// All that is said about one storage, URLs taken apart.
pub(crate) struct Resolved {
    pub(crate) backend: Chosen,
    pub(crate) values: BTreeMap<String, Value>,
}

/// Which backend a storage has, by whose word.
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) origin: SettingOrigin,
    /// The word came from the scheme of a URL, which people know it by.
    pub(crate) scheme: Option<String>,
}

/// Whether `name` can name a storage: every layer must be able to say it, so nothing that the
/// environment cannot tell apart (letter case, and `__`, which separates there).
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let fine = !name.is_empty()
        && !name.contains("__")
        && !name.starts_with('_')
        && !name.ends_with('_')
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
    if fine {
        return Ok(());
    }
    Err(format!(
        "{name:?} cannot name a storage; use lower-case letters, digits, \"-\" and single \"_\" inside, which the \
         environment can say too"
    ))
}

/// What the layers, lowest first, come to for that storage.
///
/// Layers below the highest one that chooses a backend are not looked at, so they cannot be wrong.
/// `None` says that the problems hold the reason.
pub(crate) fn resolve(name: &str, layers: &[Layer], problems: &mut Problems) -> Option<Resolved> {
    let tables: Vec<&Table> = layers.iter().filter_map(|layer| layer.tables.get(name)).collect();
    let base = tables.iter().rposition(|table| table.chooses_backend());
    let Some(base) = base else {
        problems.extend(no_backend(name, &tables));
        return None;
    };
    let mut resolved = choose(name, tables[base], problems)?;
    for table in &tables[base + 1..] {
        resolved.values.extend(table.values.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    Some(resolved)
}

/// What the layers, lowest first, come to for static files: each key as the highest one says it.
#[cfg(feature = "static")]
pub(crate) fn static_files(layers: &[Layer]) -> Option<Table> {
    let tables = layers.iter().filter_map(|layer| layer.static_files.as_ref());
    let mut merged: Option<Table> = None;
    for table in tables {
        let values = table.values.iter().map(|(key, value)| (key.clone(), value.clone()));
        merged.get_or_insert_with(|| Table::new(table.origin.clone())).values.extend(values);
    }
    merged
}

/// Nobody said which backend. Somebody may have meant to.
fn no_backend(name: &str, tables: &[&Table]) -> Option<Problem> {
    let mut given = tables.iter().flat_map(|table| &table.values);
    let slip = given.find_map(|(key, value)| Some((key, value, nearest_word(key, ["backend", "url"])?)));
    if let Some((key, value, meant)) = slip {
        let sentence = format!("unknown key {key:?} in [storages.{name}]; did you mean {meant:?}?");
        return Some(Problem::new(value.origin.clone(), sentence));
    }
    let sentence = format!(
        "[storages.{name}] has no backend; add a key \"backend\", like \"fs\", or a key \"url\", like \
         \"file:var/media\""
    );
    tables.first().map(|table| Problem::new(table.origin.clone(), sentence))
}

/// The backend and the keys of the table that chooses.
fn choose(name: &str, table: &Table, problems: &mut Problems) -> Option<Resolved> {
    let mut values = table.values.clone();
    let (backend, url) = (values.remove("backend"), values.remove("url"));
    for (key, value) in [("backend", &backend), ("url", &url)] {
        if let Some(Value { kind, text, origin, .. }) =
            value.as_ref().filter(|value| value.kind != Kind::Text)
        {
            let shown = if *kind == Kind::Other { text } else { "no text" };
            let sentence = format!("{key:?} in [storages.{name}] is {shown}; it has to be text, in quotes");
            problems.push(Problem::new(origin.clone(), sentence));
            return None;
        }
    }
    match (backend, url) {
        (Some(backend), None) => {
            let backend = Chosen { name: backend.text, origin: backend.origin, scheme: None };
            Some(Resolved { backend, values })
        }
        (None, Some(url)) => {
            let mut resolved = match url::parse(&url, Some(name)) {
                Ok(resolved) => resolved,
                Err(problem) => {
                    problems.push(problem);
                    return None;
                }
            };
            for (key, value) in values {
                match resolved.values.entry(key) {
                    Entry::Vacant(free) => drop(free.insert(value)),
                    Entry::Occupied(taken) => {
                        let key = taken.key();
                        let sentence = format!(
                            "{key:?} in [storages.{name}] is given in the url too; write it in one place"
                        );
                        problems.push(Problem::new(value.origin, sentence));
                    }
                }
            }
            Some(resolved)
        }
        (Some(backend), Some(_)) => {
            let sentence = format!(
                "[storages.{name}] has both \"backend\" and \"url\"; the url says the backend, so keep one"
            );
            problems.push(Problem::new(backend.origin, sentence));
            None
        }
        (None, None) => None,
    }
}
