//! The crate from outside: the conformance suite over several stores, what only a network shows, settings, and
//! `object_store`'s own tests over storages of Holdall.

#[path = "object_store/conformance.rs"]
mod conformance;
#[path = "object_store/odd.rs"]
mod odd;
#[path = "object_store/reverse.rs"]
mod reverse;
#[path = "object_store/s3.rs"]
mod s3;
#[path = "object_store/support.rs"]
mod support;
