//! The files of a local storage over HTTP.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};

use crate::pictures::png;
use crate::site::{Answer, Site};

/// A site with one image, and the image's address.
async fn site_with_image() -> (Site, String, Vec<u8>) {
    let site = Site::new().await;
    let picture = png(20, 20, 7);
    site.stored("cat.png", &picture).await;
    let link = site.get("/").await.images().remove(0);
    (site, link, picture)
}

async fn conditional(site: &Site, method: Method, path: &str, tags: &str) -> Answer {
    let request = site.request(method, path).header(header::IF_NONE_MATCH, tags);
    site.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_file_comes_with_what_a_browser_has_to_know() {
    let (site, link, picture) = site_with_image().await;
    let file = site.get(&link).await;
    assert_eq!((file.status, &file.body[..]), (StatusCode::OK, &picture[..]));
    assert_eq!(file.header(header::CONTENT_TYPE), Some("image/png"));
    assert_eq!(file.header(header::CONTENT_LENGTH), Some(picture.len().to_string().as_str()));
    assert_eq!(file.header(header::X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
    assert_eq!(file.header(header::CACHE_CONTROL), Some("no-cache"));
    assert!(file.header(header::CONTENT_SECURITY_POLICY).unwrap().contains("sandbox"));
    assert_eq!(file.header(header::CONTENT_DISPOSITION), None);

    let request = site.request(Method::HEAD, &link).body(Body::empty()).unwrap();
    let head = site.send(request).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::ETAG, header::CACHE_CONTROL] {
        assert_eq!(head.header(&name), file.header(&name), "{name}");
    }
}

#[tokio::test]
async fn a_browser_that_has_the_file_is_told_so() {
    let (site, link, picture) = site_with_image().await;
    let etag = site.get(&link).await.header(header::ETAG).expect("the disk has tags").to_owned();
    for method in [Method::GET, Method::HEAD] {
        for tags in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let answer = conditional(&site, method.clone(), &link, &tags).await;
            assert_eq!((answer.status, answer.body.len()), (StatusCode::NOT_MODIFIED, 0), "{method} {tags}");
            assert_eq!(answer.header(header::ETAG), Some(etag.as_str()));
        }
        for tags in ["\"other\"", "other", "", "\"a\", \"b\""] {
            let answer = conditional(&site, method.clone(), &link, tags).await;
            assert_eq!(answer.status, StatusCode::OK, "{method} {tags}");
        }
    }
    // A name that is used again is another version.
    let name = site.files().await.remove(0);
    site.app.media().save(&name, [picture, vec![0]].concat()).overwrite().await.unwrap();
    assert_eq!(conditional(&site, Method::GET, &link, &etag).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_outside_the_storage_can_be_reached() {
    let (site, _, _) = site_with_image().await;
    for path in [
        "/media/",
        "/media/usr",
        "/media/nothing.png",
        "/media/../gallery.sqlite3",
        "/media/..%2f..%2fdata%2fgallery.sqlite3",
        "/media/%2e%2e/data/gallery.sqlite3",
        "/media/usr/..%5c..%5c..%5cdata",
        "/media//etc/passwd",
        "/media/%2fetc%2fpasswd",
        "/media/a%00b",
        "/static/../media/x",
        "/static/nothing.css",
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().contains("Not here"), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_is_no_image_among_the_uploads_is_a_download_in_a_sandbox() {
    let site = Site::new().await;
    // No visitor gets this past the form; another program that shares the storage might.
    site.app.media().save("usr/page.html", "<script>alert(1)</script>").await.unwrap();
    let answer = site.get("/media/usr/page.html").await;
    assert_eq!(answer.header(header::CONTENT_DISPOSITION), Some("attachment"));
    let policy = answer.header(header::CONTENT_SECURITY_POLICY).unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_that_leads_out_of_the_root_is_not_there() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.png"), png(2, 2, 1)).unwrap();
    let (site, link, _) = site_with_image().await;
    let name = site.files().await.remove(0);
    let root = site.folder.path().join("media").join(name.as_str()).parent().unwrap().to_owned();
    std::os::unix::fs::symlink(outside.path(), root.join("out")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.png"), root.join("out.png")).unwrap();
    std::os::unix::fs::symlink("round", root.join("round")).unwrap();
    let directory = link.rsplit_once('/').unwrap().0;
    let long = "a".repeat(300);
    let odd = ["out/secret.png", "out/", "out", "out.png", "round", "round/a.png", "a%00b", "..%2Fa", &long];
    for name in odd {
        for method in [Method::GET, Method::HEAD] {
            let path = format!("{directory}/{name}");
            let request = site.request(method.clone(), &path).body(Body::empty()).unwrap();
            assert_eq!(site.send(request).await.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
}
