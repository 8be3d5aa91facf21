//! Where a file comes from, and what refers to it: questions that need no destination.

use std::collections::HashMap;
use std::fmt;

use holdall_core::{Name, Result};
use serde::Serialize;

use super::Collector;
use super::event::Listeners;
use super::problem::Positions;
use super::read::{Text, read_all};
use super::resolve::{Address, Link};
use crate::finders::{Source, SourceFile};

/// Where a file comes from. See [`Collector::find`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The name that was asked for.
    pub name: Name,
    /// Every file of that name, in the order of finders. The first is the one that is collected.
    pub sources: Vec<Source>,
    /// Where was looked, in the same order, for people.
    pub places: Vec<String>,
    /// The nearest name that there is, where there is no file of that name.
    pub nearest: Option<Name>,
}

/// A place in a file that refers to another one. See [`Collector::why`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Referrer {
    /// The file that refers.
    pub file: Name,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The reference as it is written.
    pub reference: String,
}

impl fmt::Display for Referrer {
    /// `file:line:column: reference`, as editors and compilers have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.reference)
    }
}

impl Collector {
    /// Which finders have a file of that name: Django's `findstatic`. What is ignored when files are collected is
    /// found, too.
    ///
    /// ```
    /// use holdall_core::Name;
    /// use holdall_static::{Collector, Embedded};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let collector = Collector::new().finder(Embedded::new([("app.css", "a {}")])?);
    /// assert_eq!(collector.find(&Name::new("app.css")?).await?.sources.len(), 1);
    /// let missing = collector.find(&Name::new("App.css")?).await?;
    /// assert!(missing.sources.is_empty());
    /// assert_eq!(missing.nearest, Some(Name::new("app.css")?));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the finders. That there is no such file is none.
    pub async fn find(&self, name: &Name) -> Result<Found> {
        let name = name.clone();
        self.off_thread(move |collector| {
            let finders = collector.finders();
            let mut sources = Vec::new();
            for finder in finders {
                sources.extend(finder.find_all(&name)?.into_iter().map(|file| file.source));
            }
            let nearest = if sources.is_empty() {
                let (found, _) = collector.find_all()?;
                crate::nearest::nearest(name.as_str(), found.keys()).cloned()
            } else {
                None
            };
            let places = finders.iter().flat_map(|finder| finder.places()).collect();
            Ok(Found { name, sources, places, nearest })
        })
        .await
    }

    /// Which files refer to that one, each place where they do: in the order of files, lines and columns. The file
    /// need not exist; then the answer tells why it is missed. A module's bare name (`three`) can be asked for, too.
    ///
    /// Every file is read and looked through, as for a collection.
    ///
    /// ```
    /// use holdall_static::{Collector, Embedded};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let files = Embedded::new([("css/app.css", "a {\n  background: url(../img/cat.png)\n}")])?;
    /// let referrers = Collector::new().finder(files).why("img/cat.png").await?;
    /// assert_eq!(referrers[0].to_string(), "css/app.css:2:19: ../img/cat.png");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the finders and of reading files, and of an import map that leads nowhere.
    pub async fn why(&self, name: &str) -> Result<Vec<Referrer>> {
        let name = name.to_owned();
        self.off_thread(move |collector| collector.referrers(&name)).await
    }

    fn referrers(&self, wanted: &str) -> Result<Vec<Referrer>> {
        let (found, _) = self.find_all()?;
        let sources: Vec<SourceFile> = found.into_values().collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let read =
            read_all(&sources, self.rules.algorithm, &self.rules.scan, threads, &Listeners::default())?;
        let index: HashMap<&str, usize> =
            sources.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
        let rules = &self.rules;
        // What is wrong with an import map is told by a collection.
        let modules = rules.modules.resolve(&sources, &index, &rules.policy, &mut Vec::new())?;
        let mut referrers = Vec::new();
        for (file, read) in sources.iter().zip(&read) {
            let (Text::Linked(text), Some(language)) = (&read.text, rules.scan.language(&file.name)) else {
                continue;
            };
            let Some(address) = Address::of(&file.name, &rules.base) else { continue };
            let mut positions = Positions::new(text);
            for reference in language.references(text) {
                let (target, kind) = (&*reference.target, reference.kind);
                let is_meant = if Link::is_bare(target, kind) {
                    let to = modules.bare(target).ok().flatten();
                    target == wanted || to.is_some_and(|to| sources[to].name.as_str() == wanted)
                } else {
                    Link::of(&reference, &address).is_some_and(|link| link.path == wanted)
                };
                if is_meant {
                    let (line, column) = positions.of(reference.span.start);
                    let reference = target.to_owned();
                    referrers.push(Referrer { file: file.name.clone(), line, column, reference });
                }
            }
        }
        referrers.sort();
        Ok(referrers)
    }

    /// Does what reads files off the async threads.
    pub(super) async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let collector = self.clone();
        tokio::task::spawn_blocking(move || work(&collector))
            .await
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }
}
