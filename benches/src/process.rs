//! Work that a process of its own does: how long it took, and what it needed.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a piece of work took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// From the start of the process to its end.
    pub time: Duration,
    /// On all processors together, as the process said.
    pub processors: Option<Duration>,
    /// The most memory that it had resident, in bytes, as the process said.
    pub peak: Option<u64>,
}

impl Taken {
    /// Runs a process to its end. The last line that it prints may be `processors=<seconds> peak=<bytes>`.
    ///
    /// # Errors
    ///
    /// Those of starting it, and one that names the program if it did not succeed.
    pub fn by(mut command: Command) -> io::Result<Self> {
        let start = Instant::now();
        let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
        let time = start.elapsed();
        if !output.status.success() {
            let program = command.get_program().to_string_lossy();
            let said = String::from_utf8_lossy(&output.stdout);
            return Err(io::Error::other(format!("{program} failed: {} {said}", output.status)));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let value = |key: &str| {
            let line = text.lines().next_back()?;
            line.split_whitespace()
                .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=')?.parse::<f64>().ok())
        };
        Ok(Self {
            time,
            processors: value("processors").map(Duration::from_secs_f64),
            peak: value("peak").map(|bytes| Duration::from_secs_f64(bytes).as_secs()),
        })
    }

    /// The shorter one, with the larger memory.
    #[must_use]
    pub fn best(self, other: Self) -> Self {
        let peak = self.peak.max(other.peak);
        Self { peak, ..if self.time <= other.time { self } else { other } }
    }

    /// Prints what [`by`](Self::by) reads, about this process.
    pub fn tell() {
        let processors = processor_time().unwrap_or_default().as_secs_f64();
        println!("processors={processors} peak={}", super::peak_resident().unwrap_or_default());
    }
}

/// The time that all threads of this process had a processor; `None` where the system does not tell.
pub fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the name in parentheses, which may have anything in it; then fields 3 and on.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
    let second = u32::try_from(rustix::param::clock_ticks_per_second()).ok()?;
    Some(Duration::from_secs(1) * ticks / second)
}
