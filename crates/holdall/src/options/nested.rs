//! Values of several words: lists, and tables inside a table.
//!
//! The environment has text only. There a list of words is written with commas (`a, b`), and anything in the syntax
//! of TOML (`["a", "b"]`, `{ gzip = 9 }`).

use std::collections::BTreeMap;

use holdall_core::Result;

use super::StorageSettings;
use crate::layers::toml::read_value;
use crate::value::{Inner, Kind, Value};

impl StorageSettings {
    /// A list of words. The environment can also say it as `a, b`.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for anything else, a single word of TOML included.
    pub fn take_texts(&mut self, key: &str) -> Result<Option<Vec<String>>> {
        let Some(items) = self.take_list(key)? else { return Ok(None) };
        let words: Option<Vec<String>> =
            items.into_iter().map(|item| (item.kind == Kind::Text).then_some(item.text)).collect();
        match words {
            Some(words) => Ok(Some(words)),
            None => Err(self.invalid(key, "has to hold text only, in quotes")),
        }
    }

    /// A table inside the table, read by `read` as a factory reads a storage: what it does not take is unknown.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for what is no table, and for what `read` refuses.
    pub fn take_table<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut StorageSettings) -> Result<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.take_parsed_value(key)? else { return Ok(None) };
        if matches!(value.inner, Inner::Table(_)) {
            return self.read_nested(key, value, ["[", "]"], read).map(Some);
        }
        Err(self.invalid(key, "has to be a table"))
    }

    /// Whether that key was given as a table.
    pub fn is_table(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|value| {
            matches!(value.inner, Inner::Table(_))
                || (value.origin.is_variable() && value.text.trim_start().starts_with('{'))
        })
    }

    /// A list of tables, each read as [`take_table`](Self::take_table) reads one: `[[static.missing]]`.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for what is no list of tables, and for what `read` refuses.
    pub fn take_tables<T>(
        &mut self,
        key: &str,
        mut read: impl FnMut(&mut StorageSettings) -> Result<T>,
    ) -> Result<Option<Vec<T>>> {
        let Some(items) = self.take_list(key)? else { return Ok(None) };
        if !items.iter().all(|item| matches!(item.inner, Inner::Table(_))) {
            return Err(self.invalid(key, "has to hold tables only, like { key = \"value\" }"));
        }
        self.read_all(key, items, &mut read).map(Some)
    }

    /// A list of tables and single words; a word is what the key `short` of a table with nothing else says.
    ///
    /// # Errors
    ///
    /// As [`take_tables`](Self::take_tables).
    pub fn take_tables_or_texts<T>(
        &mut self,
        key: &str,
        short: &str,
        mut read: impl FnMut(&mut StorageSettings) -> Result<T>,
    ) -> Result<Option<Vec<T>>> {
        let Some(items) = self.take_list(key)? else { return Ok(None) };
        let tables = items.into_iter().map(|item| match item.inner {
            Inner::Nothing => {
                Value { inner: Inner::Table([(short.to_owned(), item.clone())].into()), ..item }
            }
            _ => item,
        });
        let tables: Vec<Value> = tables.collect();
        self.read_all(key, tables, &mut read).map(Some)
    }

    /// A table whose keys are the application's own, all of them with text. The environment can also say it as
    /// `a=1, b=2`.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for anything else.
    pub fn take_map(&mut self, key: &str) -> Result<Option<BTreeMap<String, String>>> {
        let Some(value) = self.take_parsed_value(key)? else { return Ok(None) };
        let map: Option<BTreeMap<String, String>> = match value.inner {
            Inner::Table(table) => table
                .into_iter()
                .map(|(name, value)| (value.kind == Kind::Text).then_some((name, value.text)))
                .collect(),
            _ if value.kind == Kind::Text && value.origin.is_variable() => {
                let pairs = value.text.split(',').map(|pair| pair.split_once('='));
                pairs
                    .map(|pair| pair.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())))
                    .collect()
            }
            _ => None,
        };
        match map {
            Some(map) => Ok(Some(map)),
            None => Err(self.invalid(key, "has to be a table of text, like { name = \"value\" }")),
        }
    }

    /// The items of a list.
    fn take_list(&mut self, key: &str) -> Result<Option<Vec<Value>>> {
        let Some(value) = self.take_parsed_value(key)? else { return Ok(None) };
        match value.inner {
            Inner::List(items) => Ok(Some(items)),
            _ if value.kind == Kind::Text && value.origin.is_variable() => {
                let words = value.text.split(',').map(str::trim).filter(|word| !word.is_empty());
                Ok(Some(words.map(|word| Value::text(word, value.origin.clone())).collect()))
            }
            _ if value.kind == Kind::Text => {
                let reason = match value.shown(key) {
                    Some(shown) => format!("is {shown}; it has to be a list: [{shown}]"),
                    None => "has to be a list, in brackets".to_owned(),
                };
                Err(self.invalid(key, reason))
            }
            _ => Err(self.invalid(key, "has to be a list, in brackets")),
        }
    }

    /// The value of a key, out of the text of a variable where that is TOML.
    fn take_parsed_value(&mut self, key: &str) -> Result<Option<Value>> {
        match self.take(key) {
            Some(value) if value.origin.is_variable() && value.text.trim_start().starts_with(['[', '{']) => {
                match read_value(value.text.trim(), &value.origin) {
                    Ok(value) => Ok(Some(value)),
                    Err(reason) => Err(self.invalid(key, format_args!("is not TOML: {reason}"))),
                }
            }
            other => Ok(other),
        }
    }

    fn read_all<T>(
        &mut self,
        key: &str,
        items: Vec<Value>,
        mut read: impl FnMut(&mut StorageSettings) -> Result<T>,
    ) -> Result<Vec<T>> {
        // All of them are read before the first error is returned: each of them is remembered.
        let read: Vec<Result<T>> =
            items.into_iter().map(|item| self.read_nested(key, item, ["[[", "]]"], &mut read)).collect();
        read.into_iter().collect()
    }

    fn read_nested<T>(
        &mut self,
        key: &str,
        value: Value,
        [open, close]: [&str; 2],
        read: impl FnOnce(&mut StorageSettings) -> Result<T>,
    ) -> Result<T> {
        let Inner::Table(values) = value.inner else {
            return Err(self.invalid(key, "holds what is no table"));
        };
        let outer = self.scope(&value.origin);
        let section = format!("{open}{}.{key}{close}", outer.trim_matches(['[', ']']));
        let mut nested = StorageSettings::of_section(section, value.origin, values);
        // As with a factory: what it left untouched after an error may be known to it.
        let read = read(&mut nested).and_then(|read| nested.finish().map(|()| read));
        let problems = nested.into_problems();
        match read {
            Err(error) if problems.is_empty() => {
                Err(self.invalid(key, format_args!("cannot be used: {}", error.reason())))
            }
            read => {
                self.problems.extend(problems);
                read
            }
        }
    }
}
