//! `S3Storage` against real servers on loopback sockets: one binary, because linking the SDK takes a while.

#[path = "s3/across.rs"]
mod across;
#[path = "s3/blank_keys.rs"]
mod blank_keys;
#[path = "s3/boto3/mod.rs"]
mod boto3;
#[path = "s3/buckets.rs"]
mod buckets;
#[path = "s3/cancellation.rs"]
mod cancellation;
#[path = "s3/cloudfront/mod.rs"]
mod cloudfront;
#[path = "s3/conformance.rs"]
mod conformance;
#[path = "s3/connection.rs"]
mod connection;
#[path = "s3/copying.rs"]
mod copying;
#[path = "s3/creation.rs"]
mod creation;
#[path = "s3/deleting.rs"]
mod deleting;
#[path = "s3/download.rs"]
mod download;
#[path = "s3/every_request.rs"]
mod every_request;
#[path = "s3/fault_matrix/mod.rs"]
mod fault_matrix;
#[path = "s3/foreign.rs"]
mod foreign;
#[path = "s3/gzipped.rs"]
mod gzipped;
#[path = "s3/habits.rs"]
mod habits;
#[path = "s3/identity.rs"]
mod identity;
#[path = "s3/kept.rs"]
mod kept;
#[path = "s3/large_copies.rs"]
mod large_copies;
#[path = "s3/listing.rs"]
mod listing;
#[path = "s3/listing_model.rs"]
mod listing_model;
#[path = "s3/loopback.rs"]
mod loopback;
#[path = "s3/lost_replies.rs"]
mod lost_replies;
#[path = "s3/misbehaving/mod.rs"]
mod misbehaving;
#[path = "s3/multipart.rs"]
mod multipart;
#[path = "s3/objects.rs"]
mod objects;
#[path = "s3/odd_headers.rs"]
mod odd_headers;
#[path = "s3/per_name.rs"]
mod per_name;
#[path = "s3/prefixed.rs"]
mod prefixed;
#[path = "s3/presign/mod.rs"]
mod presign;
#[path = "s3/probing.rs"]
mod probing;
#[path = "s3/reading.rs"]
mod reading;
#[path = "s3/replies.rs"]
mod replies;
#[path = "s3/requests.rs"]
mod requests;
#[path = "s3/runtimes.rs"]
mod runtimes;
#[path = "s3/secrets.rs"]
mod secrets;
#[path = "s3/settings.rs"]
mod settings;
#[path = "s3/stored_bytes.rs"]
mod stored_bytes;
#[path = "s3/support.rs"]
mod support;
#[path = "s3/trouble.rs"]
mod trouble;
#[path = "s3/urls.rs"]
mod urls;
#[path = "s3/versions.rs"]
mod versions;
#[path = "s3/visibility.rs"]
mod visibility;
