//! The plan of a collection: every file with its hashed name and, where it was rewritten, its new text.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use holdall_core::{Attributes, Name, Result, guess_content_type};

use super::graph::components;
use super::problem::{Policy, Problem, ProblemKind, Severity, position};
use super::read::{ReadFile, Text};
use super::resolve::Link;
use crate::digest::Digests;
use crate::finders::{Source, SourceFile};
use crate::hash::{ContentHash, HashAlgorithm};
use crate::scan::{Language, Reference, ReferenceKind, canonical, rewrite};

/// A file and what becomes of it.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) name: Name,
    /// The file's own name where nothing is post-processed.
    pub(crate) hashed: Name,
    pub(crate) source: Source,
    /// Of the source.
    pub(crate) original: Digests,
    /// The text with its references rewritten, and its digests; `None` where nothing changed.
    pub(crate) rewritten: Option<(Bytes, Digests)>,
}

impl Planned {
    /// The digests of what is published under the hashed name.
    pub(crate) fn digests(&self) -> &Digests {
        self.rewritten.as_ref().map_or(&self.original, |(_, digests)| digests)
    }
}

/// Every file, in the order of names, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) files: Vec<Planned>,
    pub(crate) problems: Vec<Problem>,
}

/// The content type of a static file, with a charset where it is text.
pub(crate) fn content_type(name: &Name) -> String {
    let guessed = guess_content_type(name);
    let is_text = guessed.starts_with("text/")
        || matches!(
            guessed,
            "application/javascript" | "application/json" | "application/manifest+json" | "image/svg+xml"
        );
    if is_text && !guessed.contains("charset") {
        format!("{guessed}; charset=utf-8")
    } else {
        guessed.to_owned()
    }
}

/// The attributes of a published file.
pub(crate) fn attributes(name: &Name, cache_control: &str) -> Attributes {
    let mut attributes = Attributes::default();
    attributes.content_type = Some(content_type(name));
    attributes.cache_control = Some(cache_control.to_owned());
    attributes
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
}

/// A text with what its references mean.
struct Linked<'a> {
    text: &'a str,
    references: Vec<Reference<'a>>,
    /// For each reference: what it means, and which file that is.
    links: Vec<Option<(Link, usize)>>,
}

/// Gives every file its name.
///
/// A file that refers to others is named after the text that refers to their hashed names, so that it gets a new
/// name whenever any of them does. Files that refer to each other in a circle cannot wait for each other: the
/// circle is hashed as one unit, over all its texts with the references inside the circle as they were, and each
/// member's name comes from that and from its own name.
pub(crate) fn plan(sources: Vec<SourceFile>, read: Vec<ReadFile>, rules: &Rules) -> Result<Plan> {
    if !rules.post_process {
        return Ok(plain(sources, read));
    }
    let index: HashMap<&str, usize> =
        sources.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
    let mut problems = Vec::new();
    let linked: BTreeMap<usize, Linked<'_>> = read
        .iter()
        .enumerate()
        .filter_map(|(at, file)| {
            link(&sources, &index, at, &file.text, rules, &mut problems).map(|linked| (at, linked))
        })
        .collect();
    let edges: Vec<Vec<usize>> = (0..sources.len())
        .map(|at| linked.get(&at).map(|linked| linked.links.iter().flatten().map(|(_, to)| *to).collect()))
        .map(Option::unwrap_or_default)
        .collect();

    let mut hashed: Vec<Option<Name>> = vec![None; sources.len()];
    let mut rewritten: Vec<Option<(Bytes, Digests)>> = (0..sources.len()).map(|_| None).collect();
    for component in components(&edges) {
        let is_circle = component.len() > 1 || edges[component[0]].contains(&component[0]);
        let circle = is_circle.then(|| circle_hash(&component, &sources, &linked, &hashed, rules.algorithm));
        for &at in &component {
            let hash = match (&circle, linked.get(&at)) {
                (Some(circle), _) => {
                    rules.algorithm.hash(format!("{circle}\n{}", sources[at].name).as_bytes())
                }
                (None, Some(linked)) => linked.hash(&hashed, rules.algorithm),
                (None, None) => read[at].digests.hash,
            };
            hashed[at] = Some(hash.name(&sources[at].name)?);
        }
        // Only now has every member of a circle a name.
        for &at in &component {
            rewritten[at] = linked.get(&at).map(|linked| linked.rewrite(&hashed, rules.algorithm));
        }
    }

    drop(linked);
    drop(index);
    problems.sort();
    problems.retain(|problem| problem.severity != Severity::Ignore);
    let digests = read.into_iter().map(|file| file.digests);
    let files = sources.into_iter().zip(digests).zip(hashed.into_iter().flatten()).zip(rewritten);
    let files = files.map(|(((source, original), hashed), rewritten)| Planned {
        name: source.name,
        hashed,
        source: source.source,
        original,
        rewritten,
    });
    Ok(Plan { files: files.collect(), problems })
}

/// Without hashed names: references are not looked at.
fn plain(sources: Vec<SourceFile>, read: Vec<ReadFile>) -> Plan {
    let files = sources.into_iter().zip(read).map(|(file, read)| Planned {
        hashed: file.name.clone(),
        name: file.name,
        source: file.source,
        original: read.digests,
        rewritten: None,
    });
    Plan { files: files.collect(), problems: Vec::new() }
}

/// Finds out what the references of a file mean.
fn link<'a>(
    sources: &[SourceFile],
    index: &HashMap<&str, usize>,
    at: usize,
    text: &'a Text,
    rules: &Rules,
    problems: &mut Vec<Problem>,
) -> Option<Linked<'a>> {
    let file = &sources[at].name;
    let text = match text {
        Text::Plain => return None,
        Text::NotUtf8 => {
            let (kind, severity) = (ProblemKind::NotUtf8, Severity::Warning);
            problems.push(Problem { file: file.clone(), line: 0, column: 0, kind, severity });
            return None;
        }
        Text::Linked(text) => text.as_str(),
    };
    let references = Language::of(file)?.references(text);
    let mut resolve = |reference: &Reference<'_>| {
        let link = Link::resolve(&reference.target, reference.kind, file, &rules.base)?;
        if let Some(&to) = index.get(link.path.as_str()) {
            return Some((link, to));
        }
        let is_source_map = reference.kind == ReferenceKind::SourceMap;
        let place = position(text, reference.span.start);
        problems.push(Problem {
            severity: rules.policy.severity(file, &reference.target, is_source_map),
            kind: ProblemKind::Missing {
                reference: reference.target.clone().into_owned(),
                nearest: nearest(&link.path, file, sources),
                means: link.path,
            },
            file: file.clone(),
            line: place.0,
            column: place.1,
        });
        None
    };
    let links: Vec<_> = references.iter().map(&mut resolve).collect();
    links.iter().any(Option::is_some).then_some(Linked { text, references, links })
}

/// The name that is nearest to one that is not there: the same but for case, else one that differs little. The
/// file that refers to it is not meant, and a source map is no other kind of file.
fn nearest(missing: &str, from: &Name, sources: &[SourceFile]) -> Option<Name> {
    let is_map = missing.rsplit_once('.').is_some_and(|(_, extension)| extension == "map");
    let fits = |name: &&Name| *name != from && (!is_map || name.extension() == Some("map"));
    crate::nearest::nearest(missing, sources.iter().map(|file| &file.name).filter(fits)).cloned()
}

impl Linked<'_> {
    /// The hash of the text with those references replaced whose files have names already.
    fn hash(&self, hashed: &[Option<Name>], algorithm: HashAlgorithm) -> ContentHash {
        let mut links = self.links.iter();
        let text = canonical(self.text, &self.references, |_| {
            let (link, to) = links.next()?.as_ref()?;
            hashed[*to].as_ref().map(|hashed| link.to_canonical(hashed))
        });
        algorithm.hash(text.as_bytes())
    }

    /// The text as it is published.
    fn rewrite(&self, hashed: &[Option<Name>], algorithm: HashAlgorithm) -> (Bytes, Digests) {
        let replacements: Vec<Option<String>> = self
            .links
            .iter()
            .map(|link| {
                link.as_ref().and_then(|(link, to)| hashed[*to].as_ref().map(|hashed| link.to(hashed)))
            })
            .collect();
        let mut each = replacements.iter();
        let text = rewrite(self.text, &self.references, |_| each.next()?.as_deref());
        let digests = Digests::of(text.as_bytes(), algorithm);
        (Bytes::from(text), digests)
    }
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
