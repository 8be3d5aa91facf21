//! Other headers for files that are there.

use holdall::static_files::Headers;

use crate::support::{BUCKET, contents, key, of, operations, put, server, site, store, whole};

/// A run that changes nothing but headers sends no content again: one look and one copy a file, on the server, and the
/// manifests, which note the headers.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_headers_sends_no_content() {
    let server = server().await;
    of(site(0)).copies(false).collect(&store(&server)).await.unwrap();
    let before = contents(&server);
    let manifest = whole(&server);
    server.clear_requests();

    let cached = "public, max-age=60, must-revalidate";
    let styled = || of(site(0)).copies(false).headers("*.css", Headers::new().cache_control(cached));
    styled().collect(&store(&server)).await.unwrap();
    let operations = operations(&server);
    assert_eq!((operations["CopyObject"], operations["HeadObject"]), (2, 2), "{operations:?}");
    assert!(put(&server).iter().all(|name| name.starts_with("staticfiles.")), "{:?}", put(&server));
    assert_eq!(operations.get("DeleteObject"), None);
    for (name, hashed) in manifest.iter() {
        let object = server.object(BUCKET, &key(hashed.as_str())).unwrap();
        let is_style = name.extension() == Some("css");
        assert_eq!(object.cache_control.as_deref() == Some(cached), is_style, "{name}");
        assert_eq!(object.content.to_vec(), before[hashed.as_str()], "{name}");
    }
    // It is noted: the next run is the listing.
    server.clear_requests();
    styled().collect(&store(&server)).await.unwrap();
    assert_eq!(put(&server), Vec::<String>::new());
    assert_eq!((server.count("CopyObject"), server.count("HeadObject")), (0, 0));
}
