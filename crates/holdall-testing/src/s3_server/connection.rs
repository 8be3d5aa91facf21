//! Real sockets: accepting, serving, and cutting a connection as a broken network does.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::service::Shared;

/// Ends a connection from inside one of its requests.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    asked: AtomicBool,
    wake: Notify,
}

impl Cut {
    /// Resets the connection, whose task drops whatever of it is being polled.
    pub(crate) fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
        // A permit is kept if the connection's task is not waiting yet, so the wake-up cannot be lost.
        self.wake.notify_one();
    }

    /// Resets the connection. Never returns: the task that waits here is dropped with the connection.
    pub(crate) async fn reset<T>(&self) -> T {
        self.ask();
        match std::future::pending::<Infallible>().await {}
    }
}

/// Accepts connections until the task is aborted; then every connection ends with it.
pub(crate) async fn serve(listener: TcpListener, shared: Shared) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_one(stream, shared.clone()));
                }
                // Out of file descriptors or a connection that died in the queue: the next one may be fine.
                Err(_) => tokio::task::yield_now().await,
            },
            // Reaps what has ended, so that a long test does not collect dead tasks.
            Some(_ended) = connections.join_next() => {}
        }
    }
}

/// Serves one connection until the client closes it or a fault cuts it.
async fn serve_one(stream: TcpStream, shared: Shared) {
    // Without this, head and body of a small reply meet the client's delayed acknowledgement: 44 ms each.
    let _unsupported = stream.set_nodelay(true);
    let cut = Arc::new(Cut::default());
    let io = TokioIo::new(Line { stream, cut: Arc::clone(&cut) });
    let service = {
        let cut = Arc::clone(&cut);
        service_fn(move |request| shared.clone().answer(Arc::clone(&cut), request))
    };
    let connection = http1::Builder::new().serve_connection(io, service);
    tokio::select! {
        // How a connection ends is the client's business; what it was told is in the log.
        _ended = connection => {}
        () = cut.wake.notified() => {}
    }
}

/// A TCP stream that is closed with a reset, instead of an orderly end, when a fault says so.
#[derive(Debug)]
struct Line {
    stream: TcpStream,
    cut: Arc<Cut>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.cut.asked.load(Ordering::SeqCst) {
            // With a linger time of zero, closing sends RST and throws away what was not sent yet. If the socket is
            // gone already, there is nothing left to reset.
            let _gone = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
