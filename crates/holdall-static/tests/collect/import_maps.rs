//! Import maps: bare module names, and what an entry imports.

use holdall_core::ErrorKind;
use holdall_static::{ImportMap, Severity};

use crate::support::{contents, hashed, manifest, memory, of};

const PAGE: [(&str, &str); 6] = [
    (
        "app.js",
        "import 'three';\nimport { a } from './a.js';\nimport 'three/addons/b.js';\nimport('./late.js');\n",
    ),
    ("a.js", "import 'three'; export const a = 1;"),
    ("late.js", "import './a.js'"),
    ("vendor/three.js", "export class Scene {}"),
    ("vendor/jsm/b.js", "import * as three from \"three\";"),
    ("vendor/jsm/b.html", "no module"),
];

fn map() -> ImportMap {
    ImportMap::new().pin("three", "vendor/three.js").pin_prefix("three/addons/", "vendor/jsm/")
}

#[tokio::test]
async fn bare_names_stay_and_stand_for_hashed_files() {
    let store = memory();
    let report = of(&PAGE).import_map(map()).preload("app.js").collect(&store).await.unwrap();
    assert_eq!(report.problems, []);
    let manifest = manifest(&store).await;
    let pins: Vec<_> = manifest.import_map().map(|(name, file)| (name, file.as_str())).collect();
    assert_eq!(pins, [("three", "vendor/three.js"), ("three/addons/b.js", "vendor/jsm/b.js")]);
    // What is loaded later is not loaded ahead.
    let preloads: Vec<_> = manifest.preloads("app.js").iter().map(|name| name.as_str()).collect();
    assert_eq!(preloads, ["vendor/three.js", "a.js", "vendor/jsm/b.js"]);
    assert!(contents(&store).await[&hashed(&store, "app.js").await].starts_with("import 'three';"));
    let json = manifest.import_map_json(|name| format!("/static/{name}"));
    assert_eq!(json.matches("sha384-").count(), 2, "{json}");
}

#[tokio::test]
async fn what_is_pinned_is_no_part_of_the_hash_of_who_imports_it() {
    let (before, after) = (memory(), memory());
    of(&PAGE).import_map(map()).collect(&before).await.unwrap();
    let mut changed = PAGE;
    changed[3].1 = "export class Scene { constructor() {} }";
    of(&changed).import_map(map()).collect(&after).await.unwrap();
    for (name, differs) in
        [("vendor/three.js", true), ("app.js", false), ("a.js", false), ("vendor/jsm/b.js", false)]
    {
        assert_eq!(hashed(&before, name).await != hashed(&after, name).await, differs, "{name}");
    }
}

#[tokio::test]
async fn the_own_address_of_a_script_can_lead_to_the_hashed_one() {
    let store = memory();
    of(&PAGE)
        .import_map(
            ImportMap::new()
                .pin("three", "vendor/three.js")
                .pin("three/addons/b.js", "vendor/jsm/b.js")
                .modules("a*.js"),
        )
        .collect(&store)
        .await
        .unwrap();
    let (app, manifest) = (hashed(&store, "app.js").await, manifest(&store).await);
    let json = manifest.import_map_json(|name| format!("/static/{name}"));
    assert!(json.contains(&format!("\"/static/app.js\":\"/static/{app}\"")), "{json}");
    assert!(!json.contains("\"/static/late.js\""), "{json}");
}

#[tokio::test]
async fn without_a_map_bare_names_are_nobodys_business() {
    let store = memory();
    let report = of(&PAGE).collect(&store).await.unwrap();
    assert_eq!(report.problems, []);
    assert_eq!(manifest(&store).await.import_map().len(), 0);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_map_is_told() {
    let files = [
        ("app.js", "import 'Three';\nimport 'three/addons/c.js';\nimport 'node:fs';import 'gone';"),
        ("vendor/jsm/b.js", "1"),
        ("vendor/three.js", "1"),
    ];
    let map = map().pin("gone", "vendor/there.js").pin_prefix("x/", "vendor/x");
    let error = of(&files).import_map(map.clone()).collect(&memory()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(
        error.reason().lines().collect::<Vec<_>>(),
        [
            "app.js:2:9: three/addons/c.js -> vendor/jsm/c.js: there is no such file; did you mean vendor/jsm/b.js?",
            "vendor/there.js: the import map pins \"gone\" to it: there is no such file; did you mean vendor/three.js?",
            "vendor/x: the import map pins \"x/\" to it: there is no such file",
            "nothing was published: 3 of these must be mended",
        ]
    );
    let lenient =
        of(&files).import_map(map).missing("*", "*", Severity::Warning).collect(&memory()).await.unwrap();
    assert_eq!(
        lenient.problems[0].to_string(),
        "app.js:1:9: Three: the import map has no such name; did you mean three?"
    );
    for broken in [
        ImportMap::new().pin("a/", "app.js"),
        ImportMap::new().pin_prefix("a", "vendor"),
        ImportMap::new().pin("a", "../a"),
    ] {
        let error = of(&files).import_map(broken).collect(&memory()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error}");
    }
}
