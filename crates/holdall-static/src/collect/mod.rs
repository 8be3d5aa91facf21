//! Collecting: find, read, name, rewrite, publish.

mod budget;
mod content_type;
mod event;
mod find;
mod graph;
mod headers;
mod modules;
mod names;
mod plan;
mod policy;
mod problem;
mod publish;
mod read;
mod report;
mod resolve;
mod source_maps;
mod suggest;
mod unhashed;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use holdall_core::{Capabilities, Name, Result, Store};

pub(crate) use self::content_type::{attributes, content_type, encoding};
pub use self::event::Event;
use self::event::Listeners;
pub use self::find::{Found, Referrer};
use self::headers::HeaderRules;
pub use self::headers::Headers;
use self::plan::{Plan, Rules, plan};
pub use self::policy::MissingKind;
pub(crate) use self::policy::Policy;
pub(crate) use self::problem::position;
pub use self::problem::{Problem, ProblemKind, Severity};
pub use self::publish::{Action, Change, Compressed, Published, Role};
use self::publish::{Publishing, publish};
pub use self::report::{Conflict, Report};
pub(crate) use self::resolve::url_path;
pub use self::source_maps::SourceMaps;
use crate::bundle::{Prehashed, Recognised};
use crate::compress::Compression;
use crate::finders::{Finder, Ignore, SourceFile};
use crate::hash::HashAlgorithm;
use crate::import_map::ImportMap;
use crate::scan::Scan;

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
#[doc = include_str!("../docs/publishing.md")]
#[derive(Debug, Clone)]
#[must_use]
pub struct Collector {
    finders: Vec<Arc<dyn Finder>>,
    ignore: Ignore,
    prehashed: Vec<Prehashed>,
    rules: Rules,
    publishing: Publishing,
}

impl Default for Collector {
    fn default() -> Self {
        Self {
            finders: Vec::new(),
            ignore: Ignore::default(),
            prehashed: Vec::new(),
            rules: Rules {
                algorithm: HashAlgorithm::Md5,
                policy: Policy::default(),
                base: "/static/".to_owned(),
                post_process: true,
                copies: true,
                modules: modules::ModuleRules::default(),
                scan: Scan::default(),
                source_maps: SourceMaps::default(),
                drop_missing_source_maps: false,
            },
            publishing: Publishing {
                jobs: 32,
                post_process: true,
                copies: true,
                dry_run: false,
                clear: false,
                link: false,
                replace_manifest: false,
                local: None,
                headers: HeaderRules::default(),
                compression: Compression::new(),
                listeners: Listeners::default(),
            },
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

    /// These files too were hashed by a bundler: they keep their names, are published once, and nothing in them is
    /// rewritten.
    pub fn prehashed(mut self, prehashed: Prehashed) -> Self {
        self.prehashed.push(prehashed);
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

    /// How much a missing file matters that is needed for that, where no rule of [`missing`](Self::missing) says
    /// otherwise.
    ///
    /// | kind | without a call | [`strict`](Self::strict) |
    /// | --- | --- | --- |
    /// | [`Css`](MissingKind::Css) | error where Django's default refuses it too: `url()`, `@import`; else warning | error |
    /// | [`Import`](MissingKind::Import), [`DynamicImport`](MissingKind::DynamicImport), [`Url`](MissingKind::Url) | warning | error |
    /// | [`Html`](MissingKind::Html) | warning | error |
    /// | [`SourceMap`](MissingKind::SourceMap) | warning | warning |
    ///
    /// In a file that a bundler hashed every one is a warning.
    pub fn missing_kind(mut self, kind: MissingKind, severity: Severity) -> Self {
        self.rules.policy.set_kind(kind, severity);
        self
    }

    /// Whether every missing file is an error but a source map, where neither a rule of [`missing`](Self::missing) nor
    /// [`missing_kind`](Self::missing_kind) says otherwise; `false` by default.
    pub fn strict(mut self, strict: bool) -> Self {
        self.rules.policy.strict = strict;
        self
    }

    /// Which files are looked into for references: CSS, JavaScript and SVG without a call.
    pub fn scan(mut self, scan: Scan) -> Self {
        self.rules.scan = scan;
        self
    }

    /// Whether scripts are looked into for more than source maps, as [`Scan::javascript`] says it; everything else that
    /// [`scan`](Self::scan) said stays.
    pub fn javascript(mut self, javascript: bool) -> Self {
        self.rules.scan = self.rules.scan.javascript(javascript);
        self
    }

    /// What becomes of source maps; [`SourceMaps::Hash`] without a call, as Django has it.
    pub fn source_maps(mut self, source_maps: SourceMaps) -> Self {
        self.rules.source_maps = source_maps;
        self
    }

    /// Whether the comment is taken out that names a source map that is not there, as for [`SourceMaps::Omit`], so
    /// that debuggers do not ask for it. `false` without a call: nothing but references changes in any file. It is
    /// reported all the same.
    pub fn drop_missing_source_maps(mut self, drop: bool) -> Self {
        self.rules.drop_missing_source_maps = drop;
        self
    }

    /// What bare module names (`import "three"`) stand for: the map goes into the manifest, for pages to print. Bare
    /// names that it does not have are reported, as warnings where no [rule](Self::missing) says otherwise. Without
    /// a call they are none of the collector's business.
    pub fn import_map(mut self, import_map: ImportMap) -> Self {
        self.rules.modules.import_map = Some(import_map);
        self
    }

    /// Scripts whose names match (a pattern as in [`Ignore`]) are entries: what they import when they are loaded,
    /// and what that imports, goes into the manifest, so that pages can ask for all of it at once
    /// ([`Manifest::preloads`](crate::Manifest::preloads)). May be called several times.
    pub fn preload(mut self, pattern: impl Into<String>) -> Self {
        self.rules.modules.preload.push(pattern.into());
        self
    }

    /// Does everything that needs no destination: finds all files, reads them, resolves references and makes names.
    /// For continuous integration, where nothing is to be published.
    ///
    /// # Errors
    ///
    /// As [`collect`](Self::collect), but for those of the storage.
    pub async fn check(&self) -> Result<Report> {
        self.publishing.check()?;
        let (plan, conflicts) = self.prepare(None).await?;
        Ok(Report { files: plan.files.len(), conflicts, problems: plan.problems, ..Report::default() })
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
    /// of reading the files and of the storage: these name the file and say what stands. `InvalidInput` for headers
    /// that no storage takes, `InvalidConfig` when there would be neither hashed files nor copies.
    pub async fn collect(&self, store: &Store) -> Result<Report> {
        self.publishing.check()?;
        let (mut plan, conflicts) = self.prepare(Some(store.capabilities())).await?;
        // Boxed, so that this future is `Send`, for applications that spawn it.
        let (published, problems) = publish(store, &plan, &self.publishing).boxed().await?;
        plan.problems.extend(problems);
        Ok(Report { files: plan.files.len(), conflicts, problems: plan.problems, published })
    }

    /// Everything that needs no destination, off the async threads, and what a destination with these capabilities
    /// cannot hold; an error if any problem is one.
    async fn prepare(&self, destination: Option<&Capabilities>) -> Result<(Plan, Vec<Conflict>)> {
        let (mut plan, conflicts) = self.off_thread(Self::plan).await?;
        plan.problems.extend(names::reserved(&plan));
        plan.problems.extend(names::same_names(&plan, &self.publishing));
        if self.publishing.copies {
            plan.problems.extend(names::same_but_for_case(plan.files.iter().map(|file| &file.name)));
        }
        if let Some(capabilities) = destination {
            let problems = names::cannot_hold(&plan, &self.publishing, capabilities);
            plan.problems.extend(problems);
        }
        plan.problems.sort();
        for problem in &plan.problems {
            self.publishing.listeners.tell(|| Event::Problem(problem.clone()));
        }
        problem::refuse(&plan.problems)?;
        Ok((plan, conflicts))
    }

    /// Everything before the first write.
    fn plan(&self) -> Result<(Plan, Vec<Conflict>)> {
        let listeners = &self.publishing.listeners;
        let (found, conflicts) = self.find_all()?;
        for conflict in &conflicts {
            listeners.tell(|| Event::Conflict(conflict.clone()));
        }
        listeners.tell(|| Event::Found { files: found.len() });
        let sources: Vec<SourceFile> = found.into_values().collect();
        let bundled = Recognised::by(&self.prehashed, &sources, &self.rules.policy, &self.rules.base)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let read = read::read_all(&sources, self.rules.algorithm, &self.rules.scan, threads, listeners)?;
        Ok((plan(sources, read, bundled, &self.rules)?, conflicts))
    }

    /// Every file by its name, the first finder's where two have one, and the others.
    pub(crate) fn find_all(&self) -> Result<(BTreeMap<Name, SourceFile>, Vec<Conflict>)> {
        let mut found: BTreeMap<Name, SourceFile> = BTreeMap::new();
        let mut conflicts = Vec::new();
        for finder in &self.finders {
            for file in finder.list(&self.ignore)? {
                match found.entry(file.name.clone()) {
                    Entry::Vacant(free) => _ = free.insert(file),
                    Entry::Occupied(taken) => {
                        let taken = taken.get().source.clone();
                        conflicts.push(Conflict { name: file.name, taken, left: file.source });
                    }
                }
            }
        }
        Ok((found, conflicts))
    }

    /// The finders, the first of which has priority.
    pub(crate) fn finders(&self) -> &[Arc<dyn Finder>] {
        &self.finders
    }

    /// Files and directories whose change may change what is collected.
    pub(crate) fn watched(&self) -> Vec<PathBuf> {
        let finders = self.finders.iter().flat_map(|finder| finder.watched());
        finders.chain(self.prehashed.iter().filter_map(Prehashed::watched)).collect()
    }

    /// The path below which the files are served.
    pub(crate) fn base(&self) -> &str {
        &self.rules.base
    }
}
