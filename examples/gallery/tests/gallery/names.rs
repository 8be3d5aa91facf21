//! File names that mean harm, or just do not fit.

use axum::http::header;

use crate::pictures::png;
use crate::site::Site;

/// What the client says, and what the file is called in the storage, below `usr/<year>/<month>/`.
const NAMES: [(&str, &str); 14] = [
    ("../../x.png", "x.png"),
    ("/etc/passwd", "passwd.png"),
    (r"a\b.png", "b.png"),
    (r"C:\Users\me\cat.png", "cat.png"),
    ("..", "image.png"),
    (".png", "image.png"),
    ("...png", "image.png"),
    ("photo.html", "photo.png"),
    ("photo.php.jpg", "photo.php.png"),
    ("my photo (1).png", "my_photo_1.png"),
    ("세계 지도.png", "세계_지도.png"),
    ("a;b=c.png", "abc.png"),
    ("%2e%2e%2fx.png", "2e2e2fx.png"),
    ("<script>alert(1)</script>.png", "script.png"),
];

#[tokio::test]
async fn a_hostile_name_ends_inside_the_folder_of_uploads() {
    for (claimed, expected) in NAMES {
        let site = Site::new().await;
        let id = site.stored(claimed, &png(2, 2, 0)).await;
        let files = site.files().await;
        assert_eq!(files.len(), 1, "{claimed:?}: {files:?}");
        let segments: Vec<&str> = files[0].segments().collect();
        assert_eq!((segments.len(), segments[0]), (4, "usr"), "{claimed:?}: {}", files[0]);
        assert_eq!(segments[3], expected, "{claimed:?}");

        // And the link of the page leads to it, whatever had to be escaped on the way.
        let page = site.get(&format!("/images/{id}")).await;
        assert!(!page.text().contains("<script>alert"), "{}", page.text());
        let link = page.images().remove(0);
        let file = site.get(&link).await;
        assert_eq!(file.body, png(2, 2, 0), "{link}");
        assert_eq!(file.header(header::CONTENT_TYPE), Some("image/png"));
    }
}

#[tokio::test]
async fn a_name_of_three_hundred_letters_is_cut_and_keeps_its_extension() {
    for letter in ["a", "é", "세"] {
        let site = Site::new().await;
        // Twice: the second one needs room for what makes it different.
        for _ in 0..2 {
            site.stored(&(letter.repeat(300) + ".jpeg"), &png(2, 2, 0)).await;
        }
        let files = site.files().await;
        assert_eq!(files.len(), 2, "{files:?}");
        for file in files {
            assert!(file.file_name().len() <= 255, "{file}");
            assert_eq!(file.extension(), Some("png"), "{file}");
        }
    }
}

#[tokio::test]
async fn the_extension_is_that_of_the_bytes() {
    let table: [(&str, &[u8], &str, &str); 4] = [
        ("a.png", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a.jpg", "image/jpeg"),
        ("a.html", b"GIF89a\x01\0\x01\0\0\0\0;", "a.gif", "image/gif"),
        ("a.php", b"RIFF\x24\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
        ("a", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "a.avif", "image/avif"),
    ];
    for (claimed, bytes, stored, content_type) in table {
        let site = Site::new().await;
        site.stored(claimed, bytes).await;
        let files = site.files().await;
        assert_eq!(files[0].file_name(), stored);
        let metadata = site.app.media().metadata(&files[0]).await.unwrap();
        assert_eq!(metadata.content_type(), content_type);
    }
}
