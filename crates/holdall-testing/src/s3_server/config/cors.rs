//! CORS: which web pages may read replies. Rules, preflight answers, and the headers of real replies.
//!
//! A rule counts when its origins, its methods and all requested headers fit; the first that does decides (Amazon S3
//! User Guide, "How does Amazon S3 evaluate the CORS configuration on a bucket?").

use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN, VARY,
};
use hyper::{HeaderMap, StatusCode};
use s3s::dto::{
    CORSRule, DeleteBucketCorsInput, DeleteBucketCorsOutput, GetBucketCorsInput, GetBucketCorsOutput,
    PutBucketCorsInput, PutBucketCorsOutput,
};
use s3s::{S3Error, S3Request, S3Response, S3Result};

use crate::s3_server::backend::Backend;
use crate::s3_server::refusal::{bad_request, malformed_xml, not_found, refusal};

/// Rules of a bucket (Amazon S3 User Guide, "CORS configuration").
const MAX_RULES: usize = 100;
const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];
/// What a reply depends on, for caches.
const VARIES: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/// The headers that answer a preflight request.
///
/// # Errors
/// `BadRequest` (400) without an origin or a known method, `AccessForbidden` (403) where no rule fits.
pub(crate) fn preflight(rules: Option<&[CORSRule]>, headers: &HeaderMap) -> S3Result<HeaderMap> {
    let origin = text(headers, &ORIGIN).ok_or_else(|| {
        bad_request("BadRequest", "Insufficient information. Origin request header needed.")
    })?;
    let method = text(headers, &ACCESS_CONTROL_REQUEST_METHOD);
    let method = method.filter(|method| METHODS.contains(method)).ok_or_else(|| {
        let given = method.unwrap_or("null");
        bad_request("BadRequest", format!("Invalid Access-Control-Request-Method: {given}"))
    })?;
    let asked: Vec<&str> = text(headers, &ACCESS_CONTROL_REQUEST_HEADERS)
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let rules = rules.ok_or_else(|| forbidden("CORSResponse: CORS is not enabled for this bucket."))?;
    let (rule, allowed) = fitting(rules, origin, method, &asked).ok_or_else(|| {
        forbidden(
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request \
             method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the \
             resource's CORS spec.",
        )
    })?;
    let mut answer = granted(rule, allowed, origin);
    if !asked.is_empty() {
        put(&mut answer, ACCESS_CONTROL_ALLOW_HEADERS, &asked.join(", ").to_ascii_lowercase());
    }
    Ok(answer)
}

/// The headers that a reply to a request with an `Origin` gets in addition; none where no rule fits: it is the browser
/// that keeps the reply from the page then.
pub(crate) fn additions(rules: &[CORSRule], method: &str, headers: &HeaderMap) -> HeaderMap {
    text(headers, &ORIGIN)
        .and_then(|origin| {
            let (rule, allowed) = fitting(rules, origin, method, &[])?;
            Some(granted(rule, allowed, origin))
        })
        .unwrap_or_default()
}

fn granted(rule: &CORSRule, allowed: &str, origin: &str) -> HeaderMap {
    let mut answer = HeaderMap::new();
    if allowed == "*" {
        put(&mut answer, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    } else {
        put(&mut answer, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        put(&mut answer, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    put(&mut answer, ACCESS_CONTROL_ALLOW_METHODS, &rule.allowed_methods.join(", "));
    if let Some(exposed) = rule.expose_headers.as_ref().filter(|exposed| !exposed.is_empty()) {
        put(&mut answer, ACCESS_CONTROL_EXPOSE_HEADERS, &exposed.join(", "));
    }
    if let Some(seconds) = rule.max_age_seconds {
        put(&mut answer, ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
    }
    put(&mut answer, VARY, VARIES);
    answer
}

/// The first rule that fits, and which of its origins did.
fn fitting<'a>(
    rules: &'a [CORSRule],
    origin: &str,
    method: &str,
    asked: &[&str],
) -> Option<(&'a CORSRule, &'a str)> {
    rules.iter().find_map(|rule| {
        let allowed = rule.allowed_origins.iter().find(|pattern| matches(pattern, origin))?;
        let headers = rule.allowed_headers.as_deref().unwrap_or_default();
        let fits = rule.allowed_methods.iter().any(|allowed| allowed == method)
            && asked.iter().all(|name| {
                let name = name.to_ascii_lowercase();
                headers.iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), &name))
            });
        fits.then_some((rule, allowed.as_str()))
    })
}

/// At most one `*`, which stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

/// Applies S3's rules to the rules.
fn checked(rules: Vec<CORSRule>) -> S3Result<Vec<CORSRule>> {
    let invalid = |message: String| bad_request("InvalidRequest", message);
    if rules.is_empty() {
        return Err(malformed_xml());
    }
    if rules.len() > MAX_RULES {
        return Err(invalid("The number of CORS rules should not exceed allowed limit of 100 rules.".into()));
    }
    for rule in &rules {
        if rule.allowed_methods.is_empty() || rule.allowed_origins.is_empty() {
            return Err(malformed_xml());
        }
        if let Some(method) = rule.allowed_methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
            return Err(invalid(format!(
                "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
            )));
        }
        for (what, patterns) in [
            ("AllowedOrigin", rule.allowed_origins.as_slice()),
            ("AllowedHeader", rule.allowed_headers.as_deref().unwrap_or_default()),
        ] {
            if let Some(pattern) = patterns.iter().find(|pattern| pattern.matches('*').count() > 1) {
                return Err(invalid(format!("{what} \"{pattern}\" can not have more than one wildcard.")));
            }
        }
        let exposed = rule.expose_headers.iter().flatten().find(|name| name.contains('*'));
        if let Some(name) = exposed {
            return Err(invalid(format!(
                "ExposeHeader \"{name}\" contains wildcard. We currently do not support wildcard for ExposeHeader."
            )));
        }
    }
    Ok(rules)
}

impl Backend {
    /// `PutBucketCors`: replaces every rule.
    ///
    /// # Errors
    /// `NoSuchBucket`, `MalformedXML`, `InvalidRequest`.
    pub(crate) fn put_cors(
        &self,
        req: S3Request<PutBucketCorsInput>,
    ) -> S3Result<S3Response<PutBucketCorsOutput>> {
        let rules = checked(req.input.cors_configuration.cors_rules)?;
        self.state().bucket_mut(&req.input.bucket)?.config.cors = Some(rules);
        Ok(S3Response::new(PutBucketCorsOutput::default()))
    }

    /// `GetBucketCors`.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchCORSConfiguration`.
    pub(crate) fn get_cors(
        &self,
        req: &S3Request<GetBucketCorsInput>,
    ) -> S3Result<S3Response<GetBucketCorsOutput>> {
        let rules =
            self.state().bucket(&req.input.bucket)?.config.cors.clone().ok_or_else(|| {
                not_found("NoSuchCORSConfiguration", "The CORS configuration does not exist")
            })?;
        Ok(S3Response::new(GetBucketCorsOutput { cors_rules: Some(rules) }))
    }

    /// `DeleteBucketCors`.
    ///
    /// # Errors
    /// `NoSuchBucket`.
    pub(crate) fn delete_cors(
        &self,
        req: &S3Request<DeleteBucketCorsInput>,
    ) -> S3Result<S3Response<DeleteBucketCorsOutput>> {
        self.state().bucket_mut(&req.input.bucket)?.config.cors = None;
        Ok(S3Response::new(DeleteBucketCorsOutput::default()))
    }
}

fn forbidden(message: &'static str) -> S3Error {
    refusal("AccessForbidden", StatusCode::FORBIDDEN, message)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
