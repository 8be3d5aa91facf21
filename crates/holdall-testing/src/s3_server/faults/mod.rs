//! Faults on demand: what really happens between a client and S3, made repeatable.
//!
//! A [`Fault`] says which requests it is for and what happens to them; [`S3Server::inject`](super::S3Server::inject)
//! puts it in force and returns a [`FaultHandle`] that counts, waits, releases and removes. Requests whose signature
//! is refused never meet a fault. Where several faults fit a request, the one injected first strikes.

mod action;
mod list;

pub use self::action::FaultAction;
pub use self::list::FaultHandle;
pub(crate) use self::list::{Active, FaultList};

/// A rule: which requests, how often, and what happens to them. Without a restriction it strikes every request until
/// it is removed.
///
/// ```
/// use holdall_testing::s3_server::{Fault, FaultAction};
///
/// // The first three PUTs of this key are throttled, the fourth succeeds.
/// let throttled = Fault::new(FaultAction::SlowDown).operation("PutObject").key("usr/cat.jpg").times(3);
/// // One write in twenty is applied, but its reply is lost.
/// let lossy = Fault::new(FaultAction::ResetAfter).operation("PutObject").probability(0.05);
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    action: FaultAction,
    operations: Vec<String>,
    key: Option<String>,
    key_prefix: Option<String>,
    part_number: Option<i32>,
    skip: u64,
    times: Option<u64>,
    probability: Option<f64>,
}

impl Fault {
    /// A fault that strikes every request.
    pub fn new(action: FaultAction) -> Self {
        Self {
            action,
            operations: Vec::new(),
            key: None,
            key_prefix: None,
            part_number: None,
            skip: 0,
            times: None,
            probability: None,
        }
    }

    /// Only this operation, by its S3 name, such as `PutObject`. Called again, that one too.
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operations.push(name.into());
        self
    }

    /// Only this key.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Only keys with this prefix.
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = Some(prefix.into());
        self
    }

    /// Only this part of a multipart upload.
    pub fn part_number(mut self, number: i32) -> Self {
        self.part_number = Some(number);
        self
    }

    /// Lets the first `count` fitting requests pass.
    pub fn skip(mut self, count: u64) -> Self {
        self.skip = count;
        self
    }

    /// Strikes that often at most.
    pub fn times(mut self, count: u64) -> Self {
        self.times = Some(count);
        self
    }

    /// Strikes the next fitting request only: `times(1)`.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Strikes the `number`th fitting request only, counted from 1.
    pub fn nth(self, number: u64) -> Self {
        self.skip(number.saturating_sub(1)).times(1)
    }

    /// Strikes each fitting request with this probability (0 to 1), decided by the server's seeded random numbers
    /// ([`S3ServerBuilder::seed`](super::S3ServerBuilder::seed)).
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    /// Whether it is about single keys of a batch, not about whole requests.
    fn is_of_a_key(&self) -> bool {
        matches!(self.action, FaultAction::KeyError { .. })
    }

    fn fits(&self, target: &Target<'_>) -> bool {
        (self.operations.is_empty() || self.operations.iter().any(|name| name == target.operation))
            && self.key.as_deref().is_none_or(|key| target.key == Some(key))
            && self
                .key_prefix
                .as_deref()
                .is_none_or(|prefix| target.key.is_some_and(|key| key.starts_with(prefix)))
            && self.part_number.is_none_or(|number| target.part_number == Some(number))
    }
}

/// What a fault is matched against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) operation: &'a str,
    pub(crate) key: Option<&'a str>,
    pub(crate) part_number: Option<i32>,
}
