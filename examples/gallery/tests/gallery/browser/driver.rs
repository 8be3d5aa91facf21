//! Chromium and its driver: found, started, and stopped whatever happens.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use futures_util::FutureExt;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Longer than anything takes on a loaded machine; a test that waits for this has failed.
pub(super) const DEADLINE: Duration = Duration::from_mins(1);

/// One browser at a time: five of them on a small machine would only slow each other down.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const ADVICE: &str = "the browser tests need Chromium and ChromeDriver in the PATH \
    (on Debian: apt-get install chromium chromium-driver); HOLDALL_BROWSER=skip leaves them out";

/// A running driver, and the windows that were opened through it.
pub(super) struct Browser {
    chromium: PathBuf,
    address: String,
    profiles: TempDir,
    windows: Mutex<Vec<Client>>,
    // Stopped last, when nobody needs it any more.
    _driver: Child,
}

/// Runs `visit` with a browser, and closes every window afterwards, even if `visit` panics: a
/// driver that is killed leaves its Chromium behind.
///
/// Without a browser this fails on CI and where `HOLDALL_BROWSER=required`; elsewhere, and where
/// `HOLDALL_BROWSER=skip`, it says that nothing was tested.
pub(super) async fn with_browser(visit: impl AsyncFnOnce(&Browser)) {
    let wish = std::env::var("HOLDALL_BROWSER").unwrap_or_default();
    if wish == "skip" {
        return say("browser test skipped: HOLDALL_BROWSER=skip");
    }
    let programs = find(&["chromium", "chromium-browser", "google-chrome"]).zip(find(&["chromedriver"]));
    let Some((chromium, driver)) = programs else {
        let on_ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
        assert!(wish != "required" && !on_ci, "{ADVICE}");
        return say(&format!("browser test skipped: {ADVICE}"));
    };
    let _turn = TURN.lock().await;
    let browser = Browser::start(chromium, driver).await;
    let outcome = AssertUnwindSafe(visit(&browser)).catch_unwind().await;
    let windows = std::mem::take(&mut *browser.windows.lock().expect("nobody panics while holding it"));
    for window in windows {
        // One that the test has closed itself says so, and that is fine.
        let _ = window.close().await;
    }
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

impl Browser {
    /// Starts the driver on a port of its own choice, which it prints.
    async fn start(chromium: PathBuf, driver: PathBuf) -> Self {
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver can be started");
        let mut lines = BufReader::new(driver.stdout.take().expect("stdout is piped")).lines();
        let port = async {
            while let Some(line) = lines.next_line().await.expect("chromedriver speaks") {
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    return port.trim_end_matches('.').to_owned();
                }
            }
            panic!("chromedriver ended without saying its port");
        };
        let port = tokio::time::timeout(DEADLINE, port).await.expect("chromedriver starts in time");
        // It goes on talking; somebody has to listen, or it stops when the pipe is full.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            chromium,
            address: format!("http://127.0.0.1:{port}"),
            profiles: tempfile::tempdir().expect("a temporary folder"),
            windows: Mutex::default(),
            _driver: driver,
        }
    }

    /// A window with a fresh profile, with or without JavaScript.
    pub(super) async fn window(&self, javascript: bool) -> Client {
        let profile = self.profiles.path().join(if javascript { "with" } else { "without" });
        // Without the flags for background networking, Chromium looks up its maker's hosts at
        // every start, which a machine without a network turns into minutes of waiting.
        let arguments = [
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-quic".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--window-size=1280,900".to_owned(),
            format!("--user-data-dir={}", profile.display()),
        ];
        // 1 allows, 2 blocks: Chromium's own content setting, as a visitor would change it.
        let scripts = if javascript { 1 } else { 2 };
        let capabilities = json!({
            "goog:chromeOptions": {
                "binary": self.chromium,
                "args": arguments,
                "prefs": { "profile.managed_default_content_settings.javascript": scripts },
            },
            // What the browser complains about can be asked for.
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let capabilities = capabilities.as_object().expect("an object was written").clone();
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&self.address)
            .await
            .expect("a window opens");
        self.windows.lock().expect("nobody panics while holding it").push(client.clone());
        client
    }
}

fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file())
}

/// Past the test harness, which keeps what a passing test prints to itself.
fn say(words: &str) {
    writeln!(std::io::stderr(), "{words}").expect("stderr is open");
}
