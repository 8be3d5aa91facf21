//! The keys of `[static]`. Most are calls of `Collector`, under the same names.

use std::num::NonZeroUsize;

use holdall_core::{Location, Result};
use holdall_static::{Collector, HashAlgorithm, Ignore, SourceMaps};

use super::{Directory, StaticSettings, compress, rules};
use crate::options::StorageSettings;

/// Takes every key, so that all that is wrong is told at once.
pub(super) fn take(options: &mut StorageSettings) -> Result<StaticSettings> {
    let mut settings = StaticSettings::default();
    let storage = options.take_str("storage");
    let directories = options.take_tables_or_texts("dirs", "path", directory);
    let ignore = options.take_texts("ignore");
    let default_ignore = options.take_bool("default_ignore");
    let git = git(options);
    #[cfg(feature = "static-crates")]
    let crates = super::crates::take(options);
    #[cfg(not(feature = "static-crates"))]
    let crates = needs_feature(options, "crates", "static-crates");
    let collector = collector(options);

    if let Some(storage) = storage? {
        settings.storage = storage;
    }
    settings.directories = directories?.unwrap_or_default();
    settings.ignore = ignore?.unwrap_or_default();
    settings.default_ignore = default_ignore?.unwrap_or(true);
    settings.git = git?;
    #[cfg(feature = "static-crates")]
    {
        settings.crates = crates?;
    }
    #[cfg(not(feature = "static-crates"))]
    crates?;
    settings.collector = collector?;
    Ok(settings)
}

/// What is left out by git's rules.
#[cfg(feature = "static-gitignore")]
fn git(options: &mut StorageSettings) -> Result<Ignore> {
    let (lines, files) = (options.take_texts("gitignore"), options.take_bool("ignore_files"));
    let (lines, files) = (lines?.unwrap_or_default(), files?.unwrap_or(false));
    let ignore = Ignore::none().gitignore(&lines.join("\n"));
    Ok(ignore.map_err(|error| options.refused("gitignore", error))?.ignore_files(files))
}

#[cfg(not(feature = "static-gitignore"))]
fn git(options: &mut StorageSettings) -> Result<Ignore> {
    let keys = ["gitignore", "ignore_files"].map(|key| needs_feature(options, key, "static-gitignore"));
    keys.into_iter().collect::<Result<Vec<()>>>().map(|_| Ignore::none())
}

/// A key that this build cannot honour. Who shares settings with the command may write it all the same, if its feature
/// is on there: an application without it would collect, or serve, other files.
#[cfg(not(all(feature = "static-crates", feature = "static-gitignore")))]
fn needs_feature(options: &mut StorageSettings, key: &str, feature: &str) -> Result<()> {
    let given = options.contains(key);
    options.expect(key);
    if !given {
        return Ok(());
    }
    let reason = format_args!("needs the cargo feature {feature:?} of the crate \"holdall\"");
    Err(options.invalid(key, reason))
}

/// An item of `dirs`.
fn directory(options: &mut StorageSettings) -> Result<Directory> {
    let path = options.require_path("path");
    let origin = options.origin("path").cloned();
    let prefix = options.take_str("prefix");
    let prefix = match prefix? {
        // Django's staticfiles.E003.
        Some(prefix) if prefix.ends_with('/') => {
            return Err(
                options.invalid("prefix", format_args!("is {prefix:?}; it must not end with a slash"))
            );
        }
        Some(prefix) => Location::new(&prefix)
            .map_err(|error| options.invalid("prefix", format_args!("cannot be used: {error}")))?,
        None => Location::root(),
    };
    Ok(Directory {
        prefix,
        path: path?,
        origin: origin.unwrap_or_else(crate::value::SettingOrigin::argument),
    })
}

/// The keys that are calls of the collector.
fn collector(options: &mut StorageSettings) -> Result<Collector> {
    let hashes =
        [("md5", HashAlgorithm::Md5), ("sha256", HashAlgorithm::Sha256), ("blake3", HashAlgorithm::Blake3)];
    let hash = options.take_choice("hash", &hashes);
    let base_path = base_path(options);
    let jobs = options.take_parsed::<NonZeroUsize>("jobs", "a whole number above 0");
    let copies = options.take_bool("copies");
    let missing = options.take_tables("missing", rules::missing);
    let kinds = options.take_table("severity", rules::severities);
    let strict = options.take_bool("strict");
    let headers = options.take_tables("headers", rules::headers);
    let prehashed = options.take_tables("prehashed", rules::prehashed);
    let import_map = rules::import_map(options);
    let preload = options.take_texts("preload");
    let compress = compress::take(options);
    let scan = options.take_table("scan", rules::scan);
    let fates = [("hash", SourceMaps::Hash), ("follow", SourceMaps::Follow), ("omit", SourceMaps::Omit)];
    let source_maps = options.take_choice("source_maps", &fates);
    let drop_missing_source_maps = options.take_bool("drop_missing_source_maps");

    let mut collector = Collector::new();
    if let Some(hash) = hash? {
        collector = collector.hash(hash);
    }
    if let Some(base_path) = base_path? {
        collector = collector.base_path(base_path);
    }
    if let Some(jobs) = jobs? {
        collector = collector.jobs(jobs.get());
    }
    if let Some(copies) = copies? {
        collector = collector.copies(copies);
    }
    for (files, references, severity) in missing?.unwrap_or_default() {
        collector = collector.missing(files, references, severity);
    }
    for (kind, severity) in kinds?.unwrap_or_default() {
        collector = collector.missing_kind(kind, severity);
    }
    if let Some(strict) = strict? {
        collector = collector.strict(strict);
    }
    for (files, headers) in headers?.unwrap_or_default() {
        collector = collector.headers(files, headers);
    }
    for prehashed in prehashed?.unwrap_or_default() {
        collector = collector.prehashed(prehashed);
    }
    if let Some(import_map) = import_map? {
        collector = collector.import_map(import_map);
    }
    for pattern in preload?.unwrap_or_default() {
        collector = collector.preload(pattern);
    }
    if let Some(scan) = scan? {
        collector = collector.scan(scan);
    }
    if let Some(source_maps) = source_maps? {
        collector = collector.source_maps(source_maps);
    }
    if let Some(drop) = drop_missing_source_maps? {
        collector = collector.drop_missing_source_maps(drop);
    }
    if let Some(compression) = compress? {
        collector = collector.compress(compression);
    }
    Ok(collector)
}

/// Checked here: with any other path no absolute reference would be one to a static file.
fn base_path(options: &mut StorageSettings) -> Result<Option<String>> {
    match options.take_str("base_path")? {
        Some(path) if !(path.starts_with('/') && path.ends_with('/')) => Err(options
            .invalid("base_path", format_args!("is {path:?}; it has to begin and to end with a slash"))),
        path => Ok(path),
    }
}
