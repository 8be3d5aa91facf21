//! Where the servers' programs are, and what to say where they are not.

use std::env::consts::EXE_SUFFIX;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The environment variable that names the folder of the programs, or says [`SKIP`].
const VARIABLE: &str = "HOLDALL_FOREIGN_SERVERS";
/// The word that leaves the tests out.
const SKIP: &str = "skip";

/// The folder of a virtual environment in which `python`, `weed` and `moto_server` lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    folder: PathBuf,
}

/// What a test does about these servers.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Run(PathBuf),
    Skip(&'static str),
    Fail(&'static str),
}

impl Programs {
    /// The programs in that folder, such as `target/foreign-servers/bin`.
    ///
    /// # Errors
    ///
    /// `NotFound`, naming the file, where the folder has no Python.
    pub fn in_folder(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let programs = Self { folder: folder.into() };
        programs.find("python")?;
        Ok(programs)
    }

    /// The programs that `HOLDALL_FOREIGN_SERVERS` names.
    ///
    /// Where it is not set, or is `skip`, this says on standard error that nothing is tested and why, and gives
    /// `None`: a plain `cargo test` needs no Python.
    ///
    /// # Panics
    ///
    /// Where it is not set although the variable `CI` is: nothing may be left out there without saying `skip`. And
    /// where the folder that it names has no Python.
    pub fn from_env() -> Option<Self> {
        let is_set =
            |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty() && value != "false");
        match wish(std::env::var_os(VARIABLE).map(PathBuf::from), is_set("CI")) {
            Wish::Run(folder) => match Self::in_folder(folder) {
                Ok(programs) => Some(programs),
                Err(error) => panic!("{VARIABLE} names a folder that cannot be used: {error}"),
            },
            Wish::Skip(why) => {
                say(why);
                None
            }
            Wish::Fail(why) => panic!("{why}"),
        }
    }

    /// The Python of the environment, which has boto3: a client that knows nothing of this project.
    ///
    /// # Errors
    ///
    /// `NotFound`, naming the file.
    pub fn python(&self) -> io::Result<PathBuf> {
        self.find("python")
    }

    /// The path of a program.
    ///
    /// # Errors
    ///
    /// `NotFound`, naming the file.
    pub(super) fn find(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.folder.join(format!("{name}{EXE_SUFFIX}"));
        if path.is_file() {
            return Ok(path);
        }
        let message =
            format!("there is no {}; see holdall_testing::foreign for what to install", path.display());
        Err(io::Error::new(io::ErrorKind::NotFound, message))
    }
}

fn wish(variable: Option<PathBuf>, on_ci: bool) -> Wish {
    match variable {
        Some(folder) if folder == Path::new(SKIP) => {
            Wish::Skip("tests on S3 servers of others skipped: HOLDALL_FOREIGN_SERVERS=skip")
        }
        Some(folder) if folder != Path::new("") => Wish::Run(folder),
        _ if on_ci => Wish::Fail(
            "HOLDALL_FOREIGN_SERVERS is not set, and on CI no test is left out without a word: run \
             `cargo xtask test`, which installs the servers",
        ),
        _ => Wish::Skip(
            "tests on S3 servers of others skipped: HOLDALL_FOREIGN_SERVERS is not set; `cargo xtask test` \
             installs the servers and sets it",
        ),
    }
}

/// Past the harness, which shows what a test prints only when it fails.
fn say(sentence: &str) {
    // Nobody is there to be told that nobody can be told.
    let _ = writeln!(io::stderr(), "{sentence}");
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Programs, Wish, wish};

    #[test]
    fn the_variable_decides_and_ci_must_be_told() {
        let folder = || Some(PathBuf::from("/somewhere/bin"));
        assert_eq!(wish(folder(), false), Wish::Run("/somewhere/bin".into()));
        assert_eq!(wish(folder(), true), Wish::Run("/somewhere/bin".into()));
        for variable in [None, Some(PathBuf::new())] {
            assert!(matches!(wish(variable.clone(), false), Wish::Skip(_)));
            assert!(matches!(wish(variable, true), Wish::Fail(_)));
        }
        assert!(matches!(wish(Some("skip".into()), true), Wish::Skip(_)));
    }

    #[test]
    fn a_folder_without_the_programs_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Programs::in_folder(folder.path()).unwrap_err();
        assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
    }
}
