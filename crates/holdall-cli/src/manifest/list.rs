//! `holdall manifest list`.

use clap::Args as ClapArgs;
use holdall::static_files::{Generation, Generations};
use humantime::format_rfc3339_seconds;
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::signal::{Ended, runtime, until_signal};

/// Lists the generations: the current one, and those before it from new to old
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct ListArgs {
    /// Write one JSON document to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Document {
    command: &'static str,
    generations: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    manifest: String,
    /// When it was made current, in UTC as RFC 3339 has it.
    published: String,
    superseded: Option<String>,
    current: bool,
    /// Newer than the current one: left by a run that died, or being published.
    ahead: bool,
}

pub(super) fn run(args: &ListArgs, settings: &Settings, screen: &Screen) -> Result<Exit, Failure> {
    let store = settings.store()?;
    let generations = match until_signal(runtime()?, Generations::load(&store))? {
        Ended::With(generations) => generations?,
        Ended::By(exit) => return Ok(exit),
    };
    let rows: Vec<Row> = generations.iter().map(Row::of).collect();
    if args.json {
        let document = Document { command: "manifest list", generations: rows };
        screen.json(&document);
        return Ok(Exit::Done);
    }
    for row in &rows {
        let state = match (row.current, row.ahead) {
            (true, _) => "  current",
            (_, true) => "  ahead of the current one",
            _ => "",
        };
        screen.line(1, format_args!("{}  {}{state}", row.id, row.published));
    }
    if rows.is_empty() {
        screen.note(format_args!("nothing was published in {store}"));
    }
    Ok(Exit::Done)
}

impl Row {
    fn of(generation: &Generation) -> Self {
        Self {
            id: generation.id.to_string(),
            manifest: generation.manifest_name.to_string(),
            published: format_rfc3339_seconds(generation.modified).to_string(),
            superseded: generation.superseded.map(|time| format_rfc3339_seconds(time).to_string()),
            current: generation.is_current,
            ahead: generation.is_ahead,
        }
    }
}
