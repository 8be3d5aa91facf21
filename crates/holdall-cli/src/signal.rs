//! Being told to stop.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::exit::{Exit, Failure};

/// How long storages get to put away what they were doing when a signal came.
const GRACE: Duration = Duration::from_secs(5);

/// The end of a piece of work: its result, or the signal that came first.
pub(crate) enum Ended<T> {
    With(T),
    By(Exit),
}

/// A runtime for one command.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(|error| Failure::new(Exit::Failed, format!("no thread can be started: {error}")))
}

/// Does the work until it is done or SIGINT or SIGTERM comes. Then the work is dropped where it stands, which leaves no
/// file half written, and what storages do in threads of their own gets a few seconds to end.
pub(crate) fn until_signal<T>(runtime: Runtime, work: impl Future<Output = T>) -> Result<Ended<T>, Failure> {
    let ended = runtime.block_on(async {
        tokio::select! {
            biased;
            signal = signal() => signal.map(Ended::By),
            done = work => Ok(Ended::With(done)),
        }
    });
    if matches!(ended, Ok(Ended::By(_))) {
        runtime.shutdown_timeout(GRACE);
    }
    ended.map_err(|error| Failure::new(Exit::Failed, format!("signals cannot be waited for: {error}")))
}

/// Waits for a signal that ends a process.
#[cfg(unix)]
async fn signal() -> io::Result<Exit> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => Ok(Exit::Interrupted),
        _ = terminate.recv() => Ok(Exit::Terminated),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn signal() -> io::Result<Exit> {
    tokio::signal::ctrl_c().await.map(|()| Exit::Interrupted)
}
