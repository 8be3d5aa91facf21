//! Small servers that stand where others would: a security token service, a proxy, a TLS front, and the files of a
//! profile. Each serves one connection after another on a free port of this machine, and ends with its runtime.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

type Log = Arc<Mutex<Vec<Heard>>>;

/// Reads up to the end of the headers, and as much of the body as they promise.
async fn read_request(stream: &mut TcpStream) -> Option<(Heard, Vec<u8>)> {
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
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    while bytes.len() < end + length.unwrap_or(0) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&bytes[end..]).into_owned();
    Some((Heard { head, body }, bytes))
}

/// A security token service.
pub(crate) struct Sts {
    address: String,
    log: Log,
}

impl Sts {
    /// One that gives these keys to everybody, for an hour.
    pub(crate) async fn start(access: &str, secret: &str) -> Self {
        let keys = format!(
            "<Credentials><AccessKeyId>{access}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
             <SessionToken>canary-sts-token</SessionToken><Expiration>2126-01-01T00:00:00Z</Expiration></Credentials>"
        );
        Self::answering("200 OK", move |action| {
            format!(
                "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result>{keys}\
                 </{action}Result></{action}Response>"
            )
        })
        .await
    }

    /// One that refuses everybody.
    pub(crate) async fn refusing() -> Self {
        Self::answering("403 Forbidden", |_| {
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>AccessDenied</Code><Message>not authorized to perform sts:AssumeRole</Message></Error>\
             </ErrorResponse>"
                .to_owned()
        })
        .await
    }

    async fn answering(status: &'static str, answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let log = Log::default();
        let heard = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some((request, _)) = read_request(&mut stream).await else { continue };
                let action = request.body.split('&').find_map(|field| field.strip_prefix("Action="));
                let body = answer(action.unwrap_or_default());
                heard.lock().unwrap().push(request);
                let reply = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(reply.as_bytes()).await;
            }
        });
        Self { address, log }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Heard> {
        self.log.lock().unwrap().clone()
    }
}

/// A proxy that lets everybody through and notes what it was asked.
pub(crate) struct LoopbackProxy {
    address: String,
    log: Log,
}

impl LoopbackProxy {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let log = Log::default();
        let heard = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(stream, Arc::clone(&heard)));
            }
        });
        Self { address, log }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of the requests.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.log.lock().unwrap().iter().map(|heard| heard.head.clone()).collect()
    }
}

/// One request to a proxy: a tunnel, or one in absolute form, after which the connection ends.
async fn pass_on(mut stream: TcpStream, log: Log) -> Option<()> {
    let (request, bytes) = read_request(&mut stream).await?;
    log.lock().unwrap().push(request.clone());
    let mut words = request.head.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    if method == "CONNECT" {
        let mut server = TcpStream::connect(target).await.ok()?;
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
        copy_bidirectional(&mut stream, &mut server).await.ok()?;
        return Some(());
    }
    let rest = target.strip_prefix("http://")?;
    let (host, _) = rest.split_once('/')?;
    let mut server = TcpStream::connect(host).await.ok()?;
    let line_end = request.head.find("\r\n")?;
    let line = format!("{method} {} HTTP/1.1\r\nconnection: close", &rest[host.len()..]);
    server.write_all(line.as_bytes()).await.ok()?;
    server.write_all(&bytes[line_end..]).await.ok()?;
    copy_bidirectional(&mut stream, &mut server).await.ok()?;
    Some(())
}

/// TLS in front of a plain server, with a certificate for `localhost` and `127.0.0.1` that an authority of its own
/// signed.
pub(crate) struct TlsFront {
    port: u16,
    /// The authority's certificate, in PEM.
    pub(crate) authority: String,
}

impl TlsFront {
    pub(crate) async fn start(server: std::net::SocketAddr) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "a loopback authority");
        let authority =
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate =
            CertificateParams::new(names).expect("names").signed_by(&key, &authority).expect("a signature");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .expect("a certificate with its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut stream = acceptor.accept(stream).await.ok()?;
                    let mut server = TcpStream::connect(server).await.ok()?;
                    copy_bidirectional(&mut stream, &mut server).await.ok()
                });
            }
        });
        Self { port, authority: authority.pem() }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// A directory with the files `config` and `credentials` of one profile.
pub(crate) fn aws_profile(name: &str, access: &str, secret: &str, region: &str) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let config = format!("[profile {name}]\nregion = {region}\n");
    let keys = format!("[{name}]\naws_access_key_id = {access}\naws_secret_access_key = {secret}\n");
    std::fs::write(directory.path().join("config"), config).expect("a file");
    std::fs::write(directory.path().join("credentials"), keys).expect("a file");
    directory
}
