//! A site with static files, and the command run in it.

use std::ffi::OsStr;
use std::fs::{create_dir_all, write};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use holdall_testing::s3_server::S3Server;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_holdall");

/// A directory with a `holdall.toml` and files.
pub(crate) struct Site {
    directory: tempfile::TempDir,
}

/// A run: exit code, standard output, standard error.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Site {
    pub(crate) fn new(settings: &str) -> Self {
        let site = Self { directory: tempfile::tempdir().unwrap() };
        site.write("holdall.toml", settings);
        site
    }

    /// Files go to the directory `collected`.
    pub(crate) fn on_disk() -> Self {
        Self::new(
            "[storages.staticfiles]\nbackend = 'fs'\nroot = 'collected'\nbase_url = '/static/'\n\
             [static]\ndirs = ['static']\n",
        )
    }

    /// Files go to the bucket `site`.
    pub(crate) fn in_bucket(server: &S3Server, location: &str) -> Self {
        Self::new(&format!(
            "[storages.staticfiles]\nbackend = 's3'\nbucket = 'site'\nlocation = '{location}'\nregion = '{}'\n\
             endpoint = '{}'\naccess_key = '{}'\nsecret_key = '{}'\n[static]\ndirs = ['static']\n",
            server.region(),
            server.endpoint(),
            server.access_key(),
            server.secret_key()
        ))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        create_dir_all(path.parent().unwrap()).unwrap();
        write(path, text).unwrap();
    }

    /// That many files `static/0.txt`, `static/1.txt` and so on.
    pub(crate) fn fill(&self, files: usize) {
        (0..files).for_each(|number| self.write(&format!("static/{number}.txt"), &format!("text {number}")));
    }

    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.root()).stdin(Stdio::null());
        for (variable, _) in std::env::vars_os() {
            if variable.to_str().is_some_and(|variable| variable.starts_with("HOLDALL_")) {
                command.env_remove(variable);
            }
        }
        command
    }

    /// Runs with the end of standard input before its eyes.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs with that standard input.
    pub(crate) fn answer(&self, answer: &str, arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(answer.as_bytes());
        child.wait_with_output().unwrap().into()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// What it wrote, after it was seen to end with that code.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> (String, String) {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        (self.out, self.err)
    }
}
