//! What a bundler has hashed already: it keeps its name, is marked immutable, and its references stay untouched.
//!
//! Hashing it a second time would give an entry point two names: the one that the page asks for, and the one that
//! the bundler wrote into its other files. A browser takes these for two modules and runs both.

mod closure;
mod pattern;
mod prehashed;
mod recognise;
mod shape;
mod vite;
mod webpack;

pub use self::prehashed::Prehashed;
pub(crate) use self::recognise::Recognised;
pub use self::vite::{ViteChunk, ViteManifest};
