//! Names and references.

use holdall_static::{HashAlgorithm, MANIFEST_NAME};

use crate::support::{RECORDS, SITE, contents, hashed, manifest, memory, of};

#[tokio::test]
async fn references_lead_to_hashed_files_and_nothing_else_changes() {
    let store = memory();
    of(&SITE).collect(&store).await.unwrap();
    let (contents, manifest) = (contents(&store).await, manifest(&store).await);
    for (name, text) in SITE {
        // The copy under its own name is as it was.
        assert_eq!(contents[name], text);
        let mut expected = text.to_owned();
        for (target, written) in [
            ("css/base.css", "'base.css'"),
            ("img/cat.png", "../img/cat.png?"),
            ("js/even.js", "'./even.js'"),
            ("js/odd.js", "'./odd.js'"),
            ("js/worker.js", "'worker.js'"),
        ] {
            let (old, new) = (target.rsplit('/').next().unwrap(), manifest.get(target).unwrap().file_name());
            expected = expected.replace(written, &written.replace(old, new));
        }
        assert_eq!(contents[manifest.get(name).unwrap().as_str()], expected, "{name}");
    }
    assert_eq!(contents.len(), SITE.len() * 2 + RECORDS);
    assert!(!contents[manifest.get("js/odd.js").unwrap().as_str()].contains("./even.js"));
}

#[tokio::test]
async fn a_name_changes_with_everything_that_it_stands_for_and_with_nothing_else() {
    let before = memory();
    of(&SITE).collect(&before).await.unwrap();
    let mut changed = SITE;
    changed[2].1 = "another cat";
    changed[5].1 = "import { even } from './even.js';\nexport const odd = n => n > 0 && even(n - 1);\n";
    let after = memory();
    of(&changed).collect(&after).await.unwrap();
    for (name, differs) in [
        ("img/cat.png", true),
        ("css/app.css", true),
        ("css/base.css", false),
        // Both of the circle, and who refers to it.
        ("js/odd.js", true),
        ("js/even.js", true),
        ("js/main.js", true),
        ("js/worker.js", false),
    ] {
        assert_eq!(hashed(&before, name).await != hashed(&after, name).await, differs, "{name}");
    }
}

#[tokio::test]
async fn the_order_of_files_and_finders_does_not_matter() {
    let (one, other) = (memory(), memory());
    of(&SITE).collect(&one).await.unwrap();
    let (first, second) = SITE.split_at(3);
    // So that every file has another tag than in the first one.
    other.save("robots.txt", "").await.unwrap();
    let reversed: Vec<_> = second.iter().rev().copied().collect();
    let finder = holdall_static::Embedded::new(first.iter().copied()).unwrap();
    of(&reversed).finder(finder).collect(&other).await.unwrap();
    // Byte for byte.
    let of_one = contents(&one).await;
    assert_eq!(of_one[MANIFEST_NAME], contents(&other).await[MANIFEST_NAME]);
}

#[tokio::test]
async fn a_file_that_refers_to_itself_has_a_name() {
    let store = memory();
    of(&[("a.css", "a { b: url(a.css#x) }")]).collect(&store).await.unwrap();
    let name = hashed(&store, "a.css").await;
    assert_eq!(contents(&store).await[&name], format!("a {{ b: url({name}#x) }}"));
}

#[tokio::test]
async fn what_is_served_elsewhere_is_left_alone() {
    let store = memory();
    let css =
        "a { b: url(https://a.example/x.png) url(//a/x) url(data:,x) url(/other/x.png) url(#x) url('') }";
    let js = "import three from 'three'; import('lodash/x.js'); import(name); new Worker('w.js');";
    of(&[("a.css", css), ("a.js", js)]).collect(&store).await.unwrap();
    assert_eq!(contents(&store).await[&hashed(&store, "a.css").await], css);
    assert_eq!(contents(&store).await[&hashed(&store, "a.js").await], js);
}

#[tokio::test]
async fn absolute_references_count_below_the_base() {
    let store = memory();
    let files = [("a.css", "a { b: url(/assets/img/x.png) }"), ("img/x.png", "x")];
    of(&files).base_path("/assets/").collect(&store).await.unwrap();
    let x = hashed(&store, "img/x.png").await;
    assert_eq!(
        contents(&store).await[&hashed(&store, "a.css").await],
        format!("a {{ b: url(/assets/{x}) }}")
    );
}

#[tokio::test]
async fn other_hashes_give_other_names() {
    let mut names = Vec::new();
    for algorithm in [HashAlgorithm::Md5, HashAlgorithm::Sha256, HashAlgorithm::Blake3] {
        let store = memory();
        of(&SITE).hash(algorithm).collect(&store).await.unwrap();
        names.push(hashed(&store, "robots.txt").await);
    }
    names.dedup();
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn attributes_say_how_long_and_what() {
    let store = memory();
    of(&SITE).collect(&store).await.unwrap();
    let hashed = store.metadata(hashed(&store, "css/app.css").await.as_str()).await.unwrap();
    assert_eq!(hashed.attributes.cache_control.as_deref(), Some("public, max-age=31536000, immutable"));
    assert_eq!(hashed.content_type(), "text/css; charset=utf-8");
    let copy = store.metadata("css/app.css").await.unwrap();
    assert_eq!(copy.attributes.cache_control.as_deref(), Some("public, max-age=60"));
    let details = manifest(&store).await.details("css/app.css").unwrap().clone();
    assert_eq!(details.size, hashed.size);
    assert!(details.integrity.starts_with("sha384-"));
}
