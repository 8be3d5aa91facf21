//! What the comparisons share: interleaved rounds, ratios, and processes of their own.
//!
//! Absolute times on a shared machine mean little. Each comparison runs the plain code and Holdall in turn,
//! round by round in one process, and prints the median of the rounds' ratios beside both medians.

pub mod django;
pub mod process;
pub mod tree;

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// One comparison: the same work, done by plain code and through Holdall.
#[derive(Debug)]
pub struct Comparison {
    title: String,
    operations: u32,
    plain: Vec<Duration>,
    holdall: Vec<Duration>,
}

impl Comparison {
    /// A comparison whose rounds do that many operations on each side.
    pub fn new(title: impl Into<String>, operations: u32) -> Self {
        Self { title: title.into(), operations, plain: Vec::new(), holdall: Vec::new() }
    }

    /// Measures one round of the plain code.
    pub async fn plain<T>(&mut self, work: impl Future<Output = T>) -> T {
        let (result, time) = measure(work).await;
        self.plain.push(time);
        result
    }

    /// Measures one round of Holdall.
    pub async fn holdall<T>(&mut self, work: impl Future<Output = T>) -> T {
        let (result, time) = measure(work).await;
        self.holdall.push(time);
        result
    }

    /// Prints the row of this comparison.
    ///
    /// # Panics
    ///
    /// If a round of one side is missing: there is nothing to compare then.
    pub fn print(&self) {
        assert_eq!(self.plain.len(), self.holdall.len(), "each round has two sides");
        let pairs = self.plain.iter().zip(&self.holdall);
        let ratio =
            median(pairs.map(|(plain, holdall)| holdall.as_secs_f64() / plain.as_secs_f64()).collect());
        let each = |rounds: &[Duration]| {
            let seconds = median(rounds.iter().map(Duration::as_secs_f64).collect());
            Duration::from_secs_f64(seconds / f64::from(self.operations))
        };
        println!(
            "| {:<58} | {:>12} | {:>12} | {ratio:>6.2} |",
            self.title,
            format!("{:.1?}", each(&self.plain)),
            format!("{:.1?}", each(&self.holdall)),
        );
    }
}

/// Prints the head of a table of comparisons.
pub fn print_head(title: &str) {
    println!("\n{title}\n");
    println!(
        "| {:<58} | {:>12} | {:>12} | {:>6} |",
        "work, time of one operation", "plain", "Holdall", "ratio"
    );
    println!("|{:-<60}|{:->14}|{:->14}|{:->8}|", "", ":", ":", ":");
}

async fn measure<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    let result = work.await;
    (result, start.elapsed())
}

/// The middle value.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A process of this very binary that plays another part: a server, or a client whose memory is measured.
#[derive(Debug)]
pub struct Part {
    child: Child,
    /// The first line that it printed.
    pub greeting: String,
}

impl Part {
    /// The variable that tells a process its part.
    pub const VARIABLE: &'static str = "HOLDALL_BENCH_PART";

    /// Which part this process plays; `None` for the one that was started by hand.
    pub fn of_this_process() -> Option<String> {
        std::env::var(Self::VARIABLE).ok()
    }

    /// The command that starts a part.
    ///
    /// # Errors
    ///
    /// That of finding out which binary this is.
    pub fn command(part: &str, arguments: &[impl AsRef<OsStr>]) -> std::io::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).env(Self::VARIABLE, part);
        Ok(command)
    }

    /// Starts a part and waits for its first line.
    ///
    /// # Errors
    ///
    /// Those of starting a process and reading from it.
    pub fn start(part: &str, arguments: &[&str]) -> std::io::Result<Self> {
        let mut child =
            Self::command(part, arguments)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut greeting = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut greeting)?;
        }
        Ok(Self { child, greeting: greeting.trim().to_owned() })
    }
}

impl Drop for Part {
    /// Ends the process that we started. It may have ended already, which is fine.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The most memory that this process ever had resident, in bytes; `None` where the system does not tell.
pub fn peak_resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
