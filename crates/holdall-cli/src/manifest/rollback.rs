//! `holdall manifest rollback`.

use clap::Args as ClapArgs;
use holdall::static_files::{GenerationId, Generations, rollback};
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::signal::{Ended, runtime, until_signal};

/// Makes an earlier generation current again
///
/// Every file that it names is looked for first. Copies under the files' own names stay as they are. Applications go on
/// with the manifest that they have loaded until they load it again.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct RollbackArgs {
    /// The id of the generation, as `holdall manifest list` shows it [default: the previous one]
    #[arg(value_name = "ID")]
    id: Option<GenerationId>,

    /// Write one JSON document to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Document {
    command: &'static str,
    from: Option<String>,
    to: String,
    files: usize,
}

pub(super) fn run(args: &RollbackArgs, settings: &Settings, screen: &Screen) -> Result<Exit, Failure> {
    let store = settings.store()?;
    let work = async {
        let id = if let Some(id) = args.id {
            id
        } else {
            let none = || Failure::new(Exit::No, format!("there is no previous generation in {store}"));
            Generations::load(&store).await?.previous().ok_or_else(none)?.id
        };
        Ok::<_, Failure>(rollback(&store, id).await?)
    };
    let done = match until_signal(runtime()?, work)? {
        Ended::With(done) => done?,
        Ended::By(exit) => {
            screen.error("interrupted; `holdall manifest list` shows which generation is current");
            return Ok(exit);
        }
    };
    let from = done.from.map(|id| id.to_string());
    if args.json {
        let (to, files) = (done.to.to_string(), done.files);
        screen.json(&Document { command: "manifest rollback", from, to, files });
    } else if from.as_deref() == Some(&*done.to.to_string()) {
        screen.line(1, format_args!("Generation {} is the current one already.", done.to));
    } else {
        let before = from.map(|from| format!(", instead of {from}")).unwrap_or_default();
        screen.line(1, format_args!("Generation {} with {} files is current{before}.", done.to, done.files));
    }
    Ok(Exit::Done)
}
