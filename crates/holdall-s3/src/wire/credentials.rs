//! The credentials that sign URLs. A signed URL dies with them, so that their end has to be known.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::config::{Credentials, ProvideCredentials as _, SharedCredentialsProvider};
use holdall_core::Result;
use tokio::sync::Mutex;

use crate::wire::error;

/// How soon a provider is asked again because what it gave ends before a URL should. Most providers hand out
/// the same credentials until shortly before their end, so that asking for each URL would be in vain.
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// The last credentials that a provider gave.
///
/// The SDK keeps a cache of its own, but shows neither what is in it nor when that ends, and uses it until
/// ten seconds before its end: a URL for an hour could live for seconds.
#[derive(Debug, Default)]
pub(crate) struct UrlCredentials(Mutex<Option<Cached>>);

#[derive(Debug, Clone)]
struct Cached {
    credentials: Credentials,
    asked: SystemTime,
}

impl UrlCredentials {
    /// Credentials that live as long as asked for from the time of signing, or as long as the provider can
    /// give.
    ///
    /// The time of signing lies before `now` where it is rounded to a window. Within one the answer is the
    /// same as long as can be: another one makes another URL.
    pub(crate) async fn for_url(
        &self,
        provider: &SharedCredentialsProvider,
        now: SystemTime,
        start: SystemTime,
        asked: Duration,
    ) -> Result<Credentials> {
        let mut cached = self.0.lock().await;
        if let Some(last) = &*cached {
            let good_for = |from: SystemTime, duration| {
                last.credentials
                    .expiry()
                    .is_none_or(|end| from.checked_add(duration).is_some_and(|t| t <= end))
            };
            let fresh = now.duration_since(last.asked).is_ok_and(|age| age < ASK_AGAIN);
            let in_window = start < now && last.asked >= start;
            if good_for(start, asked) || ((fresh || in_window) && good_for(now, ASK_AGAIN)) {
                return Ok(last.credentials.clone());
            }
        }
        let credentials = provider.provide_credentials().await.map_err(|error| error::credentials(&error))?;
        *cached = Some(Cached { credentials: credentials.clone(), asked: now });
        Ok(credentials)
    }
}
