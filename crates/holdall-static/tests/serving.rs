//! Static files in a running application, seen from outside.

#[path = "collect/support.rs"]
#[expect(dead_code, reason = "shared with the tests of collecting, which use all of it")]
mod support;

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
