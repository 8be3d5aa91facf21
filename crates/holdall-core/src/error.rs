//! One error type for every storage: what went wrong, in which operation, where, and on which name.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::{fmt, io};

mod reply;

pub use self::reply::ServerReply;
use crate::name::Name;

/// A `Result` whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error that can cross a thread, as it is kept for [`source`](StdError::source).
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// What went wrong, as something that a program can decide on.
///
/// An application maps kinds to replies (`NotFound` to 404, `TooLarge` to 413, `StorageFull` and
/// `Unavailable` to 503); what a person should read is the [`Error`] itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no file of that name. A directory is no file.
    NotFound,
    /// The name is taken, and the save was not allowed to choose another one or to overwrite.
    AlreadyExists,
    /// The name can be a file's name on no storage, or not on this one.
    InvalidName,
    /// A value that was given is wrong on every storage: a malformed header value, content that is
    /// longer than its declared size.
    InvalidInput,
    /// The storage, the operating system or the service said no. Never used for "absent".
    PermissionDenied,
    /// The storage cannot do this, and says so before it has done anything.
    Unsupported,
    /// A condition of the caller (`if_match`, `IfMatch`) did not hold.
    PreconditionFailed,
    /// The caller has the current version already (`if_none_match`, `if_modified_since`).
    NotModified,
    /// The range asked for begins behind the end of the file.
    RangeNotSatisfiable,
    /// The content is larger than the caller's limit or than the storage takes.
    TooLarge,
    /// Two names exclude each other (`a` beside `a/b` on a disk), or a competing writer won.
    Conflict,
    /// The bytes are not those that the checksum was made of.
    ChecksumMismatch,
    /// The content that was given to `save` could not be read to its end. Nothing was stored.
    SourceFailed,
    /// No space, no inodes or no quota left.
    StorageFull,
    /// The storage does not answer or answers that it cannot serve now. Trying again may help.
    Unavailable,
    /// The storage did not answer in time.
    Timeout,
    /// A setting is missing or wrong; no operation can work until it is mended.
    InvalidConfig,
    /// Anything else; the [`source`](StdError::source) tells.
    Other,
}

impl ErrorKind {
    /// The kind that fits an error of the operating system.
    pub fn from_io(error: &io::Error) -> Self {
        use io::ErrorKind as Io;
        match error.kind() {
            Io::NotFound => Self::NotFound,
            Io::AlreadyExists => Self::AlreadyExists,
            Io::PermissionDenied | Io::ReadOnlyFilesystem => Self::PermissionDenied,
            Io::StorageFull | Io::QuotaExceeded => Self::StorageFull,
            Io::FileTooLarge => Self::TooLarge,
            Io::InvalidFilename => Self::InvalidName,
            Io::IsADirectory | Io::NotADirectory | Io::DirectoryNotEmpty => Self::Conflict,
            Io::TimedOut => Self::Timeout,
            Io::ConnectionRefused
            | Io::ConnectionReset
            | Io::ConnectionAborted
            | Io::NotConnected
            | Io::HostUnreachable
            | Io::NetworkUnreachable
            | Io::NetworkDown
            | Io::BrokenPipe => Self::Unavailable,
            Io::Unsupported => Self::Unsupported,
            _ => Self::Other,
        }
    }

    /// Whether it answers the question that was asked, so that nobody has to ask support about it.
    fn is_answer(self) -> bool {
        matches!(
            self,
            Self::NotFound
                | Self::AlreadyExists
                | Self::PreconditionFailed
                | Self::NotModified
                | Self::RangeNotSatisfiable
        )
    }

    /// The sentence that is shown where an error brings none of its own.
    fn sentence(self) -> &'static str {
        match self {
            Self::NotFound => "there is no such file",
            Self::AlreadyExists => "the name is taken",
            Self::InvalidName => "the name is not valid",
            Self::InvalidInput => "a value that was given is not valid",
            Self::PermissionDenied => "permission denied",
            Self::Unsupported => "the storage does not support this",
            Self::PreconditionFailed => "the file is no longer the version that the caller expects",
            Self::NotModified => "the file has not changed",
            Self::RangeNotSatisfiable => "the range begins behind the end of the file",
            Self::TooLarge => "the content is too large",
            Self::Conflict => "another file stands in the way",
            Self::ChecksumMismatch => "the bytes do not match their checksum",
            Self::SourceFailed => "the content could not be read; nothing was stored",
            Self::StorageFull => "there is no space left",
            Self::Unavailable => "the storage cannot be reached",
            Self::Timeout => "the storage did not answer in time",
            Self::InvalidConfig => "the settings are not valid",
            Self::Other => "the operation failed",
        }
    }
}

/// The verb that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Settings were read or a storage was built.
    Configure,
    /// [`Storage::open`](crate::Storage::open), or reading what it returned.
    Open,
    /// [`Storage::save`](crate::Storage::save).
    Save,
    /// [`Storage::delete`](crate::Storage::delete).
    Delete,
    /// [`Storage::metadata`](crate::Storage::metadata) or `exists`.
    Metadata,
    /// [`Storage::list`](crate::Storage::list) or `listdir`.
    List,
    /// [`Storage::copy`](crate::Storage::copy).
    Copy,
    /// [`Storage::rename`](crate::Storage::rename).
    Rename,
    /// [`Store::promote`](crate::Store::promote).
    Promote,
    /// [`Storage::url`](crate::Storage::url).
    Url,
    /// [`Storage::upload_request`](crate::Storage::upload_request).
    UploadRequest,
    /// [`Storage::set_visibility`](crate::Storage::set_visibility).
    SetVisibility,
    /// [`Storage::path`](crate::Storage::path).
    Path,
    /// [`Storage::sweep`](crate::Storage::sweep).
    Sweep,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Configure => "configure",
            Self::Open => "open",
            Self::Save => "save",
            Self::Delete => "delete",
            Self::Metadata => "look at",
            Self::List => "list",
            Self::Copy => "copy",
            Self::Rename => "rename",
            Self::Promote => "promote",
            Self::Url => "make a URL for",
            Self::UploadRequest => "make an upload request for",
            Self::SetVisibility => "set the visibility of",
            Self::Path => "give a path for",
            Self::Sweep => "remove leftovers",
        })
    }
}

/// The error of every operation of every storage.
///
/// `Display` is one line for people: the operation, the name, the storage and a sentence that says
/// what to do where that is known, and at the end the server's id of the request, where the error is one to ask
/// support about. The causes are in [`source`](StdError::source), for logs. Neither
/// holds a secret: no key, no signature, no signed URL.
///
/// ```
/// use holdall_core::{Error, ErrorKind, Operation};
///
/// let error = Error::new(ErrorKind::NotFound).with_operation(Operation::Open).with_name("usr/cat.jpg");
/// assert_eq!(error.to_string(), "cannot open \"usr/cat.jpg\": there is no such file");
/// assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::NotFound);
/// ```
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    operation: Option<Operation>,
    storage: Option<String>,
    name: Option<String>,
    setting: Option<Cow<'static, str>>,
    message: Option<String>,
    retryable: Option<bool>,
    reply: Option<ServerReply>,
    source: Option<BoxError>,
}

impl Error {
    /// An error of that kind, with nothing said yet about where it happened.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Repr {
            kind,
            operation: None,
            storage: None,
            name: None,
            setting: None,
            message: None,
            retryable: None,
            reply: None,
            source: None,
        }))
    }

    /// An error of that kind with a sentence of its own (no capital, no full stop at the end).
    pub fn message(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind).with_message(message)
    }

    /// An error of the operating system, with the kind that fits it.
    pub fn from_io(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(error) => {
                let message = error.to_string();
                Self::new(ErrorKind::from_io(&error)).with_message(message).with_source(error)
            }
        }
    }

    /// [`ErrorKind::InvalidConfig`] about one setting. `key` is the name of the builder's call that set it, which is
    /// the key in settings files too. `reason` is a whole sentence for people; it does not repeat a secret.
    ///
    /// A builder makes one for the first setting that it refuses, so that whoever gave it the settings can point to
    /// the line where that one stands. Where two settings exclude each other, `key` is the one to change.
    ///
    /// ```
    /// use holdall_core::{Error, ErrorKind};
    ///
    /// let error = Error::setting("part_size", "the part_size is 1 KiB; it has to be 5 MiB at least");
    /// assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    /// assert_eq!(error.setting_key(), Some("part_size"));
    /// assert_eq!(error.to_string(), "the part_size is 1 KiB; it has to be 5 MiB at least");
    /// ```
    pub fn setting(key: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        Self::message(ErrorKind::InvalidConfig, reason).with_setting_key(key)
    }

    /// Says which setting is at fault, for an error of any kind: a root that may not be opened is
    /// [`PermissionDenied`](ErrorKind::PermissionDenied) and is about `root`.
    pub fn with_setting_key(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.0.setting = Some(key.into());
        self
    }

    /// Replaces the sentence.
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    /// Replaces the cause.
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says which verb failed.
    pub fn with_operation(mut self, operation: Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Says on which name it failed.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.0.name = Some(name.into());
        self
    }

    /// Says in which storage it failed; the storage's `Display` is kept.
    pub fn with_storage(mut self, storage: &dyn fmt::Display) -> Self {
        self.0.storage = Some(storage.to_string());
        self
    }

    /// Overrides what [`is_retryable`](Self::is_retryable) concludes from the kind.
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = Some(retryable);
        self
    }

    /// Says which reply of a server it came from.
    pub fn with_reply(mut self, reply: ServerReply) -> Self {
        self.0.reply = Some(reply);
        self
    }

    /// Fills in operation, storage and name where they have not been said yet.
    ///
    /// [`Store`](crate::Store) does this for every error, so that a backend may leave them out.
    pub fn or_at(mut self, operation: Operation, storage: &dyn fmt::Display, name: Option<&str>) -> Self {
        let repr = &mut *self.0;
        repr.operation.get_or_insert(operation);
        repr.storage.get_or_insert_with(|| storage.to_string());
        if repr.name.is_none() {
            repr.name = name.map(str::to_owned);
        }
        self
    }

    /// The kind: what a program decides on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The verb that failed, where it is known.
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// The `Display` of the storage, where it is known.
    pub fn storage(&self) -> Option<&str> {
        self.0.storage.as_deref()
    }

    /// The name as the caller gave it, or the name that an unfinished save got.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The key of the setting that a builder refused. `None` for errors about no setting, and for errors about more
    /// than one of which none is the wrong one.
    pub fn setting_key(&self) -> Option<&str> {
        self.0.setting.as_deref()
    }

    /// The reply of the server that it came from: status, code and request id. `None` for errors that no server
    /// has sent, and where a backend cannot tell.
    pub fn reply(&self) -> Option<&ServerReply> {
        self.0.reply.as_ref()
    }

    /// The sentence alone, without operation, name and storage: for an error that tells of this one.
    pub fn reason(&self) -> &str {
        self.0.message.as_deref().unwrap_or_else(|| self.kind().sentence())
    }

    /// Whether the very same call may succeed later without anybody mending anything.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable.unwrap_or(matches!(self.kind(), ErrorKind::Unavailable | ErrorKind::Timeout))
    }

    /// Shorthand for `kind() == ErrorKind::NotFound`.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// [`ErrorKind::NotFound`] for that name.
    pub fn not_found(name: &Name) -> Self {
        Self::new(ErrorKind::NotFound).with_name(name.as_str())
    }

    /// [`ErrorKind::Unsupported`]: `what` completes the sentence "this storage cannot ...".
    pub fn unsupported(what: impl fmt::Display) -> Self {
        Self::message(ErrorKind::Unsupported, format!("this storage cannot {what}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repr = &*self.0;
        if let Some(operation) = repr.operation {
            write!(f, "cannot {operation}")?;
            if let Some(name) = &repr.name {
                // Debug formatting: a name may hold anything, and must not break a log line.
                write!(f, " {name:?}")?;
            }
            if let Some(storage) = &repr.storage {
                write!(f, " in {storage}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(self.reason())?;
        match repr.reply.as_ref().and_then(|reply| reply.request_id.as_ref()) {
            Some(id) if !repr.kind.is_answer() => write!(f, " (request id {id})"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repr = &*self.0;
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &repr.kind).field("message", &self.to_string());
        if let Some(setting) = &repr.setting {
            debug.field("setting", setting);
        }
        if let Some(reply) = &repr.reply {
            debug.field("reply", reply);
        }
        if let Some(source) = &repr.source {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        use io::ErrorKind as Io;
        let kind = match error.kind() {
            ErrorKind::NotFound => Io::NotFound,
            ErrorKind::AlreadyExists => Io::AlreadyExists,
            ErrorKind::InvalidName => Io::InvalidFilename,
            ErrorKind::InvalidInput | ErrorKind::RangeNotSatisfiable | ErrorKind::InvalidConfig => {
                Io::InvalidInput
            }
            ErrorKind::PermissionDenied => Io::PermissionDenied,
            ErrorKind::Unsupported => Io::Unsupported,
            ErrorKind::TooLarge => Io::FileTooLarge,
            ErrorKind::ChecksumMismatch => Io::InvalidData,
            ErrorKind::StorageFull => Io::StorageFull,
            ErrorKind::Timeout => Io::TimedOut,
            ErrorKind::Conflict => Io::ResourceBusy,
            ErrorKind::PreconditionFailed
            | ErrorKind::NotModified
            | ErrorKind::SourceFailed
            | ErrorKind::Unavailable
            | ErrorKind::Other => Io::Other,
        };
        Self::new(kind, error)
    }
}
