//! What a crate declares in `[package.metadata.holdall]`.

use std::path::PathBuf;

use cargo_metadata::Package;
use holdall_core::{Error, ErrorKind, Location, Operation, Result};
use serde_json::Value;

/// The forms of one declaration, for people.
const FORMS: &str = "\"static\", { path = \"static\", prefix = \"blog\" }, or a list of these";

/// Prefixes and directories of a crate, in the order of its declaration.
///
/// # Errors
///
/// For a value of another type, a path that leads out of the crate, and a directory that is not there: with the
/// crate and the key.
pub(super) fn declared(package: &Package) -> Result<Vec<(String, PathBuf)>> {
    let section = match package.metadata.get("holdall") {
        None => return Ok(Vec::new()),
        Some(Value::Object(section)) => section,
        Some(other) => return Err(wrong(package, "", &format!("must be a table; it is {}", kind(other)))),
    };
    // A crate of a registry may be written for a later release of this one; a crate at hand has a slip in it.
    if package.source.is_none()
        && let Some(key) = section.keys().find(|key| *key != "static")
    {
        return Err(wrong(package, "", &format!("has the key {key:?}; \"static\" is known")));
    }
    let Some(value) = section.get("static") else { return Ok(Vec::new()) };
    let several = match value {
        Value::Array(several) => several.as_slice(),
        one => std::slice::from_ref(one),
    };
    several.iter().map(|one| directory(package, one)).collect()
}

fn directory(package: &Package, value: &Value) -> Result<(String, PathBuf)> {
    let wrong = |what: &str| wrong(package, ".static", what);
    let text = |value: &Value, of: &str| match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(wrong(&format!("must have text for {of}; it is {}", kind(other)))),
    };
    let (prefix, path) = match value {
        Value::String(path) => (String::new(), path.clone()),
        Value::Object(table) => {
            let mut prefix = String::new();
            let mut path = None;
            for (key, value) in table {
                match key.as_str() {
                    "path" => path = Some(text(value, "path")?),
                    "prefix" => prefix = text(value, "prefix")?,
                    _ => return Err(wrong(&format!("has the key {key:?}; path and prefix are known"))),
                }
            }
            (prefix, path.ok_or_else(|| wrong("has a table without path"))?)
        }
        other => return Err(wrong(&format!("must be {FORMS}; it is {}", kind(other)))),
    };
    Location::new(&prefix)
        .map_err(|error| wrong(&format!("has no prefix that can be: {}", error.reason())))?;
    // What lies outside is not part of the crate that others get.
    let inside = Location::new(&path)
        .map_err(|error| wrong(&format!("must lead to a directory inside the crate: {}", error.reason())))?;
    let root = package.manifest_path.parent().map(|root| root.as_std_path().to_owned()).unwrap_or_default();
    let directory = root.join(inside.as_str());
    if !directory.is_dir() {
        return Err(wrong(&format!("names the directory {}, which does not exist", directory.display())));
    }
    Ok((prefix, directory))
}

fn wrong(package: &Package, key: &str, what: &str) -> Error {
    let message = format!(
        "package.metadata.holdall{key} of the crate {} {what} ({})",
        package.name, package.manifest_path
    );
    Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::List)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}
