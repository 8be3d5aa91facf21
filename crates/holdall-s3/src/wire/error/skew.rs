//! A clock that is wrong: signatures are refused then, in different words and by HEAD in none.

use std::time::{Duration, SystemTime};

use crate::wire::reply::Reply;

/// S3 takes requests whose clock differs by that much from its own.
const LARGEST_SKEW: Duration = Duration::from_mins(15);

/// The sentence about this machine's clock, where the server's, in the reply, shows that it is the reason.
pub(super) fn sentence(reply: &Reply, code: &str, now: SystemTime) -> Option<String> {
    let may_be = matches!(reply.status, 400 | 401 | 403)
        && matches!(
            code,
            "" | "AccessDenied"
                | "BadRequest"
                | "Forbidden"
                | "InvalidRequest"
                | "RequestExpired"
                | "RequestTimeTooSkewed"
                | "SignatureDoesNotMatch"
        );
    let theirs = reply.date.filter(|_| may_be)?;
    let (skew, direction) = match now.duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    (skew > LARGEST_SKEW).then(|| {
        let minutes = skew.as_secs() / 60;
        format!(
            "this machine's clock is {minutes} minutes {direction} the server's, and S3 refuses requests from 15 \
             minutes on; set the clock"
        )
    })
}
