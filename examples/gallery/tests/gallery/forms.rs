//! The form, the grid, the page of an image, and the token that guards them.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::pictures::png;
use crate::site::{Part, Site};

#[tokio::test]
async fn an_upload_is_stored_listed_and_shown() {
    let site = Site::new().await;
    let picture = png(40, 30, 10);
    let id = site.stored("harbour at dawn.png", &picture).await;

    let list = site.get(&format!("/?uploaded={id}")).await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text().contains("harbour at dawn.png is in the gallery."), "{}", list.text());
    assert!(list.text().contains("1 image<"), "{}", list.text());
    let link = list.images().remove(0);
    assert!(link.starts_with("/media/usr/20") && link.ends_with("/harbour_at_dawn.png"), "{link}");

    let page = site.get(&format!("/images/{id}")).await;
    assert_eq!(page.images(), std::slice::from_ref(&link));
    for fact in ["<h1>harbour at dawn.png</h1>", "image&#x2f;png", &format!("({} bytes)", picture.len())] {
        assert!(page.text().contains(fact), "{fact} in {}", page.text());
    }

    let file = site.get(&link).await;
    assert_eq!(file.body, picture);
    assert_eq!(file.header(header::CONTENT_TYPE), Some("image/png"));
}

#[tokio::test]
async fn the_newest_image_is_the_first_and_older_ones_have_a_page() {
    let site = Site::new().await;
    let picture = png(2, 2, 0);
    for number in 1..=62 {
        site.stored(&format!("{number}.png"), &picture).await;
    }
    let first = site.get("/").await;
    assert_eq!(first.images().len(), 60);
    assert!(first.images()[0].ends_with("/62.png") && first.images()[59].ends_with("/3.png"));
    assert!(first.text().contains("href=\"/?before=3\""), "{}", first.text());
    let second = site.get("/?before=3").await;
    assert_eq!(second.images().len(), 2);
    assert!(!second.text().contains("rel=\"next\""));
}

#[tokio::test]
async fn one_name_twice_is_two_images() {
    let site = Site::new().await;
    site.stored("cat.png", &png(4, 4, 1)).await;
    site.stored("cat.png", &png(4, 4, 2)).await;
    let files = site.files().await;
    assert_eq!(files.len(), 2, "{files:?}");
    let list = site.get("/").await;
    for (link, hue) in list.images().into_iter().zip([2, 1]) {
        assert_eq!(site.get(&link).await.body, png(4, 4, hue));
    }
}

#[tokio::test]
async fn a_page_allows_nothing_inline_and_is_never_cached() {
    let site = Site::new().await;
    let page = site.get("/").await;
    let policy = page.header(header::CONTENT_SECURITY_POLICY).unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
        assert!(!page.text().contains(inline), "{inline}");
    }
    assert_eq!(page.header(header::CACHE_CONTROL), Some("no-store"));
    assert_eq!(page.header(header::X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
    // The cookie was set on the first visit, and once is enough.
    assert_eq!(page.header(header::SET_COOKIE), None);
}

#[tokio::test]
async fn a_hand_made_query_puts_no_words_on_the_page() {
    let site = Site::new().await;
    for query in ["uploaded=<b>", "uploaded=99", "before=x", "before=-1", "deleted=<b>", "x=%00&%ff"] {
        let page = site.get(&format!("/?{}", query.replace('<', "%3C").replace('>', "%3E"))).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert!(!page.text().contains("<b>"), "{query}");
    }
}

#[tokio::test]
async fn addresses_that_do_not_exist_say_so_on_a_page() {
    let site = Site::new().await;
    for path in ["/nothing", "/images/1", "/images/x", "/images/99999999999999999999", "/images/1/delete"] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text().contains("There is nothing at this address."), "{}", page.text());
        assert!(page.text().contains("gallery.css"), "{}", page.text());
    }
    let request = site.request(Method::PUT, "/").body(Body::empty()).unwrap();
    let page = site.send(request).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(page.header(header::ALLOW), Some("GET,HEAD,POST"));
}

/// Sends the form with this token and these headers, and expects that nothing comes of it.
async fn assert_refused(site: &Site, token: Option<&str>, cookie: bool, more: &[(&str, &str)]) {
    let picture = png(2, 2, 0);
    let mut parts = Vec::new();
    if let Some(token) = token {
        parts.push(Part { name: "csrf_token", file_name: None, bytes: token.as_bytes() });
    }
    parts.push(Part { name: "img-file", file_name: Some("cat.png"), bytes: &picture });
    let content_type = format!("multipart/form-data; boundary={}", crate::site::BOUNDARY);
    let mut request = if cookie {
        site.request(Method::POST, "/")
    } else {
        Request::builder().method(Method::POST).uri("/")
    };
    request = request.header(header::CONTENT_TYPE, content_type);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let answer = site.send(request.body(Body::from(crate::site::multipart(&parts))).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
    assert!(answer.alert().contains("did not come from this page"), "{}", answer.alert());
    // The page has a form that works, so pressing the button again is all that it takes.
    assert!(!answer.token().is_empty());
    assert!(site.files().await.is_empty());
}

#[tokio::test]
async fn a_form_without_the_token_of_the_cookie_is_refused() {
    let site = Site::new().await;
    let other = Site::new().await;
    assert_refused(&site, None, true, &[]).await;
    assert_refused(&site, Some(""), true, &[]).await;
    assert_refused(&site, Some(&other.token), true, &[]).await;
    assert_refused(&site, Some(&"x".repeat(5000)), true, &[]).await;
    assert_refused(&site, Some(&site.token), false, &[]).await;
}

#[tokio::test]
async fn a_form_that_another_site_sent_is_refused() {
    let site = Site::new().await;
    for origin in ["cross-site", "same-site"] {
        assert_refused(&site, Some(&site.token), true, &[("sec-fetch-site", origin)]).await;
    }
}

#[tokio::test]
async fn a_token_that_comes_after_the_file_comes_too_late() {
    let site = Site::new().await;
    let answer = site
        .post_parts(&[
            Part { name: "img-file", file_name: Some("cat.png"), bytes: &png(2, 2, 0) },
            Part { name: "csrf_token", file_name: None, bytes: site.token.as_bytes() },
        ])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(site.files().await.is_empty());
}
