//! Which finder supplies a file, and what refers to it.

use holdall_core::Name;
use holdall_static::{Collector, Directories, Embedded, Source};

use crate::support::{SITE, of, write};

#[tokio::test]
async fn every_source_of_a_name_is_told_in_the_order_of_priority() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("one"), &[("a.css", "1")]);
    write(&at("two"), &[("a.css", "2"), (".hidden", "h")]);
    let embedded = Embedded::new([("a.css", "3"), ("b.css", "3")]).unwrap();
    let directories = Directories::new(at("one")).and(at("two")).and_prefixed("sub", at("one")).unwrap();
    let collector = Collector::new().finder(directories).finder(embedded);
    let find = async |name: &str| collector.find(&Name::new(name).unwrap()).await.unwrap();

    let found = find("a.css").await;
    let paths = [at("one/a.css"), at("two/a.css")].map(Source::Path);
    assert_eq!(found.sources[..2], paths);
    assert!(matches!(&found.sources[2..], [Source::Bytes(bytes)] if &bytes[..] == b"3"));
    assert_eq!(found.places.len(), 4);
    assert_eq!((found.nearest, found.places.last().unwrap().as_str()), (None, "embedded in the program"));
    assert_eq!(find("sub/a.css").await.sources, [Source::Path(at("one/a.css"))]);
    assert_eq!(find(".hidden").await.sources.len(), 1);
    assert_eq!(find("b.css").await.sources.len(), 1);
    let missing = find("sub/A.css").await;
    assert!(missing.sources.is_empty());
    assert_eq!(missing.nearest.unwrap().as_str(), "sub/a.css");
}

#[tokio::test]
async fn every_place_that_refers_to_a_file_is_told_also_where_the_file_is_missing() {
    let mut files = SITE.to_vec();
    files.push(("css/more.css", "/* url(../img/cat.png) */\n@import url('base.css');\n p { b: url(/static/img/cat.png) url(gone.png) }"));
    let collector = of(&files);
    let why = async |name: &str| -> Vec<String> {
        collector.why(name).await.unwrap().iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        why("img/cat.png").await,
        ["css/app.css:2:24: ../img/cat.png?v=1#x", "css/more.css:3:13: /static/img/cat.png"]
    );
    assert_eq!(why("css/base.css").await, ["css/app.css:1:10: base.css", "css/more.css:2:14: base.css"]);
    assert_eq!(why("css/gone.png").await, ["css/more.css:3:38: gone.png"]);
    assert_eq!(why("robots.txt").await, [""; 0]);
    assert_eq!(why("nowhere.png").await, [""; 0]);
}
