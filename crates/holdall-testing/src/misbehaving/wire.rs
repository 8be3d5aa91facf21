//! Requests from a socket, and replies onto it.

use std::fmt::Write as _;

use hyper::{HeaderMap, Method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{End, Heard, Reply};
use crate::s3_server::{Resource, classify};

/// Reads a whole request; `None` where the connection ended.
pub(super) async fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let header =
        |name: &str| headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let length = header("content-length").and_then(|value| value.parse::<usize>().ok());
    let is_chunked = header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
    let is_over = |body: &[u8]| match length {
        Some(length) => body.len() >= length,
        None => !is_chunked || body.ends_with(b"0\r\n\r\n"),
    };
    if header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
    }
    while !is_over(&bytes[end..]) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let operation = operation(&line, &headers).to_owned();
    Some(Heard { operation, line, headers, is_met: false })
}

/// The operation of a request in path style.
fn operation(line: &str, headers: &[(String, String)]) -> &'static str {
    let mut words = line.split(' ');
    let method = words.next().and_then(|method| method.parse().ok()).unwrap_or(Method::GET);
    let target = words.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let resource = match path.trim_start_matches('/').split_once('/') {
        None if path.len() < 2 => Resource::Service,
        None | Some((_, "")) => Resource::Bucket,
        Some(_) => Resource::Object,
    };
    let headers: HeaderMap = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.parse::<hyper::header::HeaderName>().ok()?, value.parse().ok()?))
        })
        .collect();
    classify(&method, resource, query, &headers)
}

/// Writes a reply. Returns whether the connection goes on.
pub(super) async fn write(stream: &mut TcpStream, reply: &Reply, is_head: bool) -> Option<bool> {
    let Reply { version, status, headers, body, end, .. } = reply;
    let mut text = format!("HTTP/{version} {status} Because\r\n");
    for (name, value) in headers {
        let _infallible = write!(text, "{name}: {value}\r\n");
    }
    let length = match end {
        End::Nothing => return Some(false),
        End::Raw => {
            stream.write_all(body).await.ok()?;
            return Some(false);
        }
        End::Close => None,
        End::Whole if matches!(status, 204 | 304) || is_length_given(headers) => None,
        End::Whole => Some(body.len()),
        End::Cut => Some(body.len() + 10),
    };
    if let Some(length) = length {
        let _infallible = write!(text, "content-length: {length}\r\n");
    } else if *end == End::Close {
        text.push_str("connection: close\r\n");
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    if !is_head && !matches!(status, 204 | 304) {
        bytes.extend_from_slice(body);
    }
    stream.write_all(&bytes).await.ok()?;
    let is_right = |(name, value): &(String, String)| {
        !name.eq_ignore_ascii_case("content-length") || value.parse() == Ok(body.len())
    };
    // Nobody shall wait for what does not come.
    Some(*end == End::Whole && (is_head || headers.iter().all(is_right)))
}

fn is_length_given(headers: &[(String, String)]) -> bool {
    headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"))
}
