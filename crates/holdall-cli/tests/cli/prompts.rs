//! The questions: when they come, in which words, and what answers them.

use std::fs::{create_dir, read_dir};

use crate::site::Site;

fn question(site: &Site, last: &str) -> String {
    format!(
        "\nYou have requested to collect static files at the destination\nlocation as specified in your settings:\n\n    \
         {}\n\n{last}\nAre you sure you want to do this?\n\nType 'yes' to continue, or 'no' to cancel: ",
        site.path("collected").display()
    )
}

const OVERWRITE: &str = "This will overwrite existing files!";

#[test]
fn a_missing_or_empty_directory_is_not_asked_about() {
    let site = Site::on_disk();
    site.fill(1);
    let summary =
        format!("\n1 static file copied to '{}', 1 post-processed.\n", site.path("collected").display());
    assert_eq!(site.run(["collectstatic"]).ended(0).0, summary, "missing");

    let site = Site::on_disk();
    site.fill(1);
    create_dir(site.path("collected")).unwrap();
    assert!(!site.run(["collectstatic"]).ended(0).0.contains("sure"), "empty");
}

#[test]
fn only_yes_continues() {
    let site = Site::on_disk();
    site.fill(1);
    site.write("collected/old.txt", "old");
    for answer in ["no\n", "y\n", "YES\n", " yes\n", "\n"] {
        let (out, err) = site.answer(answer, &["collectstatic"]).ended(1);
        assert_eq!(out, question(&site, OVERWRITE));
        assert_eq!(err, "error: Collecting static files cancelled.\n");
    }
    let (_, err) = site.run(["collectstatic"]).ended(1);
    assert_eq!(
        err,
        "\nerror: nobody answered: standard input is at its end. Use --noinput where nobody can be asked.\n"
    );
    assert_eq!(read_dir(site.path("collected")).unwrap().count(), 1, "nothing was touched");

    for answer in ["yes\n", "yes\r\n", "yes"] {
        assert!(site.answer(answer, &["collectstatic"]).ended(0).0.contains("static file"));
    }
    for flag in ["--noinput", "--no-input"] {
        assert!(!site.run(["collectstatic", flag]).ended(0).0.contains("sure"));
    }
}

#[test]
fn the_question_says_what_will_happen() {
    let site = Site::on_disk();
    site.fill(1);
    site.write("collected/old.txt", "old");
    let (out, _) = site.answer("no\n", &["collectstatic", "--clear"]).ended(1);
    assert_eq!(out, question(&site, "This will DELETE ALL FILES in this location!"));
    let (out, _) = site.answer("no\n", &["collectstatic", "--dry-run"]).ended(1);
    let asked = question(&site, OVERWRITE);
    let begin = "\nYou have activated the --dry-run option so no files will be modified.\n\n";
    assert_eq!(out, format!("{begin}{}", &asked[1..]));
    // What is no result is not on standard output.
    let run = site.answer("no\n", &["collectstatic", "--json"]);
    assert!(run.out.is_empty() && run.err.starts_with(&question(&site, OVERWRITE)), "{run:?}");
}
