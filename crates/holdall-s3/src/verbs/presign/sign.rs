//! Signature version 4 over a URL ("Authenticating Requests: Using Query Parameters", Amazon S3 API
//! Reference), and over the policy of a form ("POST Policy", same place).

use std::collections::BTreeMap;

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest,
    SignatureLocation, SigningParams, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::{self, calculate_signature, generate_signing_key};
use aws_smithy_runtime_api::client::identity::Identity;
use holdall_core::{Error, ErrorKind, Result};
use percent_encoding::utf8_percent_encode;

use super::life::Life;
use crate::wire::client::Inner;
use crate::wire::encoding::QUERY;

/// The service's name in signatures, on every server.
const SERVICE: &str = "s3";

/// Headers that go with a request; their names are in lower case.
pub(super) type Headers = BTreeMap<String, String>;

/// The parts of a request that are signed beside the host.
#[derive(Debug)]
pub(super) struct ToSign<'a> {
    pub(super) method: &'a str,
    /// Without a query.
    pub(super) url: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: &'a Headers,
}

impl Inner {
    /// The URL with its signature.
    pub(super) async fn sign(&self, request: ToSign<'_>, life: &Life) -> Result<String> {
        let region = &self.sdk().await?.region;
        let ToSign { method, mut url, query, headers } = request;
        add(&mut url, query.iter().map(|(name, value)| (name.as_str(), value.as_str())));

        let mut settings = SigningSettings::default();
        // S3 takes the path as it is; all other services encode it twice.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        settings.signature_location = SignatureLocation::QueryParams;
        settings.session_token_mode = SessionTokenMode::Include;
        settings.expires_in = Some(life.duration);
        let identity = Identity::from(life.credentials.clone());
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(SERVICE)
            .time(life.start)
            .settings(settings)
            .build()
            .map_err(cannot)?;
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let request = SignableRequest::new(method, url.as_str(), headers, SignableBody::UnsignedPayload)
            .map_err(cannot)?;
        // The library describes the request in its trace, and a header may hold a key (SSE-C).
        let signed = tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::new(), || {
            sign(request, &SigningParams::V4(params)).map_err(cannot)
        })?;
        let (instructions, _) = signed.into_parts();
        add(&mut url, instructions.params().iter().map(|(name, value)| (*name, value.as_ref())));
        Ok(url)
    }

    /// The fields of a form about its signature: algorithm, credential, date, and the token of a session. The
    /// policy must repeat them.
    pub(super) async fn form_credentials(&self, life: &Life) -> Result<Vec<(&'static str, String)>> {
        let region = &self.sdk().await?.region;
        let time = date_time(life)?;
        let day = &time[..8];
        let access = life.credentials.access_key_id();
        let mut fields = vec![
            ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("x-amz-credential", format!("{access}/{day}/{region}/{SERVICE}/aws4_request")),
            ("x-amz-date", time),
        ];
        if let Some(token) = life.credentials.session_token() {
            fields.push(("x-amz-security-token", token.to_owned()));
        }
        Ok(fields)
    }

    /// The signature of a policy, which is in base64.
    pub(super) async fn sign_policy(&self, policy: &str, life: &Life) -> Result<String> {
        let region = &self.sdk().await?.region;
        let key = generate_signing_key(life.credentials.secret_access_key(), life.start, region, SERVICE);
        Ok(calculate_signature(key, policy.as_bytes()))
    }
}

/// `20270115T080000Z`.
fn date_time(life: &Life) -> Result<String> {
    use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
    let time = DateTime::from(life.start).fmt(DateTimeFormat::DateTime).map_err(cannot)?;
    Ok(time.replace(['-', ':'], ""))
}

/// Adds parameters to the query of a URL.
fn add<'a>(url: &mut String, parameters: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, value) in parameters {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.extend(utf8_percent_encode(name, QUERY));
        url.push('=');
        url.extend(utf8_percent_encode(value, QUERY));
    }
}

fn cannot(error: impl std::fmt::Display) -> Error {
    Error::message(ErrorKind::Other, format!("the request cannot be signed: {error}"))
}
