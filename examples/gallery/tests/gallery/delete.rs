//! Deleting: asked first, done once, for good.

use axum::http::{StatusCode, header};

use crate::pictures::png;
use crate::site::Site;

#[tokio::test]
async fn a_delete_is_asked_for_and_then_done() {
    let site = Site::new().await;
    let id = site.stored("cat.png", &png(2, 2, 0)).await;
    let link = site.get("/").await.images().remove(0);

    let question = site.get(&format!("/images/{id}/delete")).await;
    assert!(question.text().contains("Delete this image?"), "{}", question.text());
    assert_eq!(site.files().await.len(), 1, "asking deletes nothing");

    let answer = site.delete(id, question.token()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let list = site.get(answer.header(header::LOCATION).unwrap()).await;
    assert!(list.text().contains("The image was deleted."), "{}", list.text());
    assert!(list.text().contains("No images yet"), "{}", list.text());
    assert!(site.files().await.is_empty());
    assert_eq!(site.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get(&format!("/images/{id}")).await.status, StatusCode::NOT_FOUND);

    // The second click of a double click.
    assert_eq!(site.delete(id, &site.token).await.status, StatusCode::NOT_FOUND);
    // And the id is gone with the image.
    assert_ne!(site.stored("cat.png", &png(2, 2, 0)).await, id);
}

#[tokio::test]
async fn a_delete_without_the_token_deletes_nothing() {
    let site = Site::new().await;
    let id = site.stored("cat.png", &png(2, 2, 0)).await;
    for token in ["", "wrong"] {
        let answer = site.delete(id, token).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.alert().contains("please try again"), "{}", answer.alert());
        assert!(answer.text().contains("Delete this image?"), "the question is asked again");
    }
    assert_eq!(site.files().await.len(), 1);
    assert_eq!(site.get(&format!("/images/{id}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_image_whose_file_is_gone_already_can_be_deleted() {
    let site = Site::new().await;
    let id = site.stored("cat.png", &png(2, 2, 0)).await;
    let file = site.files().await.remove(0);
    site.app.media().delete(&file).await.unwrap();
    assert_eq!(site.delete(id, &site.token).await.status, StatusCode::SEE_OTHER);
    assert!(site.get("/").await.text().contains("No images yet"));
}
