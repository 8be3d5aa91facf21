//! One question in front of every reply: is this S3 speaking?
//!
//! A reply is believed for what only S3 would say and not for its status alone. A console, a login page or a proxy
//! answers 200 to everything, and a connection that ends early looks like the end of a short document.
//!
//! | module | job |
//! | --- | --- |
//! | this one | [`Reply`]: what a raw reply shows of itself |
//! | `document.rs` | a body at a glance: XML, whole or cut, HTML, or something else |
//! | `success.rs` | what a success of each operation must have |
//! | `check.rs` | the interceptor that asks it of every reply, before the SDK's result is used |
//! | `progress.rs` | pages of a listing must lead somewhere |
//!
//! `error/` knows the meaning of a refusal. It asks here whether S3 has refused, or somebody else.

mod check;
mod document;
mod progress;
mod success;
#[cfg(test)]
mod tests;

use std::time::SystemTime;

use aws_sdk_s3::config::http::HttpResponse;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use holdall_core::ServerReply;

pub(crate) use self::check::{IsThisS3, NotS3};
pub(crate) use self::document::Body;
pub(crate) use self::progress::{Progress, cut_short};

/// The request that a reply answers. Travels with the reply.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) operation: String,
    pub(crate) is_head: bool,
    pub(crate) has_range: bool,
}

/// The facts that a reply shows about itself.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) asked: Asked,
    pub(crate) body: Body,
    /// Whether a header is there that only servers of S3 send.
    has_marks: bool,
    content_type: String,
    request_id: Option<String>,
    host_id: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) bucket_region: Option<String>,
    /// The server's clock.
    pub(crate) date: Option<SystemTime>,
}

impl Reply {
    pub(crate) fn of(raw: &HttpResponse) -> Self {
        let asked = raw.extension::<Asked>().cloned().unwrap_or_default();
        let header = |name: &str| raw.headers().get(name).map(str::to_owned);
        let content_type = header("content-type").unwrap_or_default().to_ascii_lowercase();
        let is_html = content_type.starts_with("text/html");
        // The body of a file is nobody's business here, and has not arrived yet.
        let body = raw.body().bytes().map_or(Body::Unseen, |bytes| Body::look(bytes, is_html));
        let date = header("date").and_then(|date| DateTime::from_str(&date, Format::HttpDate).ok());
        let is_mark = |name: &str| name.starts_with("x-amz") || name.starts_with("x-goog-");
        Self {
            status: raw.status().as_u16(),
            asked,
            body,
            has_marks: raw.headers().iter().any(|(name, _)| is_mark(&name.to_ascii_lowercase())),
            content_type,
            // Each of these is what some server calls it.
            request_id: ["x-amz-request-id", "x-amzn-requestid", "x-guploader-uploadid", "cf-ray"]
                .into_iter()
                .find_map(header),
            host_id: header("x-amz-id-2"),
            location: header("location"),
            bucket_region: header("x-amz-bucket-region"),
            date: date.and_then(|date| SystemTime::try_from(date).ok()),
        }
    }

    /// The part of a reply about many keys that is about one of them.
    pub(crate) fn of_key(status: u16) -> Self {
        Self {
            status,
            asked: Asked::default(),
            body: Body::Error,
            has_marks: true,
            content_type: String::new(),
            request_id: None,
            host_id: None,
            location: None,
            bucket_region: None,
            date: None,
        }
    }

    /// The same for a request to support.
    pub(crate) fn server(&self, code: &str) -> ServerReply {
        ServerReply::new(self.status)
            .with_code(code)
            .with_request_id(self.request_id.as_deref())
            .with_host_id(self.host_id.as_deref())
    }

    pub(crate) fn is_html(&self) -> bool {
        // Files may be HTML, and the reply to HEAD has the type of the file; S3 says more about it than that.
        match self.body {
            Body::Html => true,
            Body::Empty | Body::Unseen => self.content_type.starts_with("text/html") && !self.has_marks,
            _ => false,
        }
    }

    /// Whether the header names a type that S3 does not answer with, where it answers with no file.
    fn has_foreign_type(&self) -> bool {
        !self.has_marks && !self.content_type.is_empty() && !self.content_type.contains("xml")
    }

    /// Whether a reply that is no success can come from S3: it has S3's error document, or has no body where S3
    /// sends none either (HEAD, 304), or where servers leave it out and nothing depends on it.
    pub(crate) fn is_refusal_of_s3(&self) -> bool {
        match self.body {
            Body::Error => true,
            Body::Empty => {
                !self.has_foreign_type()
                    && (self.asked.is_head || self.has_marks || matches!(self.status, 304 | 412 | 416))
            }
            _ => false,
        }
    }

    /// The kind of the reply, for people: "an HTML page (status 200)".
    pub(crate) fn what(&self) -> String {
        let status = self.status;
        if self.is_html() {
            return format!("an HTML page (status {status})");
        }
        let what = match self.body {
            Body::Unseen => return format!("status {status}"),
            Body::Html => "an HTML page",
            Body::Empty if self.asked.is_head => return format!("status {status}"),
            Body::Empty => "an empty reply",
            Body::Error => "an error",
            Body::Xml { is_whole: true } => "XML",
            Body::Xml { is_whole: false } => "XML that ends early",
            Body::Other if self.content_type.contains("json") => "JSON",
            Body::Other => "text that is no XML",
        };
        format!("{what} (status {status})")
    }
}
