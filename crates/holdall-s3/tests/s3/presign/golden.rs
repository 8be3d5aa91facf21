//! The same URLs and forms as boto3's, for the same inputs and clock. See `golden/presign.py`.

use std::time::Duration;

use holdall_core::{
    Checksum, SaveMode, Store, UploadChecksum, UploadPolicy, UploadSuccess, UrlMethod, Visibility,
};
use holdall_s3::{AddressingStyle, ChecksumMode, MultipartUpload, PresignMethod, PresignRequest, S3Storage};
use serde_json::Value;

use super::{Clock, at};

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/presign.json")).expect("the golden values")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// The storage of one of the script's clients.
fn storage(golden: &Value, client: &Value) -> S3Storage {
    let settings = &golden["clients"][text(client)];
    let mut builder = S3Storage::builder("my-site")
        .region(text(&settings["region"]))
        .access_key("AKIDEXAMPLE")
        .secret_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        .addressing_style(text(&settings["style"]).parse::<AddressingStyle>().unwrap())
        .checksum_mode(ChecksumMode::WhenSupported)
        .versions(true)
        .conditional_writes(true)
        .time_source(Clock::at(golden["now"].as_u64().unwrap()));
    if let Some(endpoint) = settings["endpoint"].as_str() {
        builder = builder.endpoint(endpoint);
    }
    if let Some(token) = settings["token"].as_str() {
        builder = builder.session_token(token);
    }
    builder.build().expect("good settings")
}

/// The URL with its parameters in order: S3 puts them in order before it compares, and no two clients send
/// them in the same one. The SDK would have one parameter more, `x-id`, which is not S3's.
fn sorted(url: &str) -> String {
    let (path, query) = url.split_once('?').expect("a query");
    // A parameter without a value is the same as one with an empty one ("Canonical query string").
    let mut parameters: Vec<_> = query
        .split('&')
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    parameters.sort();
    format!("{path}?{}", parameters.join("&"))
}

/// boto3's parameters as S3 has them: in the query or as a header.
fn add(request: PresignRequest, name: &str, value: &Value) -> PresignRequest {
    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match name {
        "Key" => request,
        "VersionId" => request.query("versionId", shown),
        "PartNumber" => request.query("partNumber", shown),
        "UploadId" => request.query("uploadId", shown),
        "ResponseContentType" => request.query("response-content-type", shown),
        "ResponseContentDisposition" => request.query("response-content-disposition", shown),
        "ResponseContentEncoding" => request.query("response-content-encoding", shown),
        "ResponseContentLanguage" => request.query("response-content-language", shown),
        "ResponseCacheControl" => request.query("response-cache-control", shown),
        "ResponseExpires" => request.query("response-expires", "Sat, 02 Jan 2027 03:04:05 GMT"),
        "Range" => request.header("Range", shown),
        "IfMatch" => request.header("If-Match", shown),
        "IfNoneMatch" => request.header("If-None-Match", shown),
        "ContentType" => request.header("Content-Type", shown),
        "ContentLength" => request.header("Content-Length", shown),
        "ContentDisposition" => request.header("Content-Disposition", shown),
        "ContentEncoding" => request.header("Content-Encoding", shown),
        "ContentLanguage" => request.header("Content-Language", shown),
        "CacheControl" => request.header("Cache-Control", shown),
        "ACL" => request.header("x-amz-acl", shown),
        "ChecksumCRC64NVME" => request.header("x-amz-checksum-crc64nvme", shown),
        "ChecksumSHA256" => request.header("x-amz-checksum-sha256", shown),
        "Metadata" => value.as_object().unwrap().iter().fold(request, |request, (name, value)| {
            request.header(format!("x-amz-meta-{name}"), text(value))
        }),
        other => panic!("{other} is not known here"),
    }
}

#[tokio::test]
async fn any_request_is_signed_as_boto3_signs_it() {
    let golden = golden();
    let cases = golden["urls"].as_array().unwrap();
    assert_eq!(cases.len(), 25, "the script has so many");
    for case in cases {
        let key = text(&case["params"]["Key"]);
        let mut request = match text(&case["operation"]) {
            "get_object" => PresignRequest::get(key),
            "get_object_tagging" => PresignRequest::new(PresignMethod::Get, key).query("tagging", ""),
            "head_object" => PresignRequest::head(key),
            "put_object" | "upload_part" => PresignRequest::put(key),
            "delete_object" => PresignRequest::delete(key),
            other => panic!("{other} is not known here"),
        };
        for (name, value) in case["params"].as_object().unwrap() {
            request = add(request, name, value);
        }
        let seconds = case["seconds"].as_u64().unwrap();
        let request = request.expires_in(Duration::from_secs(seconds));
        let signed = storage(&golden, &case["client"]).presign(request).await.unwrap();
        assert_eq!(sorted(&signed.url), sorted(text(&case["url"])), "{case}");
        assert_eq!(signed.expires_at, at(golden["now"].as_u64().unwrap() + seconds));
    }
}

#[tokio::test]
async fn links_are_those_of_boto3() {
    let golden = golden();
    let mut seen = 0;
    for case in golden["urls"].as_array().unwrap() {
        let method = match text(&case["operation"]) {
            "get_object" => UrlMethod::Get,
            "head_object" => UrlMethod::Head,
            _ => continue,
        };
        let params = case["params"].as_object().unwrap();
        let store = Store::new(storage(&golden, &case["client"]));
        let mut url = store.url(text(&params["Key"])).method(method);
        url = url.expires_in(Duration::from_secs(case["seconds"].as_u64().unwrap()));
        let mut known = 1;
        macro_rules! take {
            ($($param:literal => $call:ident),+) => {$(
                if let Some(value) = params.get($param) {
                    url = url.$call(text(value));
                    known += 1;
                }
            )+};
        }
        take!(
            "VersionId" => version,
            "ResponseContentType" => response_content_type,
            "ResponseContentDisposition" => response_content_disposition,
            "ResponseContentEncoding" => response_content_encoding,
            "ResponseContentLanguage" => response_content_language,
            "ResponseCacheControl" => response_cache_control
        );
        if params.contains_key("ResponseExpires") {
            // 2027-01-02T03:04:05Z
            url = url.response_expires(at(1_798_859_045));
            known += 1;
        }
        // One case has headers, which links do not.
        if known == params.len() {
            assert_eq!(sorted(url.await.unwrap().as_str()), sorted(text(&case["url"])), "{case}");
            seen += 1;
        }
    }
    assert_eq!(seen, 14);
}

/// The attributes that the script's full PUT and its last form have.
fn attributes(policy: UploadPolicy) -> UploadPolicy {
    let mut policy = policy
        .with_content_type("image/png")
        .with_cache_control("private, max-age=60")
        .with_content_disposition("attachment")
        .with_visibility(Visibility::Public)
        .with_size(5)
        .with_expires_in(Duration::from_mins(10));
    policy.attributes.content_encoding = Some("gzip".to_owned());
    policy
}

#[tokio::test]
async fn uploads_by_put_are_those_of_boto3() {
    let golden = golden();
    let full = |case: &&Value| case["operation"] == "put_object" && case["params"]["ContentLength"] == 5;
    let cases: Vec<_> = golden["urls"].as_array().unwrap().iter().filter(full).collect();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let mut policy = attributes(UploadPolicy::default())
            .with_mode(SaveMode::Create)
            .with_checksum(Checksum::of(b"123456789"))
            .with_user_metadata("album", "summer 2026");
        policy.attributes.content_language = Some("de".to_owned());
        let store = Store::new(storage(&golden, &case["client"]));
        let request = store.upload_request("a.png").options(policy).await.unwrap();
        assert_eq!(sorted(&request.url), sorted(text(&case["url"])), "{case}");
        // Every header that was signed is in the request, so that the client can send it.
        let signed = request.url.split("SignedHeaders=").nth(1).unwrap().split('&').next().unwrap();
        let signed: Vec<_> = signed.split("%3B").filter(|name| *name != "host").collect();
        assert_eq!(signed, request.headers.keys().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn parts_are_those_of_boto3() {
    let golden = golden();
    let part = |case: &&Value| case["operation"] == "upload_part";
    let case = golden["urls"].as_array().unwrap().iter().find(part).unwrap();
    let policy = UploadPolicy::default().with_size(100 << 23).with_expires_in(Duration::from_mins(10));
    let uploads = storage(&golden, &case["client"]).multipart_uploads(policy).unwrap();
    let json = serde_json::json!({
        "name": case["params"]["Key"], "upload_id": case["params"]["UploadId"], "part_size": 1
    });
    let upload: MultipartUpload = serde_json::from_value(json).unwrap();
    let parts = uploads.sign("a.mp4", &upload, [17]).await.unwrap();
    assert_eq!(sorted(&parts[0].request.url), sorted(text(&case["url"])));
}

/// Fields, policy and signature are the same, byte for byte.
#[tokio::test]
async fn forms_are_those_of_boto3() {
    let golden = golden();
    let cases = golden["forms"].as_array().unwrap();
    let policy = UploadPolicy::default().with_method(holdall_core::UploadMethod::Post);
    let policy = policy.with_mode(SaveMode::Overwrite);
    let policies = [
        policy.clone(),
        policy.clone().with_min_size(1).with_max_size(5 << 20),
        policy.clone(),
        policy.clone().with_any_file_name(true).with_content_type("image/*").with_max_size(10),
        attributes(policy)
            .with_user_metadata("album", "summer 2026")
            .with_success(UploadSuccess::Redirect("https://www.example.com/done?a=b".to_owned()))
            .with_checksum(UploadChecksum::Sha256([
                0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
                0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
                0xb8, 0x55,
            ])),
    ];
    assert_eq!(cases.len(), policies.len());
    for (case, policy) in cases.iter().zip(policies) {
        let store = Store::new(storage(&golden, &case["client"]));
        let name = text(&case["key"]).trim_end_matches("/${filename}");
        let policy = policy.with_expires_in(Duration::from_secs(case["seconds"].as_u64().unwrap()));
        let request = store.upload_request(name).options(policy).await.unwrap();
        assert_eq!(request.url, text(&case["url"]));
        assert_eq!(serde_json::to_value(&request.fields).unwrap(), case["fields"]);
        assert!(request.headers.is_empty());
    }
}
