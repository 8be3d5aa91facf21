//! The replies.

/// How a reply ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// With the length that it says, and the connection goes on.
    Whole,
    /// It says no length; the connection is closed behind it.
    Close,
    /// It says a length and is closed before.
    Cut,
    /// The body goes out as it is, instead of a reply of HTTP; then the connection is closed.
    Raw,
    /// The connection is closed without a byte.
    Nothing,
}

/// A reply: status, headers, body, and how the connection ends.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply {
    /// By which it is found in [`Reply::all`].
    pub name: &'static str,
    /// `1.1`, or `1.0`.
    pub version: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body; HEAD gets none.
    pub body: Vec<u8>,
    /// How it ends.
    pub end: End,
}

impl Reply {
    /// A reply without headers and body.
    pub fn new(name: &'static str, status: u16) -> Self {
        Self { name, version: "1.1", status, headers: Vec::new(), body: Vec::new(), end: End::Whole }
    }

    /// With another status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With one header more.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With that body.
    pub fn body(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self
    }

    /// With that end.
    pub fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// As HTTP/1.0 has it: no length, and the end of the connection is the end of the reply.
    pub fn old(mut self) -> Self {
        self.version = "1.0";
        self.end(End::Close)
    }

    fn html(name: &'static str, status: u16, title: &str) -> Self {
        let body =
            format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head><body></body></html>\n");
        Self::new(name, status).header("content-type", "text/html; charset=utf-8").body(&body)
    }

    fn xml(name: &'static str, status: u16, body: &str) -> Self {
        Self::new(name, status).header("content-type", "application/xml").body(body)
    }

    /// Replies that are not S3's, or not whole; none of them is a yes. Each has a name of its own.
    pub fn all() -> Vec<Self> {
        let listing = "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</Key>\
                       <Size>1</Size><LastModified>2026-12-01T00:00:00.000Z</LastModified></Contents>";
        let circle = "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>true</IsTruncated>\
                      <NextContinuationToken>t</NextContinuationToken><NextKeyMarker>k</NextKeyMarker>\
                      <NextVersionIdMarker>v</NextVersionIdMarker><NextUploadIdMarker>u</NextUploadIdMarker>\
                      </ListBucketResult>";
        vec![
            Self::html("200 HTML", 200, "Console"),
            Self::html("200 HTML, no type", 200, "Sign in").without_headers(),
            Self::html("200 HTML, 1.0", 200, "It works!").old(),
            Self::new("200 JSON", 200).header("content-type", "application/json").body("{\"status\":\"ok\"}"),
            Self::new("200 text", 200).header("content-type", "text/plain").body("OK"),
            Self::new("200 empty", 200),
            Self::new("204", 204),
            Self::new("206 empty", 206),
            Self::new("202 empty", 202),
            Self::xml("200 other XML", 200, "<rss version=\"2.0\"><channel></channel></rss>"),
            Self::xml("200 XML ends, 1.0", 200, listing).old(),
            Self::xml("200 XML cut", 200, listing).end(End::Cut),
            Self::xml("200 circle", 200, circle),
            Self::xml(
                "200 Error",
                200,
                "<Error><Code>InternalError</Code><Message>We failed</Message></Error>",
            ),
            Self::new("301 to https", 301).header("location", "https://files.example/media/a.txt?sig=1"),
            Self::html("302 login", 302, "Moved").header("location", "/login?next=%2Fmedia"),
            Self::new("307", 307),
            Self::html("400 wants TLS", 400, "The plain HTTP request was sent to HTTPS port"),
            Self::html("401", 401, "Authorization Required").header("www-authenticate", "Basic"),
            Self::html("403 firewall", 403, "Blocked"),
            Self::html("404 page", 404, "Not Found"),
            Self::new("404 text", 404).header("content-type", "text/plain").body("404 page not found\n"),
            Self::html("405", 405, "Not Allowed"),
            Self::html("407", 407, "Proxy Authentication Required"),
            Self::new("408", 408),
            Self::html("409 page", 409, "Conflict"),
            Self::html("411", 411, "Length Required"),
            Self::html("412 page", 412, "Precondition Failed"),
            Self::html("413", 413, "Request Entity Too Large"),
            Self::new("429", 429).header("content-type", "text/plain").body("slow down"),
            Self::html("500", 500, "Internal Server Error"),
            Self::new("501", 501).header("content-type", "application/json").body("{}"),
            Self::html("502", 502, "Bad Gateway"),
            Self::html("503", 503, "Service Unavailable"),
            Self::html("504", 504, "Gateway Time-out"),
            Self::html("507", 507, "Insufficient Storage"),
            Self::new("not HTTP", 200).body("SSH-2.0-OpenSSH_9.9\r\n").end(End::Raw),
            Self::new("nothing", 200).end(End::Nothing),
        ]
    }

    fn without_headers(mut self) -> Self {
        self.headers.clear();
        self
    }
}
