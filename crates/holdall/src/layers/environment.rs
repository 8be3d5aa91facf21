//! The layer of the environment: `HOLDALL_STORAGES__<NAME>__<KEY>=value`, `HOLDALL_STATIC__<KEY>=value`.
//!
//! Two underscores separate, since one is part of names and keys. Letter case does not matter: names and
//! keys of settings are lower case, variables of the environment are upper case by custom.
//!
//! An empty variable counts as unset: a compose file writes one for every variable that nobody gave
//! (`HOLDALL_STORAGES__DEFAULT__ENDPOINT=`).

use std::ffi::OsString;

use super::{Layer, Table, check_name};
use crate::problems::{Problem, Problems};
use crate::value::{SettingOrigin, Value};

/// Names the file of settings. Not a setting itself.
pub(crate) const CONFIG: &str = "HOLDALL_CONFIG";

const PREFIX: &str = "HOLDALL_STORAGES__";
const STATIC: &str = "HOLDALL_STATIC__";

/// Reads the variables that are settings, and leaves all others alone.
pub(crate) fn read(variables: &[(OsString, OsString)], problems: &mut Problems) -> Layer {
    let mut layer = Layer::default();
    // Sorted, so that errors do not come in the order of a hash.
    let mut ours: Vec<_> = variables
        .iter()
        .filter_map(|(variable, value)| Some((variable.to_str()?, value)))
        .filter(|(variable, _)| is_ours(&variable.to_ascii_uppercase()))
        .collect();
    ours.sort();
    for (variable, value) in ours {
        let origin = SettingOrigin::variable(variable);
        let (table, key) = match split(variable) {
            Ok(parts) => parts,
            Err(sentence) => {
                problems.push(Problem::new(origin, sentence));
                continue;
            }
        };
        if value.is_empty() {
            continue;
        }
        let Some(value) = value.to_str() else {
            problems.push(Problem::new(origin, "the value is not UTF-8"));
            continue;
        };
        let new = || Table::new(origin.clone());
        let table = match table {
            Named::Storage(name) => layer.tables.entry(name).or_insert_with(new),
            Named::Static => layer.static_files.get_or_insert_with(new),
        };
        if let Some(first) = table.values.get(&key) {
            let sentence = format!("{} says the same; keep one", first.origin);
            problems.push(Problem::new(origin, sentence));
            continue;
        }
        table.values.insert(key, Value::text(value, origin));
    }
    layer
}

/// Whether the variable is a setting, or looks so much like one that leaving it out would be a silent
/// mistake: `HOLDALL_STORAGE__...`, `HOLDALL_STORAGES_DEFAULT_URL`.
fn is_ours(upper: &str) -> bool {
    upper.starts_with("HOLDALL_STORAGE")
        || upper.starts_with("HOLDALL_STATIC")
        || (upper.starts_with("HOLDALL_") && upper.contains("__"))
}

/// Which table a variable is about.
enum Named {
    Storage(String),
    Static,
}

/// The table and the key.
fn split(variable: &str) -> Result<(Named, String), String> {
    const SHAPE: &str = "write HOLDALL_STORAGES__<NAME>__<KEY>, with two underscores between the parts";
    if let Some((prefix, key)) = variable.split_at_checked(STATIC.len())
        && prefix.eq_ignore_ascii_case(STATIC)
    {
        let key = key.to_lowercase();
        return match key.split_once("__") {
            None if !key.is_empty() => Ok((Named::Static, key)),
            Some((outer, _)) if !outer.is_empty() => Err(format!(
                "tables inside [static] are set as a whole; write HOLDALL_STATIC__{}='{{ key = \"value\" }}'",
                outer.to_uppercase()
            )),
            _ => Err("this names no key; write HOLDALL_STATIC__<KEY>".to_owned()),
        };
    }
    if variable.to_ascii_uppercase().starts_with("HOLDALL_STATIC") {
        return Err("this is no setting; write HOLDALL_STATIC__<KEY>, with two underscores".to_owned());
    }
    let Some((prefix, rest)) = variable.split_at_checked(PREFIX.len()) else {
        return Err(format!("this is no setting; {SHAPE}"));
    };
    if !prefix.eq_ignore_ascii_case(PREFIX) {
        return Err(format!("this is no setting; {SHAPE}"));
    }
    match rest.to_lowercase().split_once("__") {
        Some((name, key)) if !key.is_empty() => {
            check_name(name)?;
            Ok((Named::Storage(name.to_owned()), key.to_owned()))
        }
        _ => Err(format!("this names no key; {SHAPE}")),
    }
}
