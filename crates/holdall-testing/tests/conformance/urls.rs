//! A storage that makes URLs, so that the cases about URLs meet one that is right.

use holdall_core::{Capabilities, Store};
use holdall_testing::conformance::suite;

use crate::doctored::Doctored;

fn capabilities() -> Capabilities {
    Capabilities::default().with_public_url(true).with_signed_url(true).with_url_overrides(true)
}

#[tokio::test(flavor = "multi_thread")]
async fn urls_conform() {
    let report = suite().only("url_").run(&Store::new(Doctored::new(capabilities()))).await;
    report.assert();
    assert_eq!(report.passed.len(), 6, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn urls_without_overrides_conform() {
    let plain = capabilities().with_url_overrides(false);
    let report = suite().only("url_").run(&Store::new(Doctored::new(plain))).await;
    report.assert();
    assert!(report.passed.contains(&"url_refuses_overrides_where_there_are_none"), "{report}");
}
