//! The layer of a TOML document.
//!
//! Read as a tree with spans rather than through serde: every value keeps the line that it was written
//! on.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use holdall_core::backend::nearest_word;

use super::{Layer, Table, check_name};
use crate::problems::{Problem, Problems};
use crate::value::{Document, Inner, Kind, SettingOrigin, Value};

/// The table of storages.
const STORAGES: &str = "storages";
/// The table of static files.
const STATIC: &str = "static";

/// Reads a document. What can be read is in the layer even where something else is wrong; `None` is what
/// is no TOML at all.
pub(crate) fn read(text: &str, document: Document, problems: &mut Problems) -> Option<Layer> {
    let document = Arc::new(document);
    // Editors of Windows put a mark in front of UTF-8, which is no TOML.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let at = |index: usize| {
        let before = text.as_bytes().iter().take(index);
        SettingOrigin::line(&document, 1 + before.filter(|byte| **byte == b'\n').count())
    };
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            // The parser's message without its excerpt of the document: the line may hold a secret.
            let origin = at(error.span().map_or(0, |span| span.start));
            problems.push(Problem::new(origin, format!("this is not TOML: {}", error.message())));
            return None;
        }
    };

    let mut layer = Layer::default();
    for (key, value) in root.get_ref() {
        let (key, origin) = (key.get_ref().as_ref(), at(key.span().start));
        if key == STATIC {
            match value.get_ref() {
                DeValue::Table(table) => layer.static_files = Some(read_table(origin, table, &at)),
                _ => problems.push(Problem::new(origin, "\"static\" has to be a table: [static]")),
            }
        } else if key != STORAGES {
            problems.push(Problem::new(origin, unknown_table(key)));
        } else if let DeValue::Table(storages) = value.get_ref() {
            for (name, table) in storages {
                let (name, named_at) = (name.get_ref().as_ref(), name.span().start);
                if let Err(sentence) = check_name(name) {
                    problems.push(Problem::new(at(named_at), sentence));
                } else if let DeValue::Table(table) = table.get_ref() {
                    layer.tables.insert(name.to_owned(), read_table(at(named_at), table, &at));
                } else {
                    let sentence = format!("\"storages.{name}\" has to be a table: [storages.{name}]");
                    problems.push(Problem::new(at(named_at), sentence));
                }
            }
        } else {
            let sentence = "\"storages\" has to be a table of storages, like [storages.default]";
            problems.push(Problem::new(origin, sentence));
        }
    }
    Some(layer)
}

fn unknown_table(key: &str) -> String {
    let hint = match nearest_word(key, [STORAGES, STATIC]) {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => "storages are written as [storages.default]".to_owned(),
    };
    format!("unknown key {key:?}; {hint}")
}

/// One value in the syntax of TOML, for who has text only: `["static", { prefix = "a", path = "b" }]`.
pub(crate) fn read_value(text: &str, origin: &SettingOrigin) -> Result<Value, String> {
    let value = DeValue::parse(text).map_err(|error| error.message().to_owned())?;
    Ok(value_of(value.get_ref(), origin.clone(), &|_| origin.clone()))
}

/// One `[storages.name]`, or `[static]`.
fn read_table(origin: SettingOrigin, table: &DeTable<'_>, at: &impl Fn(usize) -> SettingOrigin) -> Table {
    Table { origin, values: entries(table, at) }
}

fn entries(table: &DeTable<'_>, at: &impl Fn(usize) -> SettingOrigin) -> BTreeMap<String, Value> {
    let entries = table.iter().map(|(key, value)| {
        let origin = at(key.span().start);
        (key.get_ref().clone().into_owned(), value_of(value.get_ref(), origin, at))
    });
    entries.collect()
}

fn value_of(value: &DeValue<'_>, origin: SettingOrigin, at: &impl Fn(usize) -> SettingOrigin) -> Value {
    let (text, kind) = scalar(value);
    let inner = match value {
        DeValue::Array(items) => Inner::List(
            items.iter().map(|item| value_of(item.get_ref(), at(item.span().start), at)).collect(),
        ),
        DeValue::Table(table) => Inner::Table(entries(table, at)),
        _ => Inner::Nothing,
    };
    Value { text, kind, origin, inner }
}

/// A value as the environment and a URL could say it too. What they could not is kept as what it is, for
/// whoever wants that key to refuse.
fn scalar(value: &DeValue<'_>) -> (String, Kind) {
    let other = |what: &str| (what.to_owned(), Kind::Other);
    match value {
        DeValue::String(text) => (text.to_string(), Kind::Text),
        DeValue::Integer(integer) => {
            let radix = integer.radix();
            let number = i128::from_str_radix(integer.as_str(), radix);
            let text = number.map_or_else(|_| integer.to_string(), |number| number.to_string());
            (text, Kind::Integer { radix })
        }
        DeValue::Float(float) => (float.as_str().to_owned(), Kind::Float),
        DeValue::Boolean(boolean) => (boolean.to_string(), Kind::Boolean),
        DeValue::Datetime(_) => other("a date"),
        DeValue::Array(_) => other("a list"),
        DeValue::Table(_) => other("a table"),
    }
}
