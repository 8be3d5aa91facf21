//! A line for each file, at Django's levels and in its words.

use holdall::static_files::{Action, Conflict, Event, Report, Role, Source};

use crate::screen::Screen;

/// What is told while it happens.
pub(super) fn during(event: &Event, dry_run: bool, screen: &Screen) {
    match event {
        Event::Saving { name, role, action, .. } => {
            let (level, doing, pretending) = match (role, action) {
                (_, Action::Updated) => (3, "Changing the headers of", "change the headers of"),
                (Role::Copy, Action::Linked) => (2, "Linking", "link"),
                (Role::Copy, _) => (2, "Copying", "copy"),
                _ => (3, "Saving", "save"),
            };
            if dry_run {
                // What would be done to files is what was asked for.
                screen.line(if level == 2 { 1 } else { level }, format_args!("Pretending to {pretending} '{name}'"));
            } else {
                screen.line(level, format_args!("{doing} '{name}'"));
            }
        }
        Event::Unchanged { name, role } => {
            let level = if *role == Role::Copy { 2 } else { 3 };
            screen.line(level, format_args!("Skipping '{name}' (not modified)"));
        }
        Event::Deleting { name } if dry_run => screen.line(2, format_args!("Pretending to delete '{name}'")),
        Event::Deleting { name } => screen.line(2, format_args!("Deleting '{name}'")),
        Event::HeadersLeftOut => screen.line(
            2,
            "The storage keeps no headers: content types and caching are the business of whoever serves the files.",
        ),
        Event::Conflict(conflict) if screen.says(2) => screen.line(2, shadowed(conflict)),
        _ => {}
    }
}

/// What is told when everything is done.
pub(super) fn after(report: &Report, screen: &Screen) {
    for (name, hashed) in &report.published.post_processed {
        screen.line(2, format_args!("Post-processed '{name}' as '{hashed}'"));
    }
    for foreign in &report.published.foreign {
        screen.warning(format_args!("'{foreign}' cannot be deleted: no name of Holdall can say it"));
    }
}

/// Django's sentence, and the two files that it is about.
fn shadowed(conflict: &Conflict) -> String {
    let Conflict { name, taken, left, .. } = conflict;
    let same = match conflict.has_same_content() {
        Ok(true) => " (the same content)",
        Ok(false) => " (other content)",
        // Whoever collects it says why it cannot be read.
        Err(_) => "",
    };
    format!(
        "Found another file with the destination path '{name}'. It will be ignored since only the first encountered \
         file is collected. If this is not what you want, make sure every static file has a unique path.\n  \
         taken: {}\n  ignored: {}{same}",
        from(taken),
        from(left)
    )
}

/// Where a file is, for people.
pub(crate) fn from(source: &Source) -> String {
    match source {
        Source::Path(path) => path.display().to_string(),
        _ => "embedded in the program".to_owned(),
    }
}
