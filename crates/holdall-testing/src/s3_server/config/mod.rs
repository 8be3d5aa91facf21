//! The settings of a bucket: one room each, with what reads and sets it and with what it does.

pub(crate) mod cors;
pub(crate) mod lifecycle;
pub(crate) mod ownership;
pub(crate) mod payer;
pub(crate) mod policy;
pub(crate) mod public_access;

use s3s::dto::{CORSRule, LifecycleRule, PublicAccessBlockConfiguration};

use self::ownership::Ownership;
use self::policy::Policy;

/// What a bucket's owner has set; empty for a bucket as they were before April 2023.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// Who owns what others write, and whether ACLs count.
    pub(crate) ownership: Option<Ownership>,
    /// What may not be public whatever ACLs and policy say.
    pub(crate) public_access: Option<PublicAccessBlockConfiguration>,
    /// Which web pages may read replies.
    pub(crate) cors: Option<Vec<CORSRule>>,
    /// Who else may do what.
    pub(crate) policy: Option<Policy>,
    /// Kept and given back; nothing expires here.
    pub(crate) lifecycle: Option<Vec<LifecycleRule>>,
    /// Whether objects may be locked.
    pub(crate) object_lock: bool,
    /// Whether the one who asks must agree to pay.
    pub(crate) requester_pays: bool,
    /// The region that the bucket was created in, where it named one.
    pub(crate) region: Option<String>,
    /// Whether that region has another endpoint than this server.
    pub(crate) elsewhere: bool,
}

impl Config {
    /// What a bucket starts with that was created since April 2023: ACLs disabled, nothing public.
    pub(crate) fn of_today() -> Self {
        Self {
            ownership: Some(Ownership::BucketOwnerEnforced),
            public_access: Some(public_access::everything_blocked()),
            ..Self::default()
        }
    }
}
