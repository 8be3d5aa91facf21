//! What is wrong with the sources: told in full, with places, and nothing published.

use holdall_core::ErrorKind;
use holdall_static::{Collector, Directories, Ignore, MissingKind, ProblemKind, Scan, Severity};

use crate::support::{SITE, contents, memory, of, write};

const BROKEN: [(&str, &str); 4] = [
    ("css/a.css", "a {\n  b: url(../img/Cat.png);\n  é: url(gone.png) }\n/*# sourceMappingURL=a.css.map */"),
    ("img/cat.png", "a cat"),
    ("js/a.js", "import './b.js';\n//# sourceMappingURL=a.js.map\n"),
    ("js/c.js", "export * from '../../outside.js'"),
];

#[tokio::test]
async fn every_missing_file_is_told_with_its_place_and_the_nearest_name() {
    let store = memory();
    let error = of(&BROKEN).strict(true).collect(&store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let lines: Vec<&str> = error.reason().lines().collect();
    assert_eq!(
        lines,
        [
            "css/a.css:2:10: ../img/Cat.png -> img/Cat.png: there is no such file; did you mean img/cat.png?",
            "css/a.css:3:10: gone.png -> css/gone.png: there is no such file",
            "js/a.js:1:9: ./b.js -> js/b.js: there is no such file; did you mean js/c.js?",
            "nothing was published: 3 of these must be mended",
        ]
    );
    assert!(contents(&store).await.is_empty());
}

#[tokio::test]
async fn a_missing_source_map_is_a_warning_and_rules_decide_the_rest() {
    let store = memory();
    let report = of(&BROKEN)
        .missing("css/*", "gone.png", Severity::Ignore)
        .missing("*", "*", Severity::Warning)
        .collect(&store)
        .await
        .unwrap();
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|line| !line.contains("gone.png")));
    assert!(told.iter().any(|line| line.starts_with("js/a.js:2:22: a.js.map -> js/a.js.map")), "{told:#?}");
}

#[tokio::test]
async fn text_that_is_not_utf8_is_copied_as_it_is_and_told() {
    let store = memory();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.css"), b"a { b: url(gone.png) } /* \xe9 */").unwrap();
    let report = Collector::new().finder(Directories::new(folder.path())).collect(&store).await.unwrap();
    assert_eq!(
        report.problems[0].to_string(),
        "a.css: the text is not UTF-8; it is copied as it is, references unchanged"
    );
    assert_eq!(store.open("a.css").await.unwrap().bytes().await.unwrap().last_chunk(), Some(b"\xe9 */"));
}

/// Sources that cannot be collected, each with a part of its sentence.
#[tokio::test]
async fn sources_that_cannot_be_read_are_told_and_nothing_is_published() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("loop"), &[("a/b.txt", "b")]);
    std::os::unix::fs::symlink(at("loop"), at("loop/a/again")).unwrap();
    write(&at("nowhere"), &[("a.txt", "a")]);
    std::os::unix::fs::symlink(at("gone"), at("nowhere/b.txt")).unwrap();
    for (root, kind, says) in [
        ("missing", ErrorKind::NotFound, "missing of static files does not exist"),
        ("loop", ErrorKind::InvalidInput, "is a symbolic link that leads back to"),
        ("nowhere", ErrorKind::NotFound, "b.txt disappeared, or is a symbolic link that leads nowhere"),
    ] {
        let store = memory();
        let error = Collector::new().finder(Directories::new(at(root))).collect(&store).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.reason().contains(says), "{error}");
        assert!(contents(&store).await.is_empty());
    }
}

/// One missing file of each kind, with what is told about it by default.
const KINDS: [(&str, &str, MissingKind, Severity); 14] = [
    ("a.css", "a { b: url(x.png) }", MissingKind::Css, Severity::Error),
    ("b.css", "@import 'x.css';", MissingKind::Css, Severity::Error),
    // Django's patterns do not see it.
    ("c.css", "a { b: image-set('x.png' 1x) }", MissingKind::Css, Severity::Warning),
    ("d.css", "/*# sourceMappingURL=x.map */", MissingKind::SourceMap, Severity::Warning),
    ("a.js", "import './x.js'", MissingKind::Import, Severity::Warning),
    ("b.js", "export * from './x.js'", MissingKind::Import, Severity::Warning),
    ("c.js", "import('./x.js')", MissingKind::DynamicImport, Severity::Warning),
    ("d.js", "new URL('x.wasm', import.meta.url)", MissingKind::Url, Severity::Warning),
    ("e.js", "import.meta.resolve('./x.js')", MissingKind::Url, Severity::Warning),
    ("f.mts", "import './x.js'", MissingKind::Import, Severity::Warning),
    ("g.js", "//# sourceMappingURL=x.map", MissingKind::SourceMap, Severity::Warning),
    ("a.svg", "<svg><image href='x.png'/></svg>", MissingKind::Html, Severity::Warning),
    ("b.svg", "<svg><style>a{b:url(x.png)}</style></svg>", MissingKind::Html, Severity::Warning),
    ("c.html", "<img src=x.png>", MissingKind::Html, Severity::Warning),
];

#[tokio::test]
async fn what_is_missing_matters_by_its_kind() {
    for (name, text, kind, severity) in KINDS {
        let collector = || of(&[(name, text)]).scan(Scan::new().html(true));
        let told = async |collector: Collector| match collector.collect(&memory()).await {
            Ok(report) => report.problems.first().map(|problem| problem.severity),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}: {error}");
                Some(Severity::Error)
            }
        };
        let is_of_kind =
            collector().missing("*", "*", Severity::Warning).collect(&memory()).await.unwrap().problems;
        assert!(
            matches!(&is_of_kind[0].kind, ProblemKind::Missing { kind: of, .. } if *of == kind),
            "{name}: {is_of_kind:?}"
        );
        assert_eq!(told(collector()).await, Some(severity), "{name}");
        let strict = if kind == MissingKind::SourceMap { Severity::Warning } else { Severity::Error };
        assert_eq!(told(collector().strict(true)).await, Some(strict), "{name}");
        for severity in [Severity::Error, Severity::Warning] {
            assert_eq!(told(collector().missing_kind(kind, severity)).await, Some(severity), "{name}");
        }
        assert_eq!(told(collector().strict(true).missing_kind(kind, Severity::Ignore)).await, None, "{name}");
        // A rule says more than a kind.
        let ruled = collector().missing("*", "*x*", Severity::Warning).missing_kind(kind, Severity::Error);
        assert_eq!(told(ruled).await, Some(Severity::Warning), "{name}");
    }
}

#[tokio::test]
async fn an_import_without_its_ending_is_explained() {
    let files = [
        ("js/app.js", "import './lib'; import './parts'; export * from './more'"),
        ("js/lib.js", ""),
        ("js/lib.css", ""),
        ("js/parts/index.js", ""),
        ("js/more.mjs", ""),
    ];
    let report = of(&files).collect(&memory()).await.unwrap();
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "js/app.js:1:9: ./lib -> js/lib: there is no such file; did you mean js/lib.js?",
            "js/app.js:1:25: ./parts -> js/parts: there is no such file; did you mean js/parts/index.js?",
            "js/app.js:1:50: ./more -> js/more: there is no such file; did you mean js/more.mjs?",
        ]
    );
}

#[tokio::test]
async fn a_directory_that_a_script_makes_addresses_of_is_not_missing() {
    let files = [
        (
            "js/app.js",
            "const base = new URL('./assets', import.meta.url), gone = new URL('./asset', import.meta.url)",
        ),
        ("js/assets/a.png", "a"),
        ("js/asset-b.png", "b"),
    ];
    let report = of(&files).collect(&memory()).await.unwrap();
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("./asset -> js/asset:"), "{told:#?}");
}

/// References that browsers resolve, each to the file behind it.
#[tokio::test]
async fn references_mean_what_they_mean_to_a_browser() {
    let store = memory();
    let css = "@import \" b.css \";\na { b: url(\" a.png \"); c: url(\"..\\\\img\\\\x.png\"); d: url(../../static/x.png);\
               e: url(../../other.png); f: url(../%69mg/x.png) }";
    let files = [
        ("css/a.css", css),
        ("css/b.css", "b {}"),
        ("css/a.png", "a"),
        ("img/x.png", "x"),
        ("x.png", "root"),
        ("js/a.js", "import('./b.js ')"),
        ("js/b.js", "b"),
    ];
    let report = of(&files).strict(true).collect(&store).await.unwrap();
    assert_eq!(report.problems, []);
    let manifest = crate::support::manifest(&store).await;
    let file_name = |name: &str| manifest.get(name).unwrap().file_name().to_owned();
    let text = |name: &str| {
        let hashed = manifest.get(name).unwrap().clone();
        async { String::from_utf8(store.open(hashed).await.unwrap().bytes().await.unwrap().into()).unwrap() }
    };
    let css = text("css/a.css").await;
    for expected in [
        format!("@import \"{}\"", file_name("css/b.css")),
        format!("b: url(\"{}\")", file_name("css/a.png")),
        format!("d: url(../../static/{})", file_name("x.png")),
        "e: url(../../other.png)".to_owned(),
        format!("f: url(../%69mg/{})", file_name("img/x.png")),
    ] {
        assert!(css.contains(&expected), "{expected} in {css}");
    }
    assert!(css.contains("5c ") && css.contains(&file_name("img/x.png")), "{css}");
    assert_eq!(text("js/a.js").await, format!("import('./{}')", file_name("js/b.js")));
}

#[tokio::test]
async fn scripts_can_be_left_as_they_are() {
    let store = memory();
    let files = [
        ("a.js", "import './b.js'; import './gone.js'\n//# sourceMappingURL=a.js.map"),
        ("a.js.map", "{}"),
        ("b.js", ""),
    ];
    let report = of(&files).scan(Scan::new().javascript(false)).strict(true).collect(&store).await.unwrap();
    assert_eq!(report.problems, []);
    let manifest = crate::support::manifest(&store).await;
    let text = store.open(manifest.get("a.js").unwrap()).await.unwrap().text().await.unwrap();
    let map = manifest.get("a.js.map").unwrap();
    assert_eq!(text, format!("import './b.js'; import './gone.js'\n//# sourceMappingURL={map}"));
}

/// The icon of a folder of macOS, and its brothers.
#[cfg(unix)]
#[tokio::test]
async fn a_name_that_no_file_can_have_comes_with_the_pattern_that_leaves_it_out() {
    for (name, pattern, shown) in [("Icon\r", "Icon?", r"Icon\r"), ("a\nb.css", "a?b.css", r"a\nb.css")] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("img")).unwrap();
        std::fs::write(folder.path().join("img").join(name), "").unwrap();
        let collector = Collector::new().finder(Directories::new(folder.path()));
        let error = collector.clone().collect(&memory()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidName);
        assert!(error.reason().contains(&format!("img/{shown}\" cannot be collected")), "{error}");
        assert!(error.reason().ends_with(&format!("with the ignore pattern {pattern:?}")), "{error}");
        collector.ignore(Ignore::default().with(pattern)).collect(&memory()).await.unwrap();
    }
}

/// What is wrong with a manifest, and what is said about it.
const MANIFESTS: [(&str, &str); 3] = [
    ("{ broken", "it is no manifest of static files"),
    ("", "it is no manifest of static files"),
    (r#"{"paths": {}, "version": "2.0"}"#, "it has the version \"2.0\"; 1.0 and 1.1 are known"),
];

#[tokio::test]
async fn a_manifest_that_cannot_be_read_stops_a_collection() {
    for (text, says) in MANIFESTS {
        let store = memory();
        store.save("staticfiles.json", text).await.unwrap();
        for collector in [of(&SITE), of(&SITE).clear(true), of(&SITE).dry_run(true)] {
            let error = collector.collect(&store).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.reason().contains(says), "{error}");
            assert!(error.reason().contains("`holdall collectstatic --force`"), "{error}");
            assert_eq!(contents(&store).await.len(), 1);
        }
        // Without hashed names there is no manifest to replace.
        of(&SITE).post_process(false).collect(&store).await.unwrap();
        let report = of(&SITE).replace_manifest(true).collect(&store).await.unwrap();
        assert!(
            matches!(&report.problems[0].kind, ProblemKind::BrokenManifest { reason } if reason.contains(says))
        );
        assert!(crate::support::manifest(&store).await.get("robots.txt").is_some());
    }
}
