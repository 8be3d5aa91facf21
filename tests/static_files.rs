//! Static files in a bucket, as the bucket sees them: which requests a collection makes, and what is there after it was
//! interrupted.

#[path = "static_files/counts.rs"]
mod counts;
#[path = "static_files/headers.rs"]
mod headers;
#[path = "static_files/killed.rs"]
mod killed;
#[path = "static_files/pruned.rs"]
mod pruned;
#[path = "static_files/refused.rs"]
mod refused;
#[path = "static_files/support.rs"]
mod support;
#[path = "static_files/together.rs"]
mod together;
