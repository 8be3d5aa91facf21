//! Static files that are part of the program: what [`build::Embed`](crate::build::Embed) wrote, read where it is.

mod index;
mod lookup;
mod storage;

pub(crate) use self::index::{Index, IndexedFile, VERSION};
#[doc(hidden)]
pub use self::lookup::url_of;
pub use self::storage::ProgramStorage;

/// The static files that the package's build script embedded, as a [`ProgramStorage`]. See [`build`](crate::build).
///
/// # Errors
///
/// It gives a `Result`: [`ErrorKind::InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) when the build script was
/// made with another release of this crate, whose index is not known.
#[macro_export]
macro_rules! embedded {
    () => {
        $crate::ProgramStorage::from_parts(
            include_bytes!(concat!(
                env!(
                    "OUT_DIR",
                    "static files are embedded by a build script: call holdall_static::build::Embed in it"
                ),
                "/holdall-static/files.bin"
            )),
            include_bytes!(concat!(env!("OUT_DIR"), "/holdall-static/index.json")),
        )
    };
}

/// The URL of a static file that the package's build script embedded, as `&'static str`: made when the program is
/// compiled, where a name that no file has is an error. See [`build`](crate::build).
///
/// ```text
/// error[E0080]: evaluation panicked: there is no static file "css/ap.css"; did you mean "css/app.css"?
/// ```
///
/// The name is a constant expression: a literal, a `const`.
#[macro_export]
macro_rules! static_url {
    ($name:expr $(,)?) => {{
        // A constant of its own is evaluated even in code that nobody calls. Only the search for the name that is
        // nearest to an unknown one looks at all names, and ends.
        #[allow(long_running_const_eval)]
        const STATIC_URL: &str = $crate::url_of(
            include_str!(concat!(
                env!(
                    "OUT_DIR",
                    "static files are embedded by a build script: call holdall_static::build::Embed in it"
                ),
                "/holdall-static/urls.txt"
            )),
            $name,
        );
        STATIC_URL
    }};
}
