//! Entries of bundlers in pages.

use holdall_core::ErrorKind;
use holdall_static::{Assets, Collector, Directories, Embedded, Prehashed, ViteManifest};

use crate::example::write;
use crate::site::disk;

const VITE: &str = r#"{
    "src/main.ts": {"file": "assets/main-B1C2D3e4.js", "isEntry": true, "imports": ["_shared.js"],
                    "css": ["assets/main-F5G6H7i8.css"]},
    "_shared.js": {"file": "assets/shared-J9K0L1m2.js", "css": ["assets/shared-N3O4P5q6.css"]}
}"#;
const FILES: [(&str, &str); 4] = [
    ("assets/main-B1C2D3e4.js", "import './shared-J9K0L1m2.js'"),
    ("assets/main-F5G6H7i8.css", "p { margin: 0 }"),
    ("assets/shared-J9K0L1m2.js", "export {}"),
    ("assets/shared-N3O4P5q6.css", "q { margin: 0 }"),
];

fn collector() -> Collector {
    let manifest = ViteManifest::parse(VITE.as_bytes()).unwrap();
    Collector::new().finder(Embedded::new(FILES).unwrap()).prehashed(Prehashed::vite_manifest(manifest))
}

#[tokio::test]
async fn a_page_gets_style_sheets_preloads_and_the_module_in_that_order() {
    let (_folder, store) = disk("/static/");
    collector().collect(&store).await.unwrap();
    let assets = Assets::load(&store).await.unwrap();
    let sum = |name| assets.integrity(name).unwrap().unwrap();
    let base = "/static/static/assets";
    let expected = format!(
        "<link rel=\"stylesheet\" href=\"{base}/shared-N3O4P5q6.css\" integrity=\"{}\" nonce=\"n\">\n\
         <link rel=\"stylesheet\" href=\"{base}/main-F5G6H7i8.css\" integrity=\"{}\" nonce=\"n\">\n\
         <link rel=\"modulepreload\" href=\"{base}/shared-J9K0L1m2.js\" integrity=\"{}\" nonce=\"n\">\n\
         <script type=\"module\" src=\"{base}/main-B1C2D3e4.js\" integrity=\"{}\" nonce=\"n\"></script>",
        sum("assets/shared-N3O4P5q6.css"),
        sum("assets/main-F5G6H7i8.css"),
        sum("assets/shared-J9K0L1m2.js"),
        sum("assets/main-B1C2D3e4.js"),
    );
    assert_eq!(assets.entry_tags("src/main.ts").unwrap().nonce("n").to_string(), expected);
    let headers = assets.entry_headers("src/main.ts").unwrap();
    let rels: Vec<&str> = headers.iter().map(|header| header.split("; ").nth(1).unwrap()).collect();
    assert_eq!(rels, ["rel=preload", "rel=preload", "rel=modulepreload", "rel=modulepreload"]);

    let error = assets.entry_tags("src/mian.ts").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.reason(), "there is no entry 'src/mian.ts'; there are 'src/main.ts'");
}

#[tokio::test]
async fn in_development_the_last_build_is_read_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let files = FILES.map(|(name, text)| (format!("dist/{name}"), text));
    write(folder.path(), &files.each_ref().map(|(name, text)| (name.as_str(), *text)));
    let manifest = folder.path().join("vite.json");
    let collector = Collector::new()
        .finder(Directories::new(folder.path().join("dist")))
        .prehashed(Prehashed::vite(&manifest));
    let assets = Assets::live(&collector).unwrap();
    assert!(assets.entry_tags("src/main.ts").unwrap_err().to_string().contains("build first"));
    std::fs::write(&manifest, VITE).unwrap();
    let tags = assets.entry_tags("src/main.ts").unwrap();
    assert_eq!(tags.iter().len(), 4);
    assert!(tags.to_string().contains("href=\"/static/assets/main-F5G6H7i8.css\""), "{tags}");
    // The next build has other names.
    std::fs::write(&manifest, VITE.replace("main-F5G6H7i8", "main-Z9Y8X7w6")).unwrap();
    write(folder.path(), &[("dist/assets/main-Z9Y8X7w6.css", "")]);
    assert!(assets.entry_tags("src/main.ts").unwrap().to_string().contains("main-Z9Y8X7w6.css"));
}

#[test]
fn without_a_bundler_the_error_says_so() {
    let assets = Assets::live(&Collector::new()).unwrap();
    let error = assets.entry_tags("src/main.ts").unwrap_err();
    assert!(error.reason().contains("tell the collector of the bundler's manifest"), "{error}");
}
