//! Import maps and preloads in pages.

use holdall_core::ErrorKind;
use holdall_static::{Assets, Collector, ImportMap};
use serde_json::{Value, json};

use crate::example::of;
use crate::site::disk;

const FILES: [(&str, &str); 4] = [
    ("js/app.js", "import 'three'; import './part.js';"),
    ("js/part.js", "import { Loader } from 'three/addons/loader.js';"),
    ("vendor/three.js", "export class Scene {}"),
    ("vendor/jsm/loader.js", "import 'three';"),
];

fn collector() -> Collector {
    let map = ImportMap::new().pin("three", "vendor/three.js").pin_prefix("three/addons/", "vendor/jsm");
    of(&FILES).import_map(map).preload("js/app.js")
}

/// The JSON in a tag, whose start is checked.
fn parse(tag: &str) -> Value {
    let body = tag.strip_prefix("<script type=\"importmap\" nonce=\"n\">").unwrap_or_else(|| panic!("{tag}"));
    serde_json::from_str(body.strip_suffix("</script>").unwrap()).unwrap()
}

#[tokio::test]
async fn the_import_map_has_the_urls_of_the_store() {
    for base_url in ["/static/", "https://cdn.example.com/"] {
        let (_folder, store) = disk(base_url);
        collector().collect(&store).await.unwrap();
        let assets = Assets::load(&store).await.unwrap();
        let map = parse(&assets.import_map().unwrap().nonce("n").to_string());
        let (three, loader) =
            (assets.get("vendor/three.js").unwrap(), assets.get("vendor/jsm/loader.js").unwrap());
        assert_eq!(map["imports"], json!({ "three": three.url, "three/addons/loader.js": loader.url }));
        assert_eq!(map["integrity"][&loader.url], json!(loader.integrity));
    }
}

#[tokio::test]
async fn a_module_gets_a_preload_for_everything_that_it_imports() {
    let (_folder, store) = disk("/static/");
    collector().collect(&store).await.unwrap();
    let assets = Assets::load(&store).await.unwrap();
    let names = ["vendor/three.js", "js/part.js", "vendor/jsm/loader.js"];
    let tags = names.map(|name| assets.modulepreload(name).unwrap().to_string());
    assert_eq!(assets.modulepreloads("js/app.js").unwrap().to_string(), tags.join("\n"));
    let headers = ["js/app.js", "vendor/three.js", "js/part.js", "vendor/jsm/loader.js"]
        .map(|name| assets.modulepreload_header(name).unwrap());
    assert_eq!(assets.modulepreload_headers("js/app.js").unwrap(), headers);
    assert_eq!(assets.modulepreloads("js/part.js").unwrap().iter().len(), 2);
    assert_eq!(assets.modulepreloads("js/apps.js").unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn in_development_the_same_names_are_mapped_and_missing_ones_refused() {
    let assets = Assets::live(&collector()).unwrap();
    let map = parse(&assets.import_map().unwrap().nonce("n").to_string());
    let imports = json!({ "three": "/static/vendor/three.js", "three/addons/loader.js": "/static/vendor/jsm/loader.js" });
    assert_eq!(map, json!({ "imports": imports }));
    assert_eq!(assets.modulepreloads("js/app.js").unwrap().iter().len(), 0);
    assert!(assets.modulepreloads("js/apps.js").is_err());

    let broken = of(&FILES).import_map(ImportMap::new().pin("three", "vendor/tree.js"));
    let error = Assets::live(&broken).unwrap().import_map().unwrap_err();
    assert!(error.to_string().contains("vendor/three.js"), "the nearest: {error}");
    let none = Assets::live(&of(&FILES)).unwrap().import_map().unwrap().nonce("n").to_string();
    assert_eq!(parse(&none), json!({}));
}
