//! The gallery from outside: over HTTP, as a process, and in a real browser.
//!
//! One binary for all of it, because every binary links the S3 SDK and takes its time to.

mod browser;
mod delete;
mod files;
mod forms;
mod names;
mod pictures;
mod process;
mod refusals;
mod site;
mod static_files;
mod trouble;
