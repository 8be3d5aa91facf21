//! Asking a server whether it is there, without an HTTP library.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long one question may take. A server that starts may accept a connection and not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The status of the reply to one request without headers or body; `None` where there is none.
pub(super) async fn status(port: u16, method: &str, path: &str) -> Option<u16> {
    tokio::time::timeout(PATIENCE, ask(port, method, path)).await.ok()?
}

async fn ask(port: u16, method: &str, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.ok()?;
    code(&reply)
}

/// The code in a status line (RFC 9112, section 4).
fn code(reply: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(reply.split(|byte| *byte == b'\r').next()?).ok()?;
    line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn the_code_is_in_the_first_line() {
        assert_eq!(code(b"HTTP/1.1 403 Forbidden\r\nServer: x\r\n\r\n"), Some(403));
        assert_eq!(code(b"HTTP/1.0 200 \r\n\r\n"), Some(200));
        for reply in [b"".as_slice(), b"SSH-2.0\r\n", b"HTTP/1.1\r\n", b"HTTP/1.1 ?\r\n"] {
            assert_eq!(code(reply), None);
        }
    }
}
