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
    let router = match app.router().await {
        Ok(router) => router,
        Err(error) => return fail(&error, BAD_SETTINGS),
    };
    let bound =
        TcpListener::bind(settings.addr).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (addr, listener) = match bound {
        Ok(bound) => bound,
        Err(error) => return fail(&format!("cannot listen on {}: {error}", settings.addr), BAD_SETTINGS),
    };
    println!("The gallery is at http://{addr}/ and keeps its images in {}. Ctrl-C stops it.", app.media());
    // Requests that are being answered are answered; uploads that are on their way arrive.
    match axum::serve(listener, router).with_graceful_shutdown(stop()).await {
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

/// Ends when somebody wants the program to end: Ctrl-C at a terminal, SIGTERM from a service manager.
async fn stop() {
    let interrupt = async {
        // Without a handler the program could only be killed; then it is better to go on.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
