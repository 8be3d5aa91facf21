//! `FileSystemStorage` on real directories.

#[path = "fs/basics.rs"]
mod basics;
#[path = "fs/support.rs"]
mod support;
