//! The client: its limits, and the parts that it can be given.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::config::{AsyncSleep, SharedAsyncSleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use holdall_core::Result;

use super::S3StorageBuilder;
use crate::config::{ClientConfig, RetryMode, Timeouts, invalid};

impl S3StorageBuilder {
    /// How long connecting may take; by default 3.1 s.
    pub fn connect_timeout(mut self, duration: Duration) -> Self {
        self.client.timeouts.connect = duration;
        self
    }

    /// How long a body, sent or received, may stand still; by default 20 s.
    ///
    /// (The SDK's own "read timeout" is another thing: it counts from the first byte that is sent, and so
    /// cannot fit a small request and a large part at once. [`attempt_timeout`](Self::attempt_timeout) takes
    /// its place.)
    pub fn read_timeout(mut self, duration: Duration) -> Self {
        self.client.timeouts.read = duration;
        self
    }

    /// How long one attempt of a request may take until its reply begins; by default 60 s. A request
    /// with a body gets a second more for every 64 KiB, and one that makes the server copy or assemble a file
    /// a second more for every 4 MiB, so that the limit fits small and large files.
    pub fn attempt_timeout(mut self, duration: Duration) -> Self {
        self.client.timeouts.attempt = duration;
        self
    }

    /// How long a request may take with all its attempts and the pauses between them; by default 300 s,
    /// and the same allowances for every attempt.
    pub fn operation_timeout(mut self, duration: Duration) -> Self {
        self.client.timeouts.operation = duration;
        self
    }

    /// How often a request is tried: by default 3 times. 1 turns retries off. Throttling, 5xx replies
    /// and broken connections are tried again, with exponential pauses (the SDK's standard mode).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.client.max_attempts = attempts;
        self
    }

    /// How the pace of retries is chosen; by default [`RetryMode::Standard`].
    pub fn retry_mode(mut self, mode: RetryMode) -> Self {
        self.client.retry_mode = mode;
        self
    }

    /// The longest first pause before a retry; by default one second. It doubles for each further one.
    pub fn retry_backoff(mut self, duration: Duration) -> Self {
        self.client.retry_backoff = duration;
        self
    }

    /// Takes region, credentials, endpoint, HTTP client, clock and sleep from here where they are not set
    /// otherwise; the SDK's chain is not asked then.
    pub fn sdk_config(mut self, config: SdkConfig) -> Self {
        self.client.sdk = Some(config);
        self
    }

    /// The clock of signatures and of the expiry of URLs; by default the system's.
    pub fn time_source(mut self, clock: impl TimeSource + 'static) -> Self {
        self.client.time_source = Some(SharedTimeSource::new(clock));
        self
    }

    /// The timer for pauses and time limits; by default Tokio's.
    pub fn sleep(mut self, sleep: impl AsyncSleep + 'static) -> Self {
        self.client.sleep = Some(SharedAsyncSleep::new(sleep));
        self
    }
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            timeouts: Timeouts {
                connect: Duration::from_millis(3100),
                read: Duration::from_secs(20),
                attempt: Duration::from_mins(1),
                operation: Duration::from_mins(5),
            },
            max_attempts: 3,
            retry_mode: RetryMode::Standard,
            retry_backoff: Duration::from_secs(1),
            sdk: None,
            time_source: None,
            sleep: None,
        }
    }
}

impl ClientConfig {
    pub(super) fn check(self) -> Result<Self> {
        if self.max_attempts == 0 {
            return Err(invalid("max_attempts", "max_attempts is 0; 1 turns retries off"));
        }
        let Timeouts { connect, read, attempt, operation } = self.timeouts;
        for (key, timeout) in [
            ("connect_timeout", connect),
            ("read_timeout", read),
            ("attempt_timeout", attempt),
            ("operation_timeout", operation),
        ] {
            if timeout.is_zero() {
                return Err(invalid(key, format!("{key} is 0, which lets no request succeed")));
            }
        }
        Ok(self)
    }
}
