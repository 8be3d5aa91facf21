//! `FileSystemStorage` on real directories, with real processes, links, mounts and signals.

#![cfg(unix)]

#[path = "fs/attributes.rs"]
mod attributes;
#[path = "fs/basics.rs"]
mod basics;
#[path = "fs/builder.rs"]
mod builder;
#[path = "fs/cancellation.rs"]
mod cancellation;
#[path = "fs/confinement.rs"]
mod confinement;
#[path = "fs/conformance.rs"]
mod conformance;
#[path = "fs/foreign.rs"]
mod foreign;
#[path = "fs/hard_links.rs"]
mod hard_links;
#[path = "fs/kept.rs"]
mod kept;
#[path = "fs/kill.rs"]
mod kill;
#[path = "fs/modes.rs"]
mod modes;
#[path = "fs/mounts.rs"]
mod mounts;
#[path = "fs/power.rs"]
mod power;
#[path = "fs/presence.rs"]
mod presence;
#[path = "fs/processes.rs"]
mod processes;
#[path = "fs/races.rs"]
mod races;
#[path = "fs/support.rs"]
mod support;
#[path = "fs/trouble.rs"]
mod trouble;
#[path = "fs/unreadable.rs"]
mod unreadable;
#[path = "fs/urls.rs"]
mod urls;
