//! Which of the files that were found are hashed already, and what their bundlers say about entries.

use std::collections::{BTreeMap, HashSet};

use holdall_core::{Error, ErrorKind, Location, Name, Operation, Result};

use super::pattern::{Fit, HashPattern};
use super::prehashed::{Prehashed, Read};
use super::shape::has_hash;
use super::vite::ViteManifest;
use super::webpack::WebpackManifest;
use crate::collect::{Policy, Problem, ProblemKind, Severity};
use crate::finders::SourceFile;
use crate::manifest::EntryPoint;

/// What all rules together say.
#[derive(Debug, Default)]
pub(crate) struct Recognised {
    kept: HashSet<Name>,
    pub(crate) entries: BTreeMap<String, EntryPoint>,
    pub(crate) problems: Vec<Problem>,
}

/// A file as a manifest lists it.
struct Listed {
    name: Name,
    /// What it was called before, without its extension.
    of: Option<String>,
    /// Whether the bundler gave it no other name: then it need not have a hash.
    is_unchanged: bool,
}

/// One rule at work.
struct Recogniser<'a> {
    found: &'a HashSet<&'a str>,
    policy: &'a Policy,
    by: String,
    rule: &'a Prehashed,
    /// The path below which the files are served.
    base: &'a str,
}

impl Recognised {
    /// # Errors
    ///
    /// For a manifest that cannot be read or is none, and for two that differ about an entry.
    pub(crate) fn by(
        rules: &[Prehashed],
        sources: &[SourceFile],
        policy: &Policy,
        base: &str,
    ) -> Result<Self> {
        let mut recognised = Self::default();
        if rules.is_empty() {
            return Ok(recognised);
        }
        let found: HashSet<&str> = sources.iter().map(|file| file.name.as_str()).collect();
        for rule in rules {
            let work = Recogniser { found: &found, policy, by: rule.rule.describe(), rule, base };
            match rule.rule.read()? {
                Read::Vite(manifest) => work.vite(&manifest, &mut recognised)?,
                Read::Webpack(manifest) => work.webpack(&manifest, &mut recognised)?,
                Read::Pattern(pattern) => work.pattern(&pattern, sources, &mut recognised),
            }
        }
        // What several rules told, or one told and another one knew better.
        let Self { kept, problems, .. } = &mut recognised;
        problems.retain(|problem| {
            !(matches!(problem.kind, ProblemKind::NotHashed { .. }) && kept.contains(&problem.file))
        });
        recognised.problems.sort();
        recognised.problems.dedup();
        recognised.keep_companions(sources);
        Ok(recognised)
    }

    /// Whether the file keeps its name.
    pub(crate) fn keeps(&self, name: &Name) -> bool {
        self.kept.contains(name)
    }

    /// `main-BIedkE5R.js.map` goes with `main-BIedkE5R.js`.
    fn keep_companions(&mut self, sources: &[SourceFile]) {
        let is_companion = |name: &Name| {
            let dots = name.as_str().char_indices().filter(|(_, char)| *char == '.');
            dots.into_iter().any(|(dot, _)| self.kept.contains(&name.as_str()[..dot]))
        };
        let companions: Vec<Name> =
            sources.iter().map(|file| &file.name).filter(|name| is_companion(name)).cloned().collect();
        self.kept.extend(companions);
    }

    fn problem(&mut self, file: Name, kind: ProblemKind, severity: Severity) {
        self.problems.push(Problem { file, line: 0, column: 0, kind, severity });
    }
}

impl Recogniser<'_> {
    fn vite(&self, manifest: &ViteManifest, to: &mut Recognised) -> Result<()> {
        for (key, chunk) in manifest.iter() {
            let stem = |path: &str| stem(path).to_owned();
            let of = chunk.name.as_deref().or(chunk.src.as_deref()).map(stem);
            self.take(self.listed(&chunk.file, of, key)?, to);
            for name in chunk.css.iter().chain(&chunk.assets) {
                self.take(self.listed(name, chunk.name.clone(), key)?, to);
            }
            // Chunks without a source of their own are nothing that a page asks for.
            if !key.starts_with('_')
                && let Some(entry) = manifest.entry(key)
            {
                let placed = entry.try_map(|name| self.placed(&name))?;
                self.entry(key, placed, to)?;
            }
        }
        Ok(())
    }

    fn webpack(&self, manifest: &WebpackManifest, to: &mut Recognised) -> Result<()> {
        for (key, path) in &manifest.assets {
            let name = self.name_of(path)?;
            let is_unchanged = path.ends_with(key.as_str());
            self.take(Listed { name: name.clone(), of: Some(stem(key).to_owned()), is_unchanged }, to);
            if is_unchanged || name.extension() == Some("map") {
                continue;
            }
            let mut entry = EntryPoint::default();
            match name.extension() {
                Some("css") => entry.css.push(name.clone()),
                Some("js" | "mjs") => entry.scripts.push(name.clone()),
                _ => {}
            }
            entry.file = Some(name);
            self.entry(key, entry, to)?;
        }
        for (key, listed) in &manifest.entries {
            let names = |paths: &[String]| -> Result<Vec<Name>> {
                paths.iter().map(|path| self.name_of(path)).collect()
            };
            let entry = EntryPoint {
                scripts: names(&listed.scripts)?,
                css: names(&listed.css)?,
                ..EntryPoint::default()
            };
            for name in entry.scripts.iter().chain(&entry.css) {
                self.take(Listed { name: name.clone(), of: None, is_unchanged: false }, to);
            }
            self.entry(key, entry, to)?;
        }
        Ok(())
    }

    fn pattern(&self, pattern: &HashPattern, sources: &[SourceFile], to: &mut Recognised) {
        for file in sources {
            let Some(inside) = file.name.strip_location(&self.rule.prefix) else { continue };
            match pattern.fit(inside.as_str()) {
                Fit::Hashed => _ = to.kept.insert(file.name.clone()),
                Fit::NoHash => self.not_hashed(file.name.clone(), to),
                Fit::Not => {}
            }
        }
    }

    /// A file that a manifest lists: kept, if it is there and has a hash.
    fn take(&self, listed: Listed, to: &mut Recognised) {
        let Listed { name, of, is_unchanged } = listed;
        let has_hash = has_hash(name.file_name(), of.as_deref());
        if !has_hash && is_unchanged {
            return;
        }
        if !self.found.contains(name.as_str()) {
            let is_map = name.extension() == Some("map");
            let severity = self.policy.severity(&name, name.as_str(), is_map);
            return to.problem(name, ProblemKind::Absent { by: self.by.clone() }, severity);
        }
        if has_hash {
            to.kept.insert(name);
        } else {
            self.not_hashed(name, to);
        }
    }

    fn not_hashed(&self, name: Name, to: &mut Recognised) {
        to.problem(name, ProblemKind::NotHashed { by: self.by.clone() }, Severity::Warning);
    }

    /// An entry, without what is not there.
    fn entry(&self, key: &str, entry: EntryPoint, to: &mut Recognised) -> Result<()> {
        let key = format!("{}{key}", self.rule.prefix.prefix());
        let entry = entry.retain(|name| self.found.contains(name.as_str()));
        match to.entries.get(&key) {
            Some(other) if *other != entry => {
                let message = format!(
                    "{} and another manifest of a bundler differ about the entry {key:?}; give one of them a prefix",
                    self.by
                );
                Err(Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure))
            }
            _ => {
                to.entries.insert(key, entry);
                Ok(())
            }
        }
    }

    fn listed(&self, name: &Name, of: Option<String>, key: &str) -> Result<Listed> {
        Ok(Listed { is_unchanged: *name == key, name: self.placed(name)?, of })
    }

    /// The name that a file of the bundler has when it is collected.
    fn placed(&self, name: &Name) -> Result<Name> {
        self.rule.prefix.join(name)
    }

    /// The name of a file whose path is given as webpack does, behind its public path.
    fn name_of(&self, path: &str) -> Result<Name> {
        let below = |place: &Location, rest: &str| {
            Name::new(rest).and_then(|name| place.join(&name)).map_err(|error| {
                let message = format!("{} lists {path:?}: {}", self.by, error.reason());
                error.with_message(message)
            })
        };
        if let Some(rest) = self.rule.public_path.as_deref().and_then(|public| path.strip_prefix(public)) {
            return below(&self.rule.prefix, rest);
        }
        // With such a public path it says where the files are served: the prefix is part of it.
        if let Some(rest) = path.strip_prefix(self.base) {
            return below(&Location::root(), rest);
        }
        if path.starts_with('/') || path.contains("://") {
            let message = format!(
                "{} lists {path:?}, which is not below {:?}; tell the bundler's public path",
                self.by, self.base
            );
            return Err(
                Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure)
            );
        }
        // `auto` is what webpack calls a public path that is found out in the browser.
        below(&self.rule.prefix, path.strip_prefix("auto/").unwrap_or(path))
    }
}

/// A path's file name without its extension.
fn stem(path: &str) -> &str {
    let file_name = path.rsplit_once('/').map_or(path, |(_, file_name)| file_name);
    file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem)
}
