//! Arguments and settings, and where the output goes.

use std::fs::{File, read_dir};
use std::process::Stdio;

use crate::site::{Run, Site};

#[test]
fn what_is_wrong_with_the_arguments_is_a_usage_error() {
    let site = Site::on_disk();
    for arguments in [
        &["collectstatic", "--lnk"][..],
        &["collect"],
        &["collectstatic", "-v", "4"],
        &["collectstatic", "--jobs", "0"],
        &["collectstatic", "--check", "--clear"],
        &["collectstatic", "--no-color", "--force-color"],
        &["manifest"],
        &["manifest", "rollback", "5e00"],
        &["prune", "--grace", "7"],
        &["prune", "--keep", "0"],
        &[],
    ] {
        let (out, err) = site.run(arguments).ended(2);
        assert!(out.is_empty() && !err.is_empty(), "{arguments:?}");
    }
    assert!(site.run(["--version"]).ended(0).0.starts_with("holdall "));
}

#[test]
fn wrong_settings_are_a_usage_error() {
    let site = Site::new("[static]\ndrs = []");
    let (_, err) = site.run(["collectstatic"]).ended(2);
    assert_eq!(err, "error: holdall.toml:2: unknown key \"drs\" in [static]; did you mean \"dirs\"?\n");

    let site = Site::on_disk();
    site.fill(1);
    let (_, err) = site.run(["collectstatic", "--storage", "statcfiles"]).ended(2);
    assert_eq!(
        err,
        "error: there is no storage \"statcfiles\"; configured are \"staticfiles\"; did you mean \"staticfiles\"? \
         (staticfiles.E005)\n"
    );
    let (_, err) = site.run(["collectstatic", "--settings", "gone.toml"]).ended(2);
    assert!(err.starts_with("error: the settings in gone.toml cannot be read: "), "{err}");
}

#[test]
fn settings_can_be_another_file() {
    let site = Site::new("nonsense");
    site.write(
        "config/site.toml",
        "[storages.other]\nbackend = 'fs'\nroot = 'out'\n[static]\ndirs = ['in']\n",
    );
    site.write("config/in/a.txt", "a");
    let arguments = ["collectstatic", "--settings", "config/site.toml", "--storage", "other"];
    let (out, _) = site.run(arguments).ended(0);
    assert!(out.contains("1 static file copied to"), "{out}");
    assert!(site.path("config/out/a.txt").exists());
    let mut command = site.command(["collectstatic", "-v0", "--storage=other", "--noinput"]);
    let run: Run = command.env("HOLDALL_CONFIG", "config/site.toml").output().unwrap().into();
    assert_eq!(run.ended(0), (String::new(), String::new()));
}

#[test]
fn a_link_to_a_remote_destination_is_refused() {
    let site = Site::on_disk();
    site.fill(1);
    let mut command = site.command(["collectstatic", "--link", "--noinput"]);
    let run: Run = command.env("HOLDALL_STORAGES__STATICFILES__URL", "memory:").output().unwrap().into();
    assert_eq!(run.ended(2).1, "error: Can't symlink to a remote destination.\n");
}

#[test]
fn check_needs_no_storage() {
    let site = Site::new("[static]\ndirs = ['static']");
    site.write("static/a.css", "a { background: url(b.png) }\n@import \"c.css\";");
    let (_, err) = site.run(["collectstatic", "--check"]).ended(3);
    assert_eq!(
        err,
        "a.css:1:21: b.png -> b.png: there is no such file\na.css:2:10: c.css -> c.css: there is no such file; did you \
         mean a.css?\nerror: mend 2 errors above\n"
            .replace("; did you mean a.css?", "")
    );
    site.write("static/b.png", "b");
    site.write("static/c.css", "");
    let (out, err) = site.run(["collectstatic", "--check"]).ended(0);
    assert_eq!((&*out, &*err), ("3 static files checked, 0 problems.\n", ""));
    assert_eq!(read_dir(site.root()).unwrap().count(), 2, "nothing was written");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let site = Site::on_disk();
    site.fill(1);
    let plain = site.run(["collectstatic", "--storage=x"]).err;
    assert!(!plain.contains('\u{1b}'));
    let coloured = site.run(["collectstatic", "--storage=x", "--force-color"]).err;
    assert!(coloured.starts_with("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m "), "{coloured:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let site = Site::on_disk();
    site.fill(300);
    site.run(["collectstatic"]).ended(0);
    // Nobody ever reads.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = site.command(["manifest", "show"]).stdout(Stdio::from(writer)).output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_an_error() {
    let site = Site::on_disk();
    site.fill(1);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = site.command(["collectstatic", "--json"]).stdout(Stdio::from(full)).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(err.starts_with("error: standard output cannot be written to: "), "{err}");
}

#[cfg(unix)]
#[test]
fn arguments_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let site = Site::on_disk();
    let odd = OsStr::from_bytes(b"\xff.toml");
    let (_, err) = site.run([OsStr::new("collectstatic"), OsStr::new("--settings"), odd]).ended(2);
    assert!(err.starts_with("error: the settings in \u{fffd}.toml cannot be read: "), "{err}");
    let (_, err) = site.run([OsStr::new("collectstatic"), OsStr::new("--ignore"), odd]).ended(2);
    assert!(err.contains("invalid UTF-8"), "{err}");
    std::fs::rename(site.path("holdall.toml"), site.path("x").with_file_name(odd)).unwrap();
    site.fill(1);
    site.run([OsStr::new("collectstatic"), OsStr::new("--settings"), odd]).ended(0);
}
