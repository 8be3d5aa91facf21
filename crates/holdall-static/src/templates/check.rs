//! Checking that every static file exists that templates ask for.

use std::fmt;
use std::path::Path;

use holdall_core::{Error, ErrorKind, Operation, Result};
use walkdir::WalkDir;

use super::syntax::{Asked, asked};
use crate::assets::Assets;
use crate::collect::position;

/// A template asks for a static file that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateProblem {
    /// The template.
    pub template: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The name that it asks for.
    pub name: String,
    /// What is wrong, with the nearest name.
    pub reason: String,
}

impl fmt::Display for TemplateProblem {
    /// `file:line:column: reason`, as editors and compilers have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.template, self.line, self.column, self.reason)
    }
}

impl Assets {
    /// Checks every template below a directory: for a test that finds a slip before a visitor does. Returns how many
    /// names were looked at.
    ///
    /// With [`live`](Self::live) assets nothing has to be collected first.
    ///
    /// ```no_run
    /// # fn templates_ask_for_what_exists(collector: &holdall_static::Collector) -> holdall_core::Result<()> {
    /// let assets = holdall_static::Assets::live(collector)?;
    /// let checked = assets.check_templates("templates")?;
    /// assert!(checked > 0, "the templates are somewhere else");
    /// # Ok(()) }
    /// ```
    ///
    /// Looked at are names that stand in a template as a text, in the forms of Jinja, minijinja, askama and Django:
    /// `static_url("x")` and the other functions and filters of this crate (also as methods: `assets.script("x")`),
    /// `"x"|static_url`, `{% static "x" %}`. A name that is put together (`"img/" ~ name`) is known only to who
    /// renders, comments and `{% raw %}` are passed over, and so are files that are not UTF-8.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](holdall_core::ErrorKind::InvalidInput) with all missing names in its message, each as
    /// `file:line:column: reason`; [`NotFound`](holdall_core::ErrorKind::NotFound) and others for a directory or file
    /// that cannot be read.
    pub fn check_templates(&self, directory: impl AsRef<Path>) -> Result<usize> {
        let directory = directory.as_ref();
        let mut problems = Vec::new();
        let mut checked = 0;
        for entry in WalkDir::new(directory).follow_links(true).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable(directory, error.into()))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let bytes = std::fs::read(entry.path()).map_err(|error| unreadable(entry.path(), error))?;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            checked += self.check(&entry.path().display().to_string(), &text, &mut problems);
        }
        match problems.len() {
            0 => Ok(checked),
            number => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                let message =
                    format!("{}\n{number} of {checked} names of static files do not exist", lines.join("\n"));
                Err(Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::Url))
            }
        }
    }

    /// Checks the text of one template: for those that are part of the program. Its name is for the problems.
    ///
    /// ```
    /// use holdall_static::{Assets, Collector, Embedded};
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let assets = Assets::live(&Collector::new().finder(Embedded::new([("css/app.css", "")])?))?;
    /// let problems = assets.check_template("base.html", "<head>\n  {{ stylesheet('css/apps.css') }}");
    /// assert_eq!(
    ///     problems[0].to_string(),
    ///     "base.html:2:18: Missing staticfiles manifest entry for 'css/apps.css'; did you mean 'css/app.css'?"
    /// );
    /// # Ok(()) }
    /// ```
    pub fn check_template(&self, name: &str, text: &str) -> Vec<TemplateProblem> {
        let mut problems = Vec::new();
        self.check(name, text, &mut problems);
        problems
    }

    /// How many names the text asks for.
    fn check(&self, template: &str, text: &str, problems: &mut Vec<TemplateProblem>) -> usize {
        let asked = asked(text);
        for Asked { at, name, is_entry } in &asked {
            let found =
                if *is_entry { self.entry_tags(name).map(drop) } else { self.static_url(name).map(drop) };
            if let Err(error) = found {
                let (line, column) = position(text, *at);
                let (template, name) = (template.to_owned(), name.clone());
                let reason = error.reason().to_owned();
                problems.push(TemplateProblem { template, line, column, name, reason });
            }
        }
        asked.len()
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    let message = format!("the templates in {} cannot be read: {error}", path.display());
    Error::from_io(error).with_message(message).with_operation(Operation::Open)
}
