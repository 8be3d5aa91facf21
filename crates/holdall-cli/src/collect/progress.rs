//! The bar on a terminal, and how fast it was.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use holdall::static_files::{Event, Report, Role};
use indicatif::{HumanBytes, ProgressBar, ProgressState, ProgressStyle};

use crate::screen::Screen;

/// Files that are read: how many there are is known when the finders are through.
const READING: &str = "{spinner} Reading    [{bar:30}] {human_pos}/{human_len} files";
/// Files that are saved.
const SAVING: &str = "{spinner} Publishing [{bar:30}] {human_pos}/{human_len} files{msg}  {rate}  {eta} left";

/// A bar that follows the events, or nothing where nobody watches.
#[derive(Debug)]
pub(super) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(super) fn new(screen: &Screen) -> Self {
        if !screen.is_watched() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner().with_message("Looking for static files");
        bar.enable_steady_tick(Duration::from_millis(100));
        screen.show(bar.clone());
        Self(Some(bar))
    }

    pub(super) fn step(&self, event: &Event) {
        let Some(bar) = &self.0 else { return };
        match event {
            Event::Found { files } => begin(bar, READING, *files, String::new()),
            // The manifests are not among the files that were announced.
            Event::Saved { role: Role::Manifest, .. } => {}
            Event::Read { .. } | Event::Saved { .. } => bar.inc(1),
            Event::Deleting { name } => bar.set_message(format!(", deleting {name}")),
            Event::Publishing { files, bytes, .. } => {
                begin(bar, SAVING, *files, format!(", {}", HumanBytes(*bytes)));
            }
            _ => {}
        }
    }
}

fn begin(bar: &ProgressBar, template: &str, files: usize, message: String) {
    // The templates are constants of this file, which the tests draw.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let rate = |state: &ProgressState, text: &mut dyn fmt::Write| {
        // A bar that cannot be drawn stands still.
        let _ = write!(text, "{:.0} files/s", state.per_sec());
    };
    bar.set_style(style.progress_chars("=> ").with_key("rate", rate));
    bar.reset();
    bar.set_length(files as u64);
    bar.set_message(message);
}

/// How fast it was. It says something about the machine and nothing about the files, so that only who watches is told.
pub(super) fn rate(report: &Report, elapsed: Duration, screen: &Screen) {
    if screen.is_watched() && io::stdout().is_terminal() {
        let (files, rate) = (report.files, per_second(report.files, elapsed));
        screen.line(1, format_args!("{files} files in {:.1} s, {rate:.0} files/s.", elapsed.as_secs_f64()));
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody has so many files")]
pub(super) fn per_second(files: usize, elapsed: Duration) -> f64 {
    files as f64 / elapsed.as_secs_f64().max(f64::EPSILON)
}
