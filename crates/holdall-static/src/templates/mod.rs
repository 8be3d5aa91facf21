//! Template engines, and checking what templates ask for.

#[cfg(feature = "askama")]
pub mod askama_filters;
mod check;
#[cfg(feature = "minijinja")]
mod minijinja;
mod syntax;

pub use self::check::TemplateProblem;
