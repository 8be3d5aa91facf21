//! What came out of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What came out of a run of the suite. `Display` is a table for people.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// The `Display` of the storage.
    pub storage: String,
    /// Cases that hold.
    pub passed: Vec<&'static str>,
    /// Cases that do not hold, with the message of the panic. Also exceptions that hold after all.
    pub failed: Vec<(&'static str, String)>,
    /// Cases that were not run, with the reason: a capability, a request of the caller.
    pub skipped: Vec<(&'static str, String)>,
    /// Declared exceptions that do not hold, as declared, with their reasons.
    pub excepted: Vec<(&'static str, String)>,
    /// How long each case took that was run, its clean-up included. For people who look for what is slow;
    /// nothing is concluded from it.
    pub durations: BTreeMap<&'static str, Duration>,
}

impl Report {
    /// Whether everything that was run holds, and anything was run at all.
    pub fn is_ok(&self) -> bool {
        self.failed.is_empty() && !self.passed.is_empty()
    }

    /// Prints the table, which `cargo test` shows for failed tests and with `--nocapture`.
    ///
    /// # Panics
    ///
    /// When a case failed, or when none was run.
    pub fn assert(&self) {
        println!("{self}");
        assert!(!self.passed.is_empty(), "no case was run for {}", self.storage);
        let failed: Vec<_> = self.failed.iter().map(|(name, _)| *name).collect();
        assert!(failed.is_empty(), "{} does not conform: {}", self.storage, failed.join(", "));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} passed, {} failed, {} exceptions, {} skipped",
            self.storage,
            self.passed.len(),
            self.failed.len(),
            self.excepted.len(),
            self.skipped.len()
        )?;
        for name in &self.passed {
            let milliseconds = self.durations.get(name).map_or(0, Duration::as_millis);
            writeln!(f, "  ok         {name} ({milliseconds} ms)")?;
        }
        for (word, list) in
            [("skipped", &self.skipped), ("exception", &self.excepted), ("FAILED", &self.failed)]
        {
            for (name, reason) in list {
                // Messages of assertions have several lines; they stay together under their case.
                writeln!(f, "  {word:<10} {name}: {}", reason.trim_end().replace('\n', "\n             "))?;
            }
        }
        Ok(())
    }
}
