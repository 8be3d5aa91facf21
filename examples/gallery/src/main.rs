//! Reads the settings, starts the gallery, and stops it politely.

use std::fmt::Display;
use std::process::ExitCode;

use gallery::App;
use gallery::config::Settings;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// "I did not understand my settings", as opposed to "I understood them and it went wrong".
const BAD_SETTINGS: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,gallery=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();

    let settings = match Settings::load() {
        Ok(settings) => settings,
        Err(error) => return fail(&error, BAD_SETTINGS),
    };
    let app = match App::start(&settings).await {
        Ok(app) => app,
        Err(error) => return fail(&error, BAD_SETTINGS),
    };
    let bound =
        TcpListener::bind(settings.addr).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (addr, listener) = match bound {
        Ok(bound) => bound,
        Err(error) => return fail(&format!("cannot listen on {}: {error}", settings.addr), BAD_SETTINGS),
    };
    let stop = match stop() {
        Ok(stop) => stop,
        Err(error) => return fail(&format!("cannot listen for signals: {error}"), 1),
    };
    println!("The gallery is at http://{addr}/ and keeps its images in {}. Ctrl-C stops it.", app.media());
    // Requests that are being answered are answered; uploads that are on their way arrive.
    match axum::serve(listener, app.router()).with_graceful_shutdown(stop).await {
        Ok(()) => {
            app.db().close().await;
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error, 1),
    }
}

/// One sentence, and nothing else to search through.
fn fail(error: &dyn Display, code: u8) -> ExitCode {
    eprintln!("gallery: {error}");
    ExitCode::from(code)
}

/// From now on, Ctrl-C at a terminal and SIGTERM from a service manager end the returned future
/// and no longer the process.
///
/// Not an `async fn`: the handlers have to be there before the address is printed, because whoever
/// reads the address may want us to stop.
#[cfg(unix)]
fn stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// From now on, Ctrl-C ends the returned future and no longer the process.
#[cfg(windows)]
fn stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move { drop(interrupt.recv().await) })
}
