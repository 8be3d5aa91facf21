//! Where uploads go: Django's `upload_to`.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::error::{Error, ErrorKind, Result};
use crate::name::{Location, Name};

/// Makes the name of an upload out of what the client calls it: Django's `upload_to`.
///
/// A pattern is a directory in which strftime directives stand for the local time; a closure makes the
/// whole name. Either way only the last segment of what the client sent is used, and the file name goes
/// through [`Name::sanitize`], so that a hostile client name is harmless. The name is a request: `save`
/// makes it unique and returns the one to keep.
///
/// ```
/// use holdall_core::UploadTo;
///
/// let upload_to = UploadTo::strftime("usr/%Y")?;
/// let name = upload_to.generate("../../john's cat.jpg")?;
/// assert!(name.as_str().starts_with("usr/2") && name.as_str().ends_with("/johns_cat.jpg"));
/// # Ok::<(), holdall_core::Error>(())
/// ```
#[derive(Clone)]
pub struct UploadTo(Kind);

#[derive(Clone)]
enum Kind {
    Strftime(String),
    Function(Arc<dyn Fn(&str) -> String + Send + Sync>),
}

impl UploadTo {
    /// A directory with strftime directives (`%Y`, `%m`, `%d`, ...).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a directive that does not exist, [`ErrorKind::InvalidName`] for a
    /// pattern that is no location. Both are found here, not at the first upload.
    pub fn strftime(pattern: impl Into<String>) -> Result<Self> {
        let pattern = pattern.into();
        expand(&pattern, SystemTime::now(), TimeZone::system())?;
        Ok(Self(Kind::Strftime(pattern)))
    }

    /// A closure that makes the whole name out of the client's file name. It is called once for each
    /// upload, so it may be random.
    pub fn function(function: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self(Kind::Function(Arc::new(function)))
    }

    /// The name for an upload that arrives now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when nothing is left of the client's name, or the closure's result
    /// is no name.
    pub fn generate(&self, client_name: &str) -> Result<Name> {
        self.generate_at(client_name, SystemTime::now())
    }

    /// The name for an upload that arrived at that time.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate).
    pub fn generate_at(&self, client_name: &str, time: SystemTime) -> Result<Name> {
        let file_name = client_name.rsplit(['/', '\\']).next().unwrap_or_default();
        match &self.0 {
            Kind::Strftime(pattern) => {
                expand(pattern, time, TimeZone::system())?.join(&Name::sanitize(file_name)?)
            }
            Kind::Function(function) => {
                let name = function(file_name);
                // The directories are the application's and must be valid; the file name may be the client's.
                let start = name.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
                let (location, file_name) = name.split_at(start);
                Location::new(location)?.join(&Name::sanitize(file_name)?)
            }
        }
    }
}

fn expand(pattern: &str, time: SystemTime, zone: TimeZone) -> Result<Location> {
    let failed = |error: jiff::Error| {
        let message = format!("{pattern:?} is no usable upload pattern: {error}");
        Error::message(ErrorKind::InvalidInput, message).with_source(error)
    };
    let time = Zoned::new(Timestamp::try_from(time).map_err(failed)?, zone);
    Location::new(&strtime::format(pattern, &time).map_err(failed)?)
}

impl fmt::Debug for UploadTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Strftime(pattern) => f.debug_tuple("UploadTo").field(pattern).finish(),
            Kind::Function(_) => f.write_str("UploadTo(closure)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, UNIX_EPOCH};

    use jiff::tz::TimeZone;

    use super::{UploadTo, expand};
    use crate::error::ErrorKind;

    #[test]
    fn patterns_expand_and_are_checked_early() {
        let time = UNIX_EPOCH + Duration::from_secs(1_790_000_000);
        assert_eq!(expand("usr/%Y/%m/%d", time, TimeZone::UTC).unwrap().as_str(), "usr/2026/09/21");
        assert_eq!(expand("", time, TimeZone::UTC).unwrap().as_str(), "");
        for pattern in ["usr/%", "/usr", "usr/../etc"] {
            assert!(UploadTo::strftime(pattern).is_err(), "{pattern:?}");
        }
    }

    #[test]
    fn directories_are_kept_and_file_names_cleaned() {
        let upload_to = UploadTo::strftime("dir with space").unwrap();
        for (client, expected) in [
            ("f g.txt", "dir with space/f_g.txt"),
            ("../../etc/passwd", "dir with space/passwd"),
            (r"C:\fakepath\cat.jpg", "dir with space/cat.jpg"),
            ("a/b/../c d.txt", "dir with space/c_d.txt"),
        ] {
            assert_eq!(upload_to.generate(client).unwrap(), expected, "{client:?}");
        }
        for client in ["", "..", "a/", "$.$", "a/.."] {
            assert_eq!(upload_to.generate(client).unwrap_err().kind(), ErrorKind::InvalidName, "{client:?}");
        }
    }

    /// What a pattern cleans of the client's name, a closure that keeps it does not have to clean itself.
    #[test]
    fn a_closure_takes_the_client_names_that_a_pattern_takes() {
        let pattern = UploadTo::strftime("usr").unwrap();
        let closure = UploadTo::function(|client| format!("usr/{client}"));
        let long = "x".repeat(2000);
        for client in [
            "ca\tt.jpg",
            "a\0b",
            "a\r\nb.txt",
            "\u{1b}[2J.png",
            " .. a",
            &long,
            "..",
            "",
            "a/",
            "$",
            ".holdall-x",
        ] {
            let (one, other) = (pattern.generate(client), closure.generate(client));
            match (one, other) {
                (Ok(one), Ok(other)) => assert_eq!(one, other, "{client:?}"),
                (Err(one), Err(other)) => assert_eq!(one.kind(), other.kind(), "{client:?}"),
                (one, other) => panic!("{client:?}: {one:?}, but {other:?}"),
            }
        }
        for name in ["/x", "\\x", "/usr/x", "usr/../x", "us\tr/x", "usr/"] {
            assert!(UploadTo::function(move |_| name.to_owned()).generate("x").is_err(), "{name:?}");
        }
    }

    /// Django's hostile names: a closure that ignores the client's name makes them harmless.
    #[test]
    fn a_closure_decides_and_is_called_once() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let upload_to = UploadTo::function(|_| {
            CALLS.fetch_add(1, Ordering::Relaxed);
            "safe dir/test name.txt".to_owned()
        });
        for client in ["", ".", "..", "/", "../x", r"..\x", "/tmp/x", "a\0b", "a/", r"C:\x", "..\\..\\..\\x"]
        {
            assert_eq!(upload_to.generate(client).unwrap(), "safe dir/test_name.txt", "{client:?}");
        }
        assert_eq!(CALLS.load(Ordering::Relaxed), 11);
        assert!(UploadTo::function(|_| "/etc/passwd".to_owned()).generate("x").is_err());
        assert!(UploadTo::function(|name| format!("../{name}")).generate("x").is_err());
    }
}
