//! Pages, images and web app manifests that refer to other files.

use holdall_static::Scan;

use crate::support::{contents, manifest, memory, of, saved};

const APP: [(&str, &str); 8] = [
    (
        "index.html",
        "<!doctype html><link rel=manifest href=app.webmanifest><base href='img/'><img src=cat.png srcset='cat.png 1x, \
         logo.svg 2x'><p style='background:url(&quot;cat.png&quot;)'><script type=module>import '../js/a.js'</script>\n\
         <a href='about.html'>About</a>",
    ),
    ("app.webmanifest", "{\"icons\": [{\"src\": \"img\\/cat.png\"}], \"start_url\": \"index.html\"}"),
    ("manifest.json", "{\"icons\": [{\"src\": \"img/cat.png\"}]}"),
    ("img/logo.svg", "<svg><image href='cat.png#a'/><use href='#b'/></svg>"),
    ("img/cat.png", "a cat"),
    ("js/a.js", "importScripts('b.js', \"../js/b.js\")"),
    ("js/b.js", "1"),
    ("broken.html", "<img src='https://a.example/gone.png'>"),
];

#[tokio::test]
async fn each_language_is_looked_into_when_it_is_asked_for() {
    let store = memory();
    let scan =
        Scan::new().html(true).web_manifests(true).web_manifest_names("manifest.json").import_scripts(true);
    of(&APP).scan(scan).collect(&store).await.unwrap();
    let (contents, manifest) = (contents(&store).await, manifest(&store).await);
    for (name, text) in APP {
        let mut expected = text.to_owned();
        for (file, written) in [
            ("app.webmanifest", "href=app.webmanifest"),
            ("img/cat.png", "cat.png"),
            ("img/logo.svg", "logo.svg"),
            ("js/a.js", "../js/a.js"),
            ("js/b.js", "b.js"),
        ] {
            let (old, new) = (file.rsplit('/').next().unwrap(), manifest.get(file).unwrap().file_name());
            expected = expected.replace(written, &written.replace(old, new));
        }
        // What is all of a JSON string is written again, without escapes that say nothing.
        expected = expected.replace("img\\/", "img/");
        assert_eq!(contents[manifest.get(name).unwrap().as_str()], expected, "{name}");
        // A page is asked for by its own name.
        let copy = if name == "index.html" { expected.as_str() } else { text };
        assert_eq!(contents[name], copy, "{name}");
    }
}

#[tokio::test]
async fn without_a_setting_images_are_looked_into_and_nothing_else() {
    let (with, without) = (memory(), memory());
    of(&APP).collect(&with).await.unwrap();
    of(&APP).scan(Scan::new().svg(false)).collect(&without).await.unwrap();
    let (contents, with, without) = (contents(&with).await, manifest(&with).await, manifest(&without).await);
    for (name, text) in APP {
        let is_image = name == "img/logo.svg";
        assert_eq!(contents[with.get(name).unwrap().as_str()] != text, is_image, "{name}");
        assert_eq!(with.get(name) != without.get(name), is_image, "{name}");
    }
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_saved_again() {
    let store = memory();
    let collector = of(&APP).scan(Scan::new().html(true));
    collector.collect(&store).await.unwrap();
    let again = collector.collect(&store).await.unwrap();
    assert_eq!(saved(&again), [""; 0]);
}
