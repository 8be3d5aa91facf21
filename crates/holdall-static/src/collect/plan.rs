//! The plan of a collection: every file with its hashed name and, where it was rewritten, its new text.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use holdall_core::{Name, Result};

use super::graph::components;
use super::modules::{ModuleRules, Modules, PlannedModules, Unresolved};
use super::names::too_long;
use super::policy::{MissingKind, Policy};
use super::problem::{Positions, Problem, ProblemKind, Severity, position};
use super::read::{ReadFile, Text};
use super::resolve::{Address, Link};
use super::source_maps::{Owners, SourceMaps};
use super::suggest::Suggestions;
use crate::bundle::Recognised;
use crate::digest::Digests;
use crate::finders::{Source, SourceFile};
use crate::hash::{ContentHash, HashAlgorithm};
use crate::manifest::EntryPoint;
use crate::nearest::Names;
use crate::scan::{Reference, ReferenceKind, Scan, canonical, rewrite};

/// A file and what becomes of it.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) name: Name,
    /// The name that it is published under; the file's own for what a bundler hashed, and where nothing is
    /// post-processed.
    pub(crate) hashed: Name,
    /// Whether a bundler hashed it, so that there is no copy beside it.
    pub(crate) prehashed: bool,
    pub(crate) source: Source,
    /// Of the source.
    pub(crate) original: Digests,
    /// The text with its references rewritten, and its digests; `None` where nothing changed.
    pub(crate) rewritten: Option<(Bytes, Digests)>,
    /// Whether it is UTF-8, if it is text.
    pub(crate) is_utf8: bool,
    /// Whether it is asked for by its own name, so that its copy refers to hashed files, too.
    pub(crate) is_page: bool,
}

impl Planned {
    /// The digests of the copy under the file's own name.
    pub(crate) fn copied(&self) -> &Digests {
        if self.is_page { self.digests() } else { &self.original }
    }

    /// The digests of what is published under the hashed name.
    pub(crate) fn digests(&self) -> &Digests {
        self.rewritten.as_ref().map_or(&self.original, |(_, digests)| digests)
    }

    /// What is published under the hashed name.
    pub(crate) fn content(&self) -> Source {
        self.rewritten.as_ref().map_or_else(|| self.source.clone(), |(text, _)| Source::Bytes(text.clone()))
    }
}

/// Every file, in the order of names, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) files: Vec<Planned>,
    pub(crate) problems: Vec<Problem>,
    /// What pages load, as bundlers say.
    pub(crate) entries: BTreeMap<String, EntryPoint>,
    pub(crate) modules: PlannedModules,
}

/// What decides about a plan.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) algorithm: HashAlgorithm,
    pub(crate) policy: Policy,
    /// The path below which the files are served.
    pub(crate) base: String,
    /// Whether files get hashed names at all.
    pub(crate) post_process: bool,
    /// Whether files are published under their own names, too.
    pub(crate) copies: bool,
    pub(crate) modules: ModuleRules,
    /// What is looked into.
    pub(crate) scan: Scan,
    pub(crate) source_maps: SourceMaps,
    /// Whether comments are taken out that name a source map that is not there.
    pub(crate) drop_missing_source_maps: bool,
}

/// What references are resolved by.
struct Site<'a> {
    /// In the order of their names.
    sources: &'a [SourceFile],
    index: &'a HashMap<&'a str, usize>,
    rules: &'a Rules,
    modules: &'a Modules<'a>,
    suggestions: Suggestions<'a>,
    specifiers: Names<'a, String>,
}

impl Site<'_> {
    /// Whether there are files below that.
    fn is_directory(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let first = self.sources.partition_point(|file| file.name.as_str() < below.as_str());
        self.sources.get(first).is_some_and(|file| file.name.as_str().starts_with(&below))
    }
}

/// A text with what its references mean.
struct Linked<'a> {
    text: &'a str,
    references: Vec<Reference<'a>>,
    /// For each reference: what it means, and which file that is.
    links: Vec<Option<(Link, usize)>>,
    /// References whose comments are taken out, and what is left of each.
    dropped: BTreeMap<usize, &'static str>,
    /// Which files it imports when it is loaded, bare names among them, which are no links.
    imports: Vec<usize>,
}

/// Gives every file its name.
///
/// A file that refers to others is named after the text that refers to their hashed names, so that it gets a new
/// name whenever any of them does. Files that refer to each other in a circle cannot wait for each other: the
/// circle is hashed as one unit, over all its texts with the references inside the circle as they were, and each
/// member's name comes from that and from its own name.
///
/// What a bundler hashed keeps its name, whatever it refers to.
pub(crate) fn plan(
    sources: Vec<SourceFile>,
    read: Vec<ReadFile>,
    bundled: Recognised,
    rules: &Rules,
) -> Result<Plan> {
    if !rules.post_process {
        return Ok(plain(sources, read, bundled));
    }
    let index: HashMap<&str, usize> =
        sources.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
    let kept: Vec<bool> = sources.iter().map(|file| bundled.keeps(&file.name)).collect();
    let mut problems = bundled.problems;
    let modules = rules.modules.resolve(&sources, &index, &rules.policy, &mut problems)?;
    let site = Site {
        sources: &sources,
        index: &index,
        rules,
        modules: &modules,
        suggestions: Suggestions::new(&sources, &index),
        specifiers: Names::new(modules.specifiers()),
    };
    let mut linked: BTreeMap<usize, Linked<'_>> = BTreeMap::new();
    let mut imports: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, file) in read.iter().enumerate() {
        let place = (at, kept[at]);
        let Some(mut link) = link(&site, place, &file.text, &mut problems) else { continue };
        imports.insert(at, std::mem::take(&mut link.imports));
        if kept[at] {
            link.check_kept(&sources, (at, &kept), rules, &mut problems);
        } else if link.links.iter().any(Option::is_some) || !link.dropped.is_empty() {
            linked.insert(at, link);
        }
    }
    let modules = modules.planned(&rules.modules, &sources, &imports);
    let edges: Vec<Vec<usize>> = (0..sources.len())
        .map(|at| linked.get(&at).map(|linked| linked.links.iter().flatten().map(|(_, to)| *to).collect()))
        .map(Option::unwrap_or_default)
        .collect();

    let mut hashed: Vec<Option<Name>> = vec![None; sources.len()];
    let mut contents: Vec<Option<ContentHash>> = vec![None; sources.len()];
    for component in components(&edges) {
        let is_circle = component.len() > 1 || edges[component[0]].contains(&component[0]);
        let circle = is_circle.then(|| circle_hash(&component, &sources, &linked, &hashed, rules.algorithm));
        for &at in &component {
            if kept[at] {
                hashed[at] = Some(sources[at].name.clone());
                continue;
            }
            let hash = match (&circle, linked.get(&at)) {
                (Some(circle), _) => {
                    rules.algorithm.hash(format!("{circle}\n{}", sources[at].name).as_bytes())
                }
                (None, Some(linked)) => linked.hash(&hashed, rules.algorithm),
                (None, None) => read[at].digests.hash,
            };
            hashed[at] = Some(hash.name(&sources[at].name).unwrap_or_else(|_| {
                let name = &sources[at].name;
                let kind = too_long(&format!("{name} with its hash"), Name::MAX_BYTES);
                problems.push(Problem::of_file(name.clone(), kind, Severity::Error));
                name.clone()
            }));
            contents[at] = Some(hash);
        }
    }
    let mut omitted: Vec<bool> = sources.iter().map(|file| rules.source_maps.omits(&file.name)).collect();
    match rules.source_maps {
        SourceMaps::Hash => {}
        SourceMaps::Omit => {
            linked.values().flat_map(Linked::dropped_maps).for_each(|map| omitted[map] = true);
        }
        SourceMaps::Follow => {
            let own: Vec<&Name> = sources.iter().map(|file| &file.name).collect();
            for (map, name) in owners(&linked).follow(&own, &hashed, &contents)? {
                hashed[map] = Some(name);
            }
        }
    }
    // Only now has every file its name.
    let rewrite = |at: usize| linked.get(&at).map(|linked| linked.rewrite(&hashed, &kept, rules.algorithm));
    let rewritten: Vec<Option<(Bytes, Digests)>> = (0..sources.len()).map(rewrite).collect();

    drop(linked);
    drop(index);
    problems.sort();
    problems.retain(|problem| problem.severity != Severity::Ignore);
    let files = sources.into_iter().zip(read).zip(hashed.into_iter().flatten()).zip(kept).zip(rewritten);
    let files = files.zip(omitted).filter(|(_, omitted)| !omitted).map(|(file, _)| file);
    let files = files.map(|((((source, read), hashed), prehashed), rewritten)| Planned {
        is_page: rules.scan.is_page(&source.name),
        name: source.name,
        hashed,
        prehashed,
        source: source.source,
        original: read.digests,
        rewritten,
        is_utf8: read.is_utf8,
    });
    Ok(Plan { files: files.collect(), problems, entries: bundled.entries, modules })
}

/// Without hashed names: references are not looked at.
fn plain(sources: Vec<SourceFile>, read: Vec<ReadFile>, bundled: Recognised) -> Plan {
    let files = sources.into_iter().zip(read).map(|(file, read)| Planned {
        hashed: file.name.clone(),
        prehashed: bundled.keeps(&file.name),
        name: file.name,
        source: file.source,
        original: read.digests,
        rewritten: None,
        is_utf8: read.is_utf8,
        is_page: false,
    });
    let (files, modules) = (files.collect(), PlannedModules::default());
    Plan { files, problems: bundled.problems, entries: bundled.entries, modules }
}

/// Finds out what the references of a file mean. Nothing is said against the text of one that keeps its name, and
/// what is missing there is a warning unless a rule says more: it is the bundler's work, and stays as it is.
fn link<'a>(
    site: &Site<'_>,
    (at, is_kept): (usize, bool),
    text: &'a Text,
    problems: &mut Vec<Problem>,
) -> Option<Linked<'a>> {
    let Site { sources, index, rules, modules, .. } = site;
    let file = &sources[at].name;
    let text = match text {
        Text::Plain => return None,
        Text::NotUtf8 | Text::TooLarge if is_kept => return None,
        Text::TooLarge => {
            let kind = ProblemKind::NotLookedInto { limit: super::read::SCANNED };
            problems.push(Problem::of_file(file.clone(), kind, Severity::Warning));
            return None;
        }
        Text::NotUtf8 => {
            let (kind, severity) = (ProblemKind::NotUtf8, Severity::Warning);
            problems.push(Problem { file: file.clone(), line: 0, column: 0, kind, severity });
            return None;
        }
        Text::Linked(text) => text.as_str(),
    };
    let language = rules.scan.language(file)?;
    let address = Address::of(file, &rules.base)?;
    let mut references = language.references(text);
    let mut positions = Positions::new(text);
    let (mut imports, mut missing_maps) = (Vec::new(), BTreeSet::new());
    let mut resolve = |reference: &Reference<'_>| {
        let used_for = MissingKind::of(reference, language);
        let target = &*reference.target;
        let mut report = |severity: Severity, kind: &dyn Fn() -> ProblemKind| {
            // Nothing is computed for what nobody is shown.
            if severity != Severity::Ignore {
                let (line, column) = positions.of(reference.span.start);
                problems.push(Problem { file: file.clone(), line, column, kind: kind(), severity });
            }
        };
        let missing = |means: &str| ProblemKind::Missing {
            reference: target.to_owned(),
            nearest: site.suggestions.file(means, file, used_for),
            means: means.to_owned(),
            kind: used_for,
        };
        if Link::is_bare(target, reference.kind) {
            match modules.bare(target) {
                Ok(to) => {
                    imports.extend(to.filter(|_| reference.kind == ReferenceKind::StaticImport));
                }
                Err(Unresolved::Missing(means)) => {
                    report(rules.policy.severity(file, target, false), &|| missing(&means));
                }
                Err(Unresolved::Unmapped) => report(rules.policy.severity(file, target, true), &|| {
                    let nearest = site.specifiers.nearest(target, |_| true).cloned();
                    ProblemKind::Unmapped { reference: target.to_owned(), nearest }
                }),
            }
            return None;
        }
        let link = Link::of(reference, &address)?;
        if let Some(&to) = index.get(link.path.as_str()) {
            imports.extend((reference.kind == ReferenceKind::StaticImport).then_some(to));
            return Some((link, to));
        }
        if reference.kind == ReferenceKind::SourceMap {
            if rules.source_maps.drops(reference) {
                return None;
            }
            missing_maps.insert(reference.span.start);
        }
        // What a program puts names of files behind is a directory, and none is missing.
        if used_for != MissingKind::Url || !site.is_directory(&link.path) {
            let severity = rules.policy.missing(file, reference, used_for, is_kept);
            report(severity, &|| missing(&link.path));
        }
        None
    };
    let links: Vec<_> = references.iter().map(&mut resolve).collect();
    let mut dropped = BTreeMap::new();
    for (at, reference) in references.iter_mut().enumerate().filter(|_| !is_kept) {
        let is_missing = rules.drop_missing_source_maps && missing_maps.contains(&reference.span.start);
        if is_missing || rules.source_maps.drops(reference) {
            dropped.extend(reference.without_comment(text).map(|rest| (at, rest)));
        }
    }
    Some(Linked { text, references, links, dropped, imports })
}

impl Linked<'_> {
    /// The hash of the text with those references replaced whose files have names already.
    fn hash(&self, hashed: &[Option<Name>], algorithm: HashAlgorithm) -> ContentHash {
        let mut links = self.links.iter().enumerate();
        let text = canonical(self.text, &self.references, |_| {
            let (at, link) = links.next()?;
            if let Some(rest) = self.dropped.get(&at) {
                return Some((*rest).to_owned());
            }
            let (link, to) = link.as_ref()?;
            hashed[*to].as_ref().map(|hashed| link.to_canonical(hashed))
        });
        algorithm.hash(text.as_bytes())
    }

    /// The text as it is published.
    ///
    /// A reference to a file that keeps its name is right as it is, however it is written.
    fn rewrite(&self, hashed: &[Option<Name>], kept: &[bool], algorithm: HashAlgorithm) -> (Bytes, Digests) {
        let replacements: Vec<Option<String>> = self
            .links
            .iter()
            .enumerate()
            .map(|(at, link)| {
                if let Some(rest) = self.dropped.get(&at) {
                    return Some((*rest).to_owned());
                }
                let (link, to) = link.as_ref().filter(|(_, to)| !kept[*to])?;
                hashed[*to].as_ref().map(|hashed| link.to(hashed))
            })
            .collect();
        let mut each = replacements.iter();
        let text = rewrite(self.text, &self.references, |_| each.next()?.as_deref());
        let digests = Digests::of(text.as_bytes(), algorithm);
        (Bytes::from(text), digests)
    }
}

impl Linked<'_> {
    /// The source maps whose comments are taken out.
    fn dropped_maps(&self) -> impl Iterator<Item = usize> {
        self.dropped.keys().filter_map(|&at| self.links[at].as_ref().map(|(_, to)| *to))
    }

    /// What keeps its name keeps its references: where they mean files that are published under hashed names only,
    /// they would lead nowhere.
    fn check_kept(
        &self,
        sources: &[SourceFile],
        (at, kept): (usize, &[bool]),
        rules: &Rules,
        problems: &mut Vec<Problem>,
    ) {
        if rules.copies {
            return;
        }
        let file = &sources[at].name;
        for (reference, link) in self.references.iter().zip(&self.links) {
            let Some((_, to)) = link.as_ref().filter(|(_, to)| !kept[*to]) else { continue };
            let (line, column) = position(self.text, reference.span.start);
            let is_source_map = reference.kind == ReferenceKind::SourceMap;
            problems.push(Problem {
                file: file.clone(),
                line,
                column,
                severity: rules.policy.severity(file, &reference.target, is_source_map),
                kind: ProblemKind::Unpublished {
                    reference: reference.target.clone().into_owned(),
                    means: sources[*to].name.clone(),
                },
            });
        }
    }
}

/// Which file each source map belongs to.
fn owners(linked: &BTreeMap<usize, Linked<'_>>) -> Owners {
    let mut owners = Owners::default();
    for (&from, file) in linked {
        for (reference, link) in file.references.iter().zip(&file.links) {
            if let Some((_, to)) = link {
                owners.add(reference.kind, from, *to);
            }
        }
    }
    owners
}

/// One hash for all members of a circle; it does not depend on where a finder found them or in which order.
fn circle_hash(
    component: &[usize],
    sources: &[SourceFile],
    linked: &BTreeMap<usize, Linked<'_>>,
    hashed: &[Option<Name>],
    algorithm: HashAlgorithm,
) -> ContentHash {
    let mut members: Vec<String> = component
        .iter()
        .filter_map(|at| {
            Some(format!("{}\n{}\n", sources[*at].name, linked.get(at)?.hash(hashed, algorithm)))
        })
        .collect();
    members.sort_unstable();
    algorithm.hash(members.concat().as_bytes())
}
