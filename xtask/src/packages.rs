//! Packages with static files: Django's own test files, and libraries from npm and for Python. None of them is part of this
//! repository; they are fetched below `target/`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::step::{command, find_program, root, run, skip};

/// The release of Django whose names ours are compared with.
const DJANGO: &str = "django==6.1.3";

/// What is collected, the parsers that are asked for a second opinion, and bundlers. Pinned, so that a failure is ours.
const NPM: [&str; 61] = [
    "acorn@8.19.0",
    "acorn-walk@8.3.5",
    "css-tree@3.2.1",
    "es-module-lexer@3.0.5",
    "@fortawesome/fontawesome-free@7.3.1",
    "@hotwired/turbo@8.0.23",
    "@tabler/core@1.6.1",
    "@uswds/uswds@3.14.0",
    "ace-builds@1.45.2",
    "admin-lte@4.10.0",
    "alpinejs@3.17.5",
    "babylonjs@9.35.0",
    "bootstrap-icons@1.13.2",
    "bootstrap@5.3.8",
    "bulma@1.0.4",
    "cesium@1.145.0",
    "chart.js@4.6.1",
    "codemirror@5.65.9",
    "datatables.net-dt@3.1.2",
    "easymde@2.21.0",
    "flag-icons@7.5.0",
    "flatpickr@4.6.13",
    "font-awesome@4.7.0",
    "foundation-sites@6.9.0",
    "fullcalendar@7.1.0",
    "highlight.js@11.12.0",
    "htmx.org@4.0.1",
    "jquery-ui-dist@1.13.3",
    "jquery@4.0.0",
    "jstree@3.3.17",
    "katex@0.19.1",
    "leaflet@1.9.4",
    "lightbox2@2.12.0",
    "lit@3.3.3",
    "maplibre-gl@6.17.0",
    "mathjax@3.2.2",
    "moment@2.31.0",
    "monaco-editor@0.57.0",
    "pdfjs-dist@5.6.205",
    "photoswipe@5.4.4",
    "plyr@3.8.4",
    "preact@11.2.0",
    "prismjs@1.30.0",
    "quill@2.0.3",
    "select2@4.1.0",
    "slick-carousel@2.0.0",
    "summernote@0.9.1",
    "swagger-ui-dist@5.35.0",
    "sweetalert2@11.26.25",
    "swiper@14.4.0",
    "three@0.187.0",
    "tinymce@8.9.2",
    "uikit@3.25.29",
    "video.js@8.24.1",
    "vue@3.5.45",
    // Bundlers whose builds are collected.
    "css-loader@7.1.5",
    "mini-css-extract-plugin@2.10.2",
    "vite@8.3.8",
    "webpack@5.112.2",
    "webpack-assets-manifest@6.5.2",
    "webpack-manifest-plugin@6.0.1",
];

/// Packages of Python that have static files; unpacked, and not installed.
const PYTHON: [&str; 6] = [
    "django-ckeditor-5==0.2.20",
    "django-debug-toolbar==8.0.0",
    "django-jazzmin==3.0.5",
    "django-tinymce==5.0.0",
    "djangorestframework==3.18.3",
    "drf-spectacular-sidecar==2026.10.1",
];

const ADVICE: &str = "The tests with packages need Node with npm, Python 3 with pip, tar, and their package indexes \
    (on Debian: apt-get install npm python3-venv). Or leave these tests out with: cargo xtask test --no-packages";

/// What the tests are told in `HOLDALL_WEB_PACKAGES`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Packages {
    /// The tests run, with what is in this folder.
    In(PathBuf),
    /// The tests say that they were skipped.
    Skip,
}

impl Packages {
    /// The value of the environment variable.
    pub(crate) fn value(&self) -> OsString {
        match self {
            Self::In(folder) => folder.clone().into_os_string(),
            Self::Skip => OsString::from("skip"),
        }
    }
}

/// Sees to it that the packages are there. Where they are already, this takes no time and no network.
///
/// Without Node or Python the tests are left out, which is said, except on CI, where it is an error.
///
/// # Errors
///
/// The sentence that says how to get what is missing.
pub(crate) fn provide() -> Result<Packages, String> {
    let folder = root().join("target/static-packages");
    let stamp = folder.join("fetched.txt");
    let wanted = [&[DJANGO], PYTHON.as_slice(), NPM.as_slice()].concat().join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|fetched| fetched == wanted) {
        return Ok(Packages::In(folder));
    }
    let programs = [&["node"][..], &["npm"], &["python3", "python"], &["tar"]].map(find_program);
    let [Some(_), Some(npm), Some(python), Some(tar)] = programs else {
        if std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false") {
            return Err(format!("A program is missing, and on CI no test is left out. {ADVICE}"));
        }
        skip("tests with packages", ADVICE);
        return Ok(Packages::Skip);
    };
    let problem = |error: std::io::Error| format!("{} cannot be written: {error}", folder.display());
    // Nothing of a half-made or older one stays.
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(problem(error)),
        _ => fs::create_dir_all(&folder).map_err(problem)?,
    }
    fetch(&folder, &npm, &python, &tar)?;
    fs::write(&stamp, wanted).map_err(problem)?;
    Ok(Packages::In(folder))
}

fn fetch(folder: &Path, npm: &Path, python: &Path, tar: &Path) -> Result<(), String> {
    let within = |program: &Path, arguments: &[&str]| {
        let mut command = command(&program.to_string_lossy(), arguments);
        command.current_dir(folder);
        command
    };
    // The sources, unpacked and not installed: which Python they run on does not matter.
    let flags = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
    let sources = ["--no-binary", ":all:", "--ignore-requires-python", "--dest", ".", DJANGO];
    let pip = within(python, &[flags.as_slice(), &sources].concat());
    run("pip download of Django's sources", pip, ADVICE)?;
    let archive = format!("{}.tar.gz", DJANGO.replace("==", "-"));
    run("tar of Django's sources", within(tar, &["-xzf", &archive]), ADVICE)?;

    let wheels = folder.join("python");
    let problem = |error: std::io::Error| format!("{} cannot be read or written: {error}", wheels.display());
    fs::create_dir_all(&wheels).map_err(problem)?;
    let sources = ["--only-binary", ":all:", "--ignore-requires-python", "--dest", "python"];
    let pip = within(python, &[flags.as_slice(), &sources, &PYTHON].concat());
    run("pip download of packages with static files", pip, ADVICE)?;
    for entry in fs::read_dir(&wheels).map_err(problem)? {
        let wheel = entry.map_err(problem)?.path();
        let arguments = ["-m", "zipfile", "-e", &wheel.to_string_lossy(), "python"];
        run("unpacking a package of Python", within(python, &arguments), ADVICE)?;
    }

    fs::write(folder.join("package.json"), "{ \"private\": true }\n")
        .map_err(|error| format!("{} cannot be written: {error}", folder.display()))?;
    let flags = ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
    run("npm install of packages with static files", within(npm, &[flags.as_slice(), &NPM].concat()), ADVICE)
}
