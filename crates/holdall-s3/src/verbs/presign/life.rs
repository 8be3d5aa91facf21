//! How long a signature really lives: the shortest of what was asked for, seven days, and the credentials.
//!
//! A signature with temporary credentials dies with them, even if its `X-Amz-Expires` is later ("Sharing objects
//! with presigned URLs", Amazon S3 User Guide). So the life that is signed and promised is cut to theirs.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::config::Credentials;
use holdall_core::{Error, ErrorKind, Result};

use crate::config::limits::MAX_EXPIRY;
use crate::wire::client::{Inner, Sdk};

/// The credentials that sign, and the time in which they do.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) credentials: Credentials,
    /// The time of signing, as it is signed, in whole seconds.
    pub(super) start: SystemTime,
    /// The life from there, as it is signed, in whole seconds.
    pub(super) duration: Duration,
}

impl Life {
    /// When the signature ends.
    pub(super) fn expires_at(&self) -> SystemTime {
        self.start + self.duration
    }
}

impl Inner {
    /// The life of a link.
    pub(super) async fn life_of_link(&self, asked: Option<Duration>) -> Result<Life> {
        self.life(asked, self.start_of_link(asked)).await
    }

    /// From when a link lives: rounded to the window, if there is one, so that the same link comes out again.
    ///
    /// A link that was asked to live shorter than the window is signed for the moment; rounded, it could be
    /// dead when it is made.
    pub(super) fn start_of_link(&self, asked: Option<Duration>) -> SystemTime {
        let urls = &self.config.urls;
        let window = urls.expiry_window.filter(|&window| window <= asked.unwrap_or(urls.expires_in));
        rounded(self.now(), window.unwrap_or(SECOND))
    }

    /// The life of a request that is made once.
    pub(super) async fn life_of_request(&self, asked: Option<Duration>) -> Result<Life> {
        self.life(asked, rounded(self.now(), SECOND)).await
    }

    async fn life(&self, asked: Option<Duration>, start: SystemTime) -> Result<Life> {
        let Sdk { credentials, .. } = self.sdk().await?;
        let strict = self.config.urls.strict_expiry;
        let asked = asked.unwrap_or(self.config.urls.expires_in);
        if strict && asked > MAX_EXPIRY {
            let message = format!("{} s were asked for; S3 signs for seven days at most", asked.as_secs());
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        // Signatures have whole seconds; what would be left of a fraction is cut off.
        let asked = Duration::from_secs(asked.min(MAX_EXPIRY).as_secs());
        if asked.is_zero() {
            let message = "a signed request must live for a second at least";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        let now = rounded(self.now(), SECOND).max(start);
        let credentials = self.url_credentials.for_url(credentials, now, start, asked).await?;
        let Some(end) = credentials.expiry() else {
            return Ok(Life { credentials, start, duration: asked });
        };
        let left = Duration::from_secs(end.duration_since(start).unwrap_or_default().as_secs());
        if start + left <= now {
            return Err(Error::message(ErrorKind::PermissionDenied, "the credentials have expired"));
        }
        if strict && left < asked {
            let message = format!(
                "the credentials end in {} s, sooner than the {} s that were asked for, and a signature ends with \
                 them; ask for less, or use credentials that live longer",
                end.duration_since(now).unwrap_or_default().as_secs(),
                asked.as_secs(),
            );
            return Err(Error::message(ErrorKind::PermissionDenied, message));
        }
        Ok(Life { credentials, start, duration: asked.min(left) })
    }
}

/// Signatures count whole ones.
const SECOND: Duration = Duration::from_secs(1);

/// The last multiple of the window, counted from the epoch.
fn rounded(time: SystemTime, window: Duration) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    UNIX_EPOCH + Duration::from_secs(since - since % window.as_secs().max(1))
}
