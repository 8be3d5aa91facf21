//! Static files in a running application, seen from outside.

#[path = "collect/example.rs"]
mod example;

#[path = "serving/assets.rs"]
mod assets;
#[path = "serving/entries.rs"]
mod entries;
#[path = "serving/linked.rs"]
mod linked;
#[path = "serving/live.rs"]
mod live;
#[path = "serving/manifest_storage.rs"]
mod manifest_storage;
#[path = "serving/modules.rs"]
mod modules;
#[path = "serving/site.rs"]
mod site;
#[path = "serving/templates.rs"]
mod templates;
