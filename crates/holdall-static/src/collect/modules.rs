//! What modules need beyond their own references: the import map, and what an entry imports.
//!
//! Neither is part of any file: a bare name stays in the text, so that no hash depends on the map.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use holdall_core::{Error, ErrorKind, Name, Operation, Result};

use super::policy::Policy;
use super::problem::{Problem, ProblemKind, Severity};
use crate::finders::{SourceFile, matches};
use crate::import_map::{ImportMap, is_module, is_script};
use crate::manifest::MappedModules;
use crate::nearest::Names;

/// What decides about modules.
#[derive(Debug, Clone, Default)]
pub(crate) struct ModuleRules {
    pub(crate) import_map: Option<ImportMap>,
    /// Patterns of the entries whose imports go into the manifest.
    pub(crate) preload: Vec<String>,
}

/// The import map with its pins resolved, while references are linked.
#[derive(Debug, Default)]
pub(crate) struct Modules<'a> {
    import_map: Option<&'a ImportMap>,
    /// Each specifier with its file.
    pins: BTreeMap<String, usize>,
}

impl ModuleRules {
    /// Finds the files that are pinned.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` for a map that can pin nothing as it is written.
    pub(crate) fn resolve(
        &self,
        sources: &[SourceFile],
        index: &HashMap<&str, usize>,
        policy: &Policy,
        problems: &mut Vec<Problem>,
    ) -> Result<Modules<'_>> {
        let Some(import_map) = &self.import_map else { return Ok(Modules::default()) };
        import_map.check()?;
        let mut pins = BTreeMap::new();
        let names = Names::new(sources.iter().map(|file| &file.name));
        let mut missing = |specifier: &str, file: &str| {
            problems.push(missing_pin(specifier, file, &names, policy)?);
            Ok::<_, Error>(())
        };
        // The longest prefix first, and what is there is kept.
        for (prefix, directory) in import_map.prefixes() {
            let below = |(at, file): (usize, &SourceFile)| {
                let rest = file.name.as_str().strip_prefix(&directory)?;
                is_module(&file.name).then(|| (format!("{prefix}{rest}"), at))
            };
            let mut below = sources.iter().enumerate().filter_map(below).peekable();
            if below.peek().is_none() {
                missing(prefix, directory.trim_end_matches('/'))?;
            }
            for (specifier, at) in below {
                // One that a longer prefix begins is that one's, whether it has the file or not.
                if import_map.file(&specifier).as_deref() == Some(sources[at].name.as_str()) {
                    pins.insert(specifier, at);
                }
            }
        }
        for (specifier, file) in import_map.pins() {
            match index.get(file.as_str()) {
                Some(&at) => _ = pins.insert(specifier.clone(), at),
                None => missing(specifier, file)?,
            }
        }
        Ok(Modules { import_map: Some(import_map), pins })
    }
}

fn missing_pin(specifier: &str, file: &str, names: &Names<'_, Name>, policy: &Policy) -> Result<Problem> {
    let name = Name::new(file).map_err(|error| {
        let message = format!("the import map pins {specifier:?} to {file:?}, which is no file's name");
        Error::message(ErrorKind::InvalidConfig, message)
            .with_operation(Operation::Configure)
            .with_source(error)
    })?;
    let severity = policy.severity(&name, specifier, false);
    let nearest = if severity == Severity::Ignore { None } else { names.nearest(file, |_| true).cloned() };
    Ok(Problem {
        severity,
        kind: ProblemKind::Pin { specifier: specifier.to_owned(), nearest },
        file: name,
        line: 0,
        column: 0,
    })
}

impl Modules<'_> {
    /// The names that the import map has.
    pub(crate) fn specifiers(&self) -> impl Iterator<Item = &String> {
        self.pins.keys()
    }

    /// The file that a bare name stands for; else what is wrong with it. Without an import map nothing is.
    pub(crate) fn bare(&self, specifier: &str) -> Result<Option<usize>, Unresolved> {
        let Some(import_map) = self.import_map else { return Ok(None) };
        if let Some(&at) = self.pins.get(specifier) {
            return Ok(Some(at));
        }
        if import_map.pins().contains_key(specifier) {
            // The pin is the problem, and it is told.
            return Ok(None);
        }
        Err(import_map.file(specifier).map_or(Unresolved::Unmapped, Unresolved::Missing))
    }

    /// What the manifest says about modules. `imports` has, for each file, what it imports when it is loaded.
    pub(crate) fn planned(
        &self,
        rules: &ModuleRules,
        sources: &[SourceFile],
        imports: &BTreeMap<usize, Vec<usize>>,
    ) -> PlannedModules {
        let name = |at: usize| sources[at].name.clone();
        let mut map = MappedModules::default();
        map.pins.extend(self.pins.iter().map(|(specifier, &at)| (specifier.clone(), name(at))));
        if let Some(import_map) = self.import_map {
            let mapped = sources.iter().filter(|file| import_map.maps_module(&file.name));
            map.modules.extend(mapped.map(|file| file.name.clone()));
        }

        let is_entry = |file: &SourceFile| {
            is_script(&file.name) && rules.preload.iter().any(|pattern| matches(pattern, file.name.as_str()))
        };
        let mut next: Vec<usize> = (0..sources.len()).filter(|&at| is_entry(&sources[at])).collect();
        let mut seen: BTreeSet<usize> = next.iter().copied().collect();
        let mut reached = BTreeMap::new();
        while let Some(at) = next.pop() {
            let (mut own, mut known): (Vec<Name>, BTreeSet<usize>) = Default::default();
            for &to in imports.get(&at).into_iter().flatten().filter(|&&to| is_script(&sources[to].name)) {
                if known.insert(to) {
                    own.push(name(to));
                }
                if seen.insert(to) {
                    next.push(to);
                }
            }
            if !own.is_empty() {
                reached.insert(name(at), own);
            }
        }
        PlannedModules { import_map: map, imports: reached }
    }
}

/// Why a bare name stands for no file.
#[derive(Debug)]
pub(crate) enum Unresolved {
    /// The import map has it, and means a file that is not there.
    Missing(String),
    /// The import map does not have it.
    Unmapped,
}

/// What the manifest says about modules.
#[derive(Debug, Default)]
pub(crate) struct PlannedModules {
    pub(crate) import_map: MappedModules,
    /// For each file that an entry reaches: what it imports when it is loaded, in its own order.
    pub(crate) imports: BTreeMap<Name, Vec<Name>>,
}
