//! The columns of the matrix: what happens to a request.

use holdall_testing::s3_server::{Fault, FaultAction};

use super::perform::Operation;

/// The event, and how often it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// 503 `SlowDown`, fewer times than there are attempts.
    SlowDownTwice,
    /// 503 `SlowDown` every time.
    SlowDownAlways,
    /// 500 `InternalError`, once.
    InternalError,
    /// 409 `ConditionalRequestConflict`, once.
    Conflict,
    /// 412 `PreconditionFailed`, once, although nothing speaks against it.
    Precondition,
    /// The connection is reset before anything is done, once.
    ResetBefore,
    /// It is done, and the connection is reset before the reply, once.
    ResetAfter,
    /// No reply, ever.
    Stall,
    /// The reply is cut in the middle of its body, once.
    CutReply,
    /// The connection is reset in the middle of the request's body, once.
    CutRequest,
    /// One bit of the reply's body is another one, once.
    FlipReply,
    /// One bit of the request's body is another one, once.
    FlipRequest,
    /// 200 with an `Error` document, once.
    OkWithError,
    /// 400 `ExpiredToken`, once.
    ExpiredToken,
    /// 301, every time.
    WrongRegion,
    /// 403 `RequestTimeTooSkewed`, every time.
    SkewedClock,
}

impl Trouble {
    pub(super) const ALL: [Self; 16] = [
        Self::SlowDownTwice,
        Self::SlowDownAlways,
        Self::InternalError,
        Self::Conflict,
        Self::Precondition,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::Stall,
        Self::CutReply,
        Self::CutRequest,
        Self::FlipReply,
        Self::FlipRequest,
        Self::OkWithError,
        Self::ExpiredToken,
        Self::WrongRegion,
        Self::SkewedClock,
    ];

    /// The heading of the column.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SlowDownTwice => "503 twice",
            Self::SlowDownAlways => "503 always",
            Self::InternalError => "500",
            Self::Conflict => "409",
            Self::Precondition => "412",
            Self::ResetBefore => "reset before",
            Self::ResetAfter => "reset after",
            Self::Stall => "stall",
            Self::CutReply => "reply cut",
            Self::CutRequest => "request cut",
            Self::FlipReply => "reply flipped",
            Self::FlipRequest => "request flipped",
            Self::OkWithError => "200 with error",
            Self::ExpiredToken => "token expired",
            Self::WrongRegion => "301",
            Self::SkewedClock => "clock skewed",
        }
    }

    /// The fault for requests of that operation.
    pub(super) fn fault(self, operation: Operation) -> Fault {
        let error = |status, code: &str| FaultAction::Error { status, code: code.to_owned() };
        let fault = Fault::new(match self {
            Self::SlowDownTwice | Self::SlowDownAlways => FaultAction::SlowDown,
            Self::InternalError => FaultAction::InternalError,
            Self::Conflict => error(409, "ConditionalRequestConflict"),
            Self::Precondition => error(412, "PreconditionFailed"),
            Self::ResetBefore => FaultAction::ResetBefore,
            Self::ResetAfter => FaultAction::ResetAfter,
            Self::Stall => FaultAction::Stall,
            Self::CutReply => FaultAction::TruncateBody { after: 20 },
            Self::CutRequest => FaultAction::ResetRequest { after: 20 },
            Self::FlipReply => FaultAction::FlipBit { at: operation.reply_byte() },
            Self::FlipRequest => FaultAction::FlipRequestBit { at: 20 },
            Self::OkWithError => FaultAction::OkWithError { code: "InternalError".to_owned() },
            Self::ExpiredToken => error(400, "ExpiredToken"),
            Self::WrongRegion => FaultAction::WrongRegion { region: "eu-west-1".to_owned() },
            Self::SkewedClock => error(403, "RequestTimeTooSkewed"),
        });
        let fault = operation.only(fault);
        match self {
            Self::SlowDownTwice => fault.times(2),
            Self::SlowDownAlways | Self::Stall | Self::WrongRegion | Self::SkewedClock => fault,
            _ => fault.once(),
        }
    }
}
