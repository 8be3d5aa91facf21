//! Pages of packages in a real headless Chromium, from what was collected of them: nothing may be missing, and nothing
//! may complain.
//!
//! A page that loads only hashed files is collected without copies, so that every reference that was not rewritten is a
//! missing file. What a package puts together when it runs needs the copies; then the test says which these are.
//! Pictures of the pages stay in `target/browser/`.

#[path = "../../../../examples/gallery/tests/gallery/browser/driver.rs"]
mod driver;
#[path = "browser/pages.rs"]
mod pages;
#[path = "browser/pdf.rs"]
mod pdf;
#[path = "browser/site.rs"]
mod site;
#[path = "browser/visit.rs"]
mod visit;
