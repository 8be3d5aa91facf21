//! `holdall findstatic`.

use std::path::Path;

use clap::Args as ClapArgs;
use holdall::Name;
use holdall::static_files::{Collector, Found, Referrer, Source};
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::signal::{Ended, runtime, until_signal};

const AFTER_HELP: &str = "\
What differs from Django's findstatic: the exit code is 4 when a file is not found, and --why.";

/// Finds the absolute paths for the given static file(s)
///
/// The first path is that of the file that is collected. What --ignore and the settings leave out is found, too.
#[derive(Debug, Clone, ClapArgs)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct FindArgs {
    /// Names of static files, like css/app.css
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    /// Only return the first match for each static file
    #[arg(long)]
    first: bool,

    /// Also tell which files refer to it, whether it is there or not; bare module names can be asked for, too
    #[arg(long)]
    why: bool,

    /// Write one JSON document to standard output, and everything else to standard error
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Serialize)]
struct Document {
    command: &'static str,
    files: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    name: String,
    /// Paths, the one that is collected first.
    found: Vec<String>,
    /// Where was looked.
    places: Vec<String>,
    /// The nearest name, where nothing was found.
    nearest: Option<String>,
    /// Who refers to it; nothing without `--why`.
    referrers: Option<Vec<Referrer>>,
}

pub(crate) fn run(args: &FindArgs, settings: &Settings, screen: &Screen) -> Result<Exit, Failure> {
    let collector = settings.static_files.collector()?;
    let work = async {
        let mut answers = Vec::new();
        for file in &args.files {
            answers.push(answer(args, &collector, file).await?);
        }
        Ok::<_, Failure>(answers)
    };
    let answers = match until_signal(runtime()?, work)? {
        Ended::With(answers) => answers?,
        Ended::By(exit) => return Ok(exit),
    };
    for answer in &answers {
        tell(answer, args, screen);
    }
    let found = answers.iter().all(|answer| !answer.found.is_empty());
    if args.json {
        screen.json(&Document { command: "findstatic", files: answers });
    }
    Ok(if found { Exit::Done } else { Exit::No })
}

async fn answer(args: &FindArgs, collector: &Collector, file: &str) -> Result<Answer, Failure> {
    let name = Name::new(file).map_err(|error| Failure::usage(error.to_string()))?;
    let Found { sources, places, nearest, .. } = collector.find(&name).await?;
    let referrers = if args.why { Some(collector.why(name.as_str()).await?) } else { None };
    let many = if args.first { 1 } else { usize::MAX };
    Ok(Answer {
        name: name.to_string(),
        found: sources.iter().take(many).map(place).collect(),
        places,
        nearest: nearest.map(|nearest| nearest.to_string()),
        referrers,
    })
}

/// Where a file is, with links followed, as Django tells it.
fn place(source: &Source) -> String {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string();
    match source {
        Source::Path(path) => real(path),
        _ => "embedded in the program".to_owned(),
    }
}

/// Django's words, at Django's levels.
fn tell(answer: &Answer, args: &FindArgs, screen: &Screen) {
    let Answer { name, found, places, nearest, referrers } = answer;
    let looked = if screen.says(2) {
        format!("\nLooking in the following locations:\n  {}", places.join("\n  "))
    } else {
        String::new()
    };
    // Beside a document only what is missing is worth a remark.
    if found.is_empty() {
        let nearest = nearest.as_ref().map(|nearest| format!("\nDid you mean '{nearest}'?"));
        if screen.says(1) {
            let nearest = nearest.unwrap_or_default();
            screen.note(format_args!("No matching file found for '{name}'.{nearest}{looked}"));
        }
    } else if !args.json && screen.says(1) {
        screen.line(1, format_args!("Found '{name}' here:\n  {}{looked}", found.join("\n  ")));
    } else if !args.json {
        screen.line(0, found.join("\n"));
    }
    if let Some(referrers) = referrers.as_ref().filter(|_| !args.json) {
        let lines: Vec<String> = referrers.iter().map(|referrer| format!("\n  {referrer}")).collect();
        let by = if lines.is_empty() { " nothing".to_owned() } else { lines.concat() };
        screen.line(0, format_args!("Referred to by:{by}"));
    }
}
