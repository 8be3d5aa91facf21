//! One page in a window, and everything that it complained about.

use std::path::{Path, PathBuf};

use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use hyper::Method;
use serde_json::{Value, json};

use super::driver::DEADLINE;
use super::site::Site;

/// `ChromeDriver`'s command for what the browser logged since the last call: errors of scripts, files that could not be
/// loaded, and what was written to the console.
#[derive(Debug)]
struct BrowserLog;

impl WebDriverCompatibleCommand for BrowserLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// Opens the page, waits until the script returns true, takes a picture, and sees to it that nothing was missing and
/// nothing complained.
pub(super) async fn visit(client: &Client, site: &Site, name: &str, is_ready: &str) {
    client.goto(&site.address()).await.unwrap();
    let deadline = tokio::time::Instant::now() + DEADLINE;
    loop {
        let ready = client.execute(is_ready, Vec::new()).await;
        if matches!(ready, Ok(Value::Bool(true))) {
            break;
        }
        if tokio::time::Instant::now() >= deadline {
            keep_picture(client, name).await;
            panic!(
                "{name} was never ready: {ready:?}\nlog: {:#?}\nasked: {:#?}",
                log(client).await,
                site.asked()
            );
        }
        tokio::task::yield_now().await;
    }
    keep_picture(client, name).await;
    let missing: Vec<_> = site.asked().into_iter().filter(|(_, status)| !status.is_success()).collect();
    assert!(missing.is_empty(), "{name}: {missing:?}");
    let complaints: Vec<_> = log(client).await.into_iter().filter(is_complaint).collect();
    assert!(complaints.is_empty(), "{name}: {complaints:#?}");
}

async fn log(client: &Client) -> Vec<Value> {
    let log = client.issue_cmd(BrowserLog).await.expect("ChromeDriver has a log of the browser");
    log.as_array().expect("it is a list").clone()
}

fn is_complaint(entry: &Value) -> bool {
    matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"))
}

async fn keep_picture(client: &Client, name: &str) {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/browser");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("static-{name}.png")), client.screenshot().await.unwrap()).unwrap();
}
