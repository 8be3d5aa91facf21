//! Collecting real trees into real storages, seen from outside.

#[path = "collect/example.rs"]
mod example;
#[path = "collect/faulty.rs"]
mod faulty;
#[path = "collect/support.rs"]
mod support;

#[path = "collect/bundles.rs"]
mod bundles;
#[path = "collect/clear.rs"]
mod clear;
#[cfg(feature = "compress")]
#[path = "collect/compression.rs"]
mod compression;
#[path = "collect/dry_runs.rs"]
mod dry_runs;
#[path = "collect/events.rs"]
mod events;
#[path = "collect/failures.rs"]
mod failures;
#[path = "collect/finding.rs"]
mod finding;
#[path = "collect/generations.rs"]
mod generations;
#[path = "collect/headers.rs"]
mod headers;
#[path = "collect/histories.rs"]
mod histories;
#[path = "collect/import_maps.rs"]
mod import_maps;
#[path = "collect/languages.rs"]
mod languages;
#[cfg(unix)]
#[path = "collect/links.rs"]
mod links;
#[path = "collect/names.rs"]
mod names;
#[path = "collect/problems.rs"]
mod problems;
#[path = "collect/publishing.rs"]
mod publishing;
#[path = "collect/references.rs"]
mod references;
#[path = "collect/runs.rs"]
mod runs;
#[path = "collect/source_maps.rs"]
mod source_maps;
#[cfg(unix)]
#[path = "collect/sources.rs"]
mod sources;
#[path = "collect/trees.rs"]
mod trees;
#[path = "collect/verifying.rs"]
mod verifying;
