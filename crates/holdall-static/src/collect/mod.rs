//! Collecting: find, read, name, rewrite, publish.

mod graph;
mod plan;
mod problem;
mod publish;
mod read;
mod resolve;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use holdall_core::{Error, ErrorKind, Name, Operation, Result, Store};

pub(crate) use self::plan::content_type;
use self::plan::{Plan, Rules, plan};
use self::problem::Policy;
pub use self::problem::{Problem, ProblemKind, Severity};
pub use self::publish::Published;
use self::publish::{Publishing, publish};
use crate::finders::{Finder, Ignore, Source, SourceFile};
use crate::hash::HashAlgorithm;

/// Collects static files into a storage.
///
/// ```
/// use holdall_core::{MemoryStorage, Store};
/// use holdall_static::{Collector, Embedded};
///
/// # #[tokio::main] async fn main() -> holdall_core::Result<()> {
/// let store = Store::new(MemoryStorage::new());
/// let files = Embedded::new([("app.css", "a { background: url(a.png) }"), ("a.png", "...")])?;
/// let report = Collector::new().finder(files).collect(&store).await?;
/// assert_eq!(report.files, 2);
///
/// let manifest = holdall_static::Manifest::parse(&store.open("staticfiles.json").await?.bytes().await?)?;
/// let hashed = manifest.get("app.css").unwrap();
/// let text = store.open(hashed).await?.text().await?;
/// assert_eq!(text, format!("a {{ background: url({}) }}", manifest.get("a.png").unwrap()));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Collector {
    finders: Vec<Arc<dyn Finder>>,
    ignore: Ignore,
    rules: Rules,
    publishing: Publishing,
}

/// What a collection found and did.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// How many files were found, each name once.
    pub files: usize,
    /// Files that were not taken, since another finder came first.
    pub conflicts: Vec<Conflict>,
    /// What is wrong but was no error.
    pub problems: Vec<Problem>,
    /// What was written.
    pub published: Published,
}

/// Two files of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The name.
    pub name: Name,
    /// The one that was taken: the first.
    pub taken: Source,
    /// The one that was not.
    pub left: Source,
}

impl Default for Collector {
    fn default() -> Self {
        Self {
            finders: Vec::new(),
            ignore: Ignore::default(),
            rules: Rules {
                algorithm: HashAlgorithm::Md5,
                policy: Policy::default(),
                base: "/static/".to_owned(),
            },
            publishing: Publishing { jobs: 32, copies: true, dry_run: false },
        }
    }
}

impl Collector {
    /// Without finders, with everything else as Django has it.
    pub fn new() -> Self {
        Self::default()
    }

    /// That finder too, with less priority than those before.
    pub fn finder(mut self, finder: impl Finder + 'static) -> Self {
        self.finders.push(Arc::new(finder));
        self
    }

    /// What is left out; Django's `CVS`, `.*` and `*~` without a call.
    pub fn ignore(mut self, ignore: Ignore) -> Self {
        self.ignore = ignore;
        self
    }

    /// What the hash in names is made with; MD5 as Django without a call.
    pub fn hash(mut self, algorithm: HashAlgorithm) -> Self {
        self.rules.algorithm = algorithm;
        self
    }

    /// The path below which the files are served, `/static/` without a call: absolute references that begin so
    /// are references to static files. It begins and ends with a slash.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.rules.base = path.into();
        self
    }

    /// How much a missing file matters, for references that match `references` in files that match `files`
    /// (patterns as in [`Ignore`]). The first rule that fits decides.
    pub fn missing(
        mut self,
        files: impl Into<String>,
        references: impl Into<String>,
        severity: Severity,
    ) -> Self {
        self.rules.policy.add(files.into(), references.into(), severity);
        self
    }

    /// How many files are saved at once; 32 without a call.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.publishing.jobs = jobs.max(1);
        self
    }

    /// Whether every file is published under its own name too, as Django does; `true` without a call.
    pub fn copies(mut self, copies: bool) -> Self {
        self.publishing.copies = copies;
        self
    }

    /// Only looks what would be written.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.publishing.dry_run = dry_run;
        self
    }

    /// Collects: finds all files, gives them their names, rewrites references, and publishes what the storage
    /// does not have. Hashed files come first, then copies under the files' own names, the manifest last.
    ///
    /// Dropped, or after an error, what was published before is whole; what was saved until then stays and is
    /// not sent again by the next run.
    ///
    /// # Errors
    ///
    /// `InvalidInput` with every missing reference in its message, and nothing published; those of the finders,
    /// of reading the files and of the storage.
    pub async fn collect(&self, store: &Store) -> Result<Report> {
        let collector = self.clone();
        let (plan, conflicts) = tokio::task::spawn_blocking(move || collector.plan())
            .await
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
        let errors: Vec<String> = plan
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(Problem::to_string)
            .collect();
        if !errors.is_empty() {
            let message = format!(
                "{}\nnothing was published: {} of these must be mended",
                errors.join("\n"),
                errors.len()
            );
            return Err(Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::Save));
        }
        let published = publish(store, &plan, self.publishing).await?;
        Ok(Report { files: plan.files.len(), conflicts, problems: plan.problems, published })
    }

    /// Everything before the first write.
    fn plan(&self) -> Result<(Plan, Vec<Conflict>)> {
        let mut found: BTreeMap<Name, SourceFile> = BTreeMap::new();
        let mut conflicts = Vec::new();
        for finder in &self.finders {
            for file in finder.list(&self.ignore)? {
                match found.entry(file.name.clone()) {
                    Entry::Vacant(free) => _ = free.insert(file),
                    Entry::Occupied(taken) => conflicts.push(Conflict {
                        name: file.name,
                        taken: taken.get().source.clone(),
                        left: file.source,
                    }),
                }
            }
        }
        let sources: Vec<SourceFile> = found.into_values().collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let read = read::read_all(&sources, self.rules.algorithm, threads)?;
        Ok((plan(sources, read, &self.rules)?, conflicts))
    }
}
