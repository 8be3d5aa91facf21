//! The S3 server seen from outside: through the AWS SDK, and through plain HTTP where the SDK would hide what is sent.

#![cfg(feature = "s3-server")]

mod access;
mod body_faults;
mod bucket_access;
mod bucket_settings;
mod conditions;
mod cors;
mod encryption;
mod faults;
mod http;
mod listing;
mod multipart;
mod objects;
mod post;
mod requests;
#[cfg(feature = "s3s-fs")]
mod s3s_fs;
mod tags;
mod time;
mod versions;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use holdall_testing::s3_server::S3Server;

const BUCKET: &str = "media";

/// A server with one bucket.
async fn server() -> S3Server {
    S3Server::builder().credentials("AKID", "secret").bucket(BUCKET).start().await.expect("a free port")
}

/// The SDK as it sends one request for one call: no retries, checksums only when asked for.
fn config(endpoint: &str, secret: &str) -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("AKID", secret, None, None, "test"))
        .force_path_style(true)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
}

fn client(server: &S3Server) -> Client {
    Client::from_conf(config(&server.endpoint(), "secret").build())
}

/// Status and code of a refused call; `(0, _)` if there was no reply at all.
fn refusal<T, E: ProvideErrorMetadata + std::fmt::Debug>(
    result: Result<T, SdkError<E, aws_sdk_s3::config::http::HttpResponse>>,
) -> (u16, String) {
    match result.err().expect("the call should be refused") {
        SdkError::ServiceError(error) => {
            let code = error.err().code().unwrap_or_default().to_owned();
            (error.raw().status().as_u16(), code)
        }
        SdkError::ResponseError(error) => (error.raw().status().as_u16(), String::new()),
        _ => (0, String::new()),
    }
}

/// Bytes that no two positions of share a pattern by accident.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[3]
    })
    .take(length)
    .collect()
}
