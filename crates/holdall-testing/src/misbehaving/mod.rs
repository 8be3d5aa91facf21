//! A server that misbehaves: it gives one reply, whatever it is asked.
//!
//! Consoles, proxies, captive portals and cut connections answer with something that looks like success. A client
//! must not believe it. [`Misbehaving::start`] binds a free port of this machine; [`Reply::all`] lists what servers
//! were seen to send, and more.
//!
//! A reply can be kept for the requests of one operation of S3. All others get a polite answer then, so that a
//! client comes as far as that operation.

mod polite;
mod reply;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub use self::reply::{End, Reply};
use self::wire::{read, write};

/// A request as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Heard {
    /// S3's name of the operation, or `Unknown`.
    pub operation: String,
    /// The request line.
    pub line: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// Whether it got the reply of the server, and not a polite one.
    pub is_met: bool,
}

/// The running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Misbehaving {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Heard>>>,
    task: JoinHandle<()>,
}

/// What every connection shares.
#[derive(Debug)]
struct Shared {
    reply: Reply,
    operation: Option<String>,
    log: Arc<Mutex<Vec<Heard>>>,
}

impl Misbehaving {
    /// Gives that reply to every request.
    ///
    /// # Errors
    ///
    /// What binding a port failed with.
    pub async fn start(reply: Reply) -> io::Result<Self> {
        Self::serve(reply, None).await
    }

    /// Gives that reply to requests of one operation (`PutObject`), and a polite one to all others.
    ///
    /// # Errors
    ///
    /// What binding a port failed with.
    pub async fn only(operation: &str, reply: Reply) -> io::Result<Self> {
        Self::serve(reply, Some(operation.to_owned())).await
    }

    async fn serve(reply: Reply, operation: Option<String>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let log = Arc::default();
        let shared = Arc::new(Shared { reply, operation, log: Arc::clone(&log) });
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, log, task })
    }

    /// The URL to point a client at.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Heard> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests got the reply of the server.
    pub fn met(&self) -> usize {
        self.requests().iter().filter(|heard| heard.is_met).count()
    }
}

impl Drop for Misbehaving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves one connection until somebody ends it.
async fn answer(mut stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    loop {
        let mut heard = read(&mut stream).await?;
        heard.is_met = shared.operation.as_ref().is_none_or(|operation| *operation == heard.operation);
        let is_head = heard.line.starts_with("HEAD ");
        let reply = if heard.is_met { shared.reply.clone() } else { polite::reply(&heard.operation) };
        shared.log.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
        if !write(&mut stream, &reply, is_head).await? {
            return None;
        }
    }
}
