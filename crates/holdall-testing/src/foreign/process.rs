//! A process that ends when its handle is dropped, or when we die.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Programs;

/// Starts the server and waits for the end of a pipe. Rust cannot ask the kernel to end a child with its parent without
/// `unsafe`, and Python is there.
const SUPERVISOR: &str = include_str!("supervise.py");

/// How long the supervisor may take to kill the server and to remove its data.
const STOP_DEADLINE: Duration = Duration::from_secs(20);

/// What a server would take from our environment for its own settings.
const NOT_FOR_SERVERS: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "S3_BUCKET",
    "S3_TABLE_BUCKET",
    "S3_EXTERNAL_URL",
];

/// A command line, and what it leaves behind.
#[derive(Debug, Default)]
pub(super) struct Job {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    /// What the program leaves outside its folder when it is killed.
    pub(super) leftovers: Vec<PathBuf>,
}

impl Job {
    pub(super) fn new(program: PathBuf) -> Self {
        Self { program, ..Self::default() }
    }

    pub(super) fn argument(&mut self, argument: impl AsRef<OsStr>) {
        self.arguments.push(argument.as_ref().to_owned());
    }

    /// `name` and the value in one word.
    pub(super) fn flag(&mut self, name: &str, value: impl AsRef<OsStr>) {
        let mut argument = OsString::from(name);
        argument.push("=");
        argument.push(value);
        self.arguments.push(argument);
    }
}

/// A server under supervision.
#[derive(Debug)]
pub(super) struct Process {
    supervisor: Child,
    folder: TempDir,
    leftovers: Vec<PathBuf>,
}

impl Process {
    /// Starts the job. It works in `folder`, writes its log there and keeps temporary files there.
    ///
    /// # Errors
    ///
    /// Whatever the operating system says about starting a process.
    pub(super) fn start(programs: &Programs, folder: TempDir, job: Job) -> io::Result<Self> {
        let script = folder.path().join("supervise.py");
        std::fs::write(&script, SUPERVISOR)?;
        let log = File::create(log_of(&folder))?;
        let mut command = Command::new(programs.find("python")?);
        for name in NOT_FOR_SERVERS {
            command.env_remove(name);
        }
        let supervisor = command
            .arg("-I")
            .arg(script)
            .arg(folder.path())
            .args(&job.leftovers)
            .arg("--")
            .arg(job.program)
            .args(&job.arguments)
            .current_dir(folder.path())
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self { supervisor, folder, leftovers: job.leftovers })
    }

    /// How it ended, if it did.
    ///
    /// # Errors
    ///
    /// Whatever the operating system says.
    pub(super) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.supervisor.try_wait()
    }

    /// The last lines that it wrote.
    pub(super) fn last_words(&self) -> String {
        let log = std::fs::read(log_of(&self.folder)).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Where it keeps its data.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn log_of(folder: &TempDir) -> PathBuf {
    folder.path().join("log")
}

impl Drop for Process {
    /// Returns when the server is dead.
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let begun = Instant::now();
        while matches!(self.supervisor.try_wait(), Ok(None)) {
            if begun.elapsed() > STOP_DEADLINE {
                // Then the server may live on; there is nothing safe that could still be done about it.
                let _already_dead = self.supervisor.kill();
                let _status = self.supervisor.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        // The supervisor has done so, unless the server died before it was told.
        for path in &self.leftovers {
            let _usually_gone = std::fs::remove_file(path);
        }
    }
}
