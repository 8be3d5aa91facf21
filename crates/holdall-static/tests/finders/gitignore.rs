//! Git's rules, in files that lie among the sources.

use holdall_static::{Directories, Finder as _, Ignore};

use crate::write;

fn names(finder: &Directories, ignore: &Ignore) -> Vec<String> {
    finder.list(ignore).unwrap().into_iter().map(|file| file.name.to_string()).collect()
}

#[test]
fn files_hold_for_what_is_below_them_and_the_deeper_one_decides() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("static");
    // Above what is collected: not asked.
    write(folder.path(), &[(".gitignore", "static/\n")]);
    write(
        &root,
        &[
            (".gitignore", "*.map\n/drafts/\nnode_modules/\n"),
            ("a.css", ""),
            ("a.css.map", ""),
            ("drafts/d.css", ""),
            ("js/.gitignore", "!keep.js.map\n*.ts\n"),
            ("js/.holdallignore", "!types.d.ts\n"),
            ("js/a.ts", ""),
            ("js/types.d.ts", ""),
            ("js/drafts/d.js", ""),
            ("js/keep.js.map", ""),
            ("js/node_modules/x.js", ""),
            ("zz/b.js.map", ""),
            ("zz/c.ts", ""),
        ],
    );
    let finder = Directories::new(&root).and_prefixed("again", root.join("js")).unwrap();
    let honoured = Ignore::default().ignore_files(true);
    assert_eq!(
        names(&finder, &honoured),
        [
            "a.css",
            "js/drafts/d.js",
            "js/keep.js.map",
            "js/types.d.ts",
            "zz/c.ts",
            // A directory of its own: the file above it is not asked.
            "again/drafts/d.js",
            "again/keep.js.map",
            "again/node_modules/x.js",
            "again/types.d.ts",
        ]
    );
    assert_eq!(names(&finder, &Ignore::default()).len(), 10 + 5);
}

#[test]
fn a_file_that_is_no_list_of_patterns_is_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("js/.holdallignore", "a\n{x\n"), ("js/a.js", "")]);
    let error = Directories::new(folder.path()).list(&Ignore::default().ignore_files(true)).unwrap_err();
    assert!(error.reason().contains("the line \"{x\" of "), "{error}");
    assert!(error.reason().contains("js/.holdallignore is no pattern of gitignore"), "{error}");
}
