//! Static files as part of a program: real crates, built by cargo.
//!
//! `trybuild` would not do: what must not compile here does so because of what a build script wrote, and crates that
//! `trybuild` makes have none.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use holdall_core::{ErrorKind, Store};
use holdall_static::build::Embed;
use holdall_static::{Collector, Directories, Embedded, ProgramStorage};
use holdall_testing::conformance::suite;

/// The package of a program that depends on this crate, in a directory of its own. All of them share what they
/// depend on.
struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    fn new() -> Self {
        let program = Self { folder: tempfile::tempdir().unwrap() };
        let this = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&this.join("tests/embed/program"), program.path());
        let here = this.display();
        let manifest = format!(
            "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\nholdall-core = {{ path = \"{here}/../holdall-core\" }}\nholdall-static = {{ path = \"{here}\" }}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\
             [build-dependencies]\nholdall-static = {{ path = \"{here}\" }}\n\
             [profile.dev]\ndebug = false\n[profile.dev.build-override]\ndebug = false\n[workspace]\n"
        );
        std::fs::write(program.path().join("Cargo.toml"), manifest).unwrap();
        // The versions that this workspace was built with, so that no registry is asked.
        std::fs::copy(this.join("../../Cargo.lock"), program.path().join("Cargo.lock")).unwrap();
        program
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("embed");
        let cargo = cargo.args(arguments).args(["--offline", "--quiet"]).current_dir(self.path());
        cargo.env("CARGO_TARGET_DIR", target).env_remove("RUSTFLAGS").output().unwrap()
    }

    /// What the program says, once it is built.
    fn run(&self) -> Vec<String> {
        let output = self.cargo(&["run"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// What cargo says about a program that it does not build.
    fn refusal(&self) -> String {
        let output = self.cargo(&["check"]);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(path, to.join(name)).unwrap();
        }
    }
}

/// One test, since cargo builds one after the other anyway, in one directory.
#[test]
fn a_program_has_its_files_in_it_and_unknown_names_do_not_compile() {
    let program = Program::new();
    let lines = program.run();
    let url = "/static/css/app.4917bb9f2285.css";
    assert_eq!(lines[..2], [format!("compiled {url}"), format!("asked {url}")]);
    assert!(
        lines[2].starts_with(&format!("tag <link rel=\"stylesheet\" href=\"{url}\" integrity=\"sha384-"))
    );
    assert_eq!(
        lines[3..],
        [
            "caching public, max-age=31536000, immutable",
            "text body { background: url(\"../img/cat.2c37c2ba6d07.svg\") }",
            "range User-agent",
            // `robots.txt` with and without its hash, and the manifest.
            "files 3",
        ]
    );

    // A file that comes is there with the next build, one that changes has another name.
    program.write("static/humans.txt", "We\n");
    program.write("static/css/app.css", "p { margin: 0 }\n");
    let changed = program.run();
    assert_eq!(changed[6], "files 5");
    assert_ne!(changed[0], lines[0]);

    // Also in code that nobody calls, and where the compiler has thousands of names to look at.
    std::fs::create_dir(program.path().join("static/many")).unwrap();
    for number in 0..6_000 {
        program.write(&format!("static/many/picture-with-the-number-{number}.svg"), "<svg/>");
    }
    let main = std::fs::read_to_string(program.path().join("src/main.rs")).unwrap();
    let with =
        |name: &str| format!("{main}\nfn _nobody() -> &'static str {{\n    static_url!(\"{name}\")\n}}\n");
    program.write("src/main.rs", &with("css/ap.css"));
    let refusal = program.refusal();
    assert!(
        refusal.contains("there is no static file \"css/ap.css\"; did you mean \"css/app.css\"?"),
        "{refusal}"
    );
    assert!(refusal.contains("src/main.rs:"), "{refusal}");

    // What is gone is gone.
    std::fs::remove_file(program.path().join("static/humans.txt")).unwrap();
    program.write("src/main.rs", &with("humans.txt"));
    let refusal = program.refusal();
    assert!(refusal.contains("there is no static file \"humans.txt\""), "{refusal}");

    // Mistakes in the files are errors of cargo's.
    program.write("static/css/app.css", "p { background: url(gone.png) }\n");
    let refusal = program.refusal();
    assert!(
        refusal.contains("error: program@0.0.0: css/app.css:1:21: gone.png -> css/gone.png"),
        "{refusal}"
    );
}

/// Embeds and reads without a compiler between.
fn embed(collector: Collector) -> (ProgramStorage, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    Embed::of(collector).write_to(folder.path()).unwrap();
    let read = |name: &str| std::fs::read(folder.path().join("holdall-static").join(name)).unwrap().leak();
    (ProgramStorage::from_parts(read("files.bin"), read("index.json")).unwrap(), folder)
}

#[tokio::test]
async fn it_keeps_the_contract_as_far_as_it_can_be_read() {
    let files = Embedded::new([("a.txt", "a"), ("b/c.txt", "c"), ("b/d/e.css", "p {}")]).unwrap();
    let (storage, _folder) =
        tokio::task::spawn_blocking(|| embed(Collector::new().finder(files))).await.unwrap();
    let store = Store::new(storage);
    suite().quick().run(&store).await.assert();
    for error in [
        store.save("a.txt", "x").await.unwrap_err(),
        store.delete("a.txt").await.unwrap_err(),
        store.copy("a.txt", "b").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    let metadata = store.metadata("b/d/e.css").await.unwrap();
    assert_eq!(metadata.content_type(), "text/css; charset=utf-8");
    let again = store.open("b/d/e.css").if_none_match(metadata.etag.unwrap()).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotModified);
}

#[test]
fn what_is_the_same_is_embedded_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("big.bin"), "7".repeat(100_000)).unwrap();
    std::fs::write(folder.path().join("again.bin"), "7".repeat(100_000)).unwrap();
    let (_, out) = embed(Collector::new().finder(Directories::new(folder.path())));
    // Four names; the manifest is the rest.
    let size = std::fs::metadata(out.path().join("holdall-static/files.bin")).unwrap().len();
    assert!((100_000..110_000).contains(&size), "{size}");
}

#[test]
fn an_index_of_another_release_is_refused() {
    let error =
        ProgramStorage::from_parts(b"", br#"{"version":0,"base":"/","built":0,"files":[]}"#).unwrap_err();
    assert!(error.reason().contains("another release of holdall-static"), "{error}");
    let short = br#"{"version":1,"base":"/","built":0,"files":[{"name":"a","start":0,"size":2,"hash":"x"}]}"#;
    assert!(ProgramStorage::from_parts(b"1", short).unwrap_err().reason().contains("does not fit"));
    assert!(ProgramStorage::from_parts(b"", b"{").unwrap_err().reason().contains("build the program anew"));
}
