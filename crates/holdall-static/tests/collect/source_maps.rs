//! Source maps: named as any file, named after what they belong to, or not published.

use holdall_static::{Severity, SourceMaps};

use crate::support::{contents, hashed, memory, of};

const MAPPED: [(&str, &str); 9] = [
    ("app.js", "1\n//# sourceMappingURL=app.js.map\n"),
    ("app.js.map", "{}"),
    ("app.css", "a{}/*# sourceMappingURL=maps/style.map */b{}"),
    ("maps/style.map", "{ }"),
    ("inline.css", "a{}/*# sourceMappingURL=data:application/json,{} */"),
    ("elsewhere.js", "//# sourceMappingURL=https://a.example/a.js.map"),
    ("two/a.js", "//# sourceMappingURL=shared.map"),
    ("two/b.js", "//# sourceMappingURL=shared.map"),
    ("two/shared.map", "{  }"),
];

#[tokio::test]
async fn a_map_can_follow_its_file() {
    let (own, follow) = (memory(), memory());
    of(&MAPPED).collect(&own).await.unwrap();
    of(&MAPPED).source_maps(SourceMaps::Follow).collect(&follow).await.unwrap();
    for (name, text) in MAPPED {
        let is_map = ["app.js.map", "maps/style.map"].contains(&name);
        assert_eq!(hashed(&own, name).await != hashed(&follow, name).await, is_map, "{name}");
        if is_map {
            assert_eq!(contents(&follow).await[&hashed(&follow, name).await], text);
        }
    }
    let (script, contents) = (hashed(&follow, "app.js").await, contents(&follow).await);
    assert_eq!(hashed(&follow, "app.js.map").await, format!("{script}.map"));
    assert_eq!(contents[&script], format!("1\n//# sourceMappingURL={script}.map\n"));
    let sheet = hashed(&follow, "app.css").await;
    let map = sheet.replace("app.", "maps/style.").replace(".css", ".map");
    assert_eq!(hashed(&follow, "maps/style.map").await, map);
    assert_eq!(contents[&sheet], format!("a{{}}/*# sourceMappingURL={map} */b{{}}"));
}

#[tokio::test]
async fn a_name_that_is_followed_changes_with_the_map() {
    let (before, after) = (memory(), memory());
    of(&MAPPED).source_maps(SourceMaps::Follow).collect(&before).await.unwrap();
    let mut changed = MAPPED;
    changed[1].1 = "{\"version\": 3}";
    of(&changed).source_maps(SourceMaps::Follow).collect(&after).await.unwrap();
    for name in ["app.js", "app.js.map"] {
        assert_ne!(hashed(&before, name).await, hashed(&after, name).await);
    }
}

#[tokio::test]
async fn maps_can_stay_at_home() {
    let store = memory();
    of(&MAPPED).source_maps(SourceMaps::Omit).collect(&store).await.unwrap();
    let contents = contents(&store).await;
    assert!(
        contents.keys().all(|name| name.rsplit_once('.').is_none_or(|(_, own)| own != "map")),
        "{:?}",
        contents.keys()
    );
    for (name, text) in [
        ("app.js", "1\n\n"),
        ("app.css", "a{}/**/b{}"),
        ("inline.css", "a{}/**/"),
        ("elsewhere.js", MAPPED[5].1),
        ("two/a.js", ""),
    ] {
        assert_eq!(contents[&hashed(&store, name).await], text, "{name}");
    }
}

#[tokio::test]
async fn the_comment_of_a_map_that_is_missing_stays_or_goes() {
    let files = [("a.js", "1 //# sourceMappingURL=gone.map\n2")];
    let (stays, goes) = (memory(), memory());
    for (store, drop, text) in [(&stays, false, files[0].1), (&goes, true, "1 \n2")] {
        let report = of(&files).drop_missing_source_maps(drop).collect(store).await.unwrap();
        assert_eq!((report.problems.len(), report.problems[0].severity), (1, Severity::Warning));
        assert_eq!(contents(store).await[&hashed(store, "a.js").await], text);
    }
    assert_ne!(hashed(&stays, "a.js").await, hashed(&goes, "a.js").await);
    let report = of(&files).source_maps(SourceMaps::Omit).collect(&memory()).await.unwrap();
    assert_eq!(report.problems, []);
}
