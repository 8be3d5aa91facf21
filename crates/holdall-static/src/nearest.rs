//! "Did you mean": the name that is nearest to one that is not there.
//!
//! A collection may ask for thousands of names, and each among a hundred thousand. So nobody looks at all of them:
//! names are sorted, once from their beginnings and once from their ends, and of each order only the neighbours of the
//! missing name are compared with it. A slip of the pen leaves the beginning or the end of a name as it was.

use std::cell::OnceCell;
use std::collections::HashMap;

use holdall_core::Name;

/// How alike two names must be, from 0 to 1: below that a suggestion confuses more than it helps.
const LIKENESS: f64 = 0.8;

/// How many neighbours are looked at on each side, in each order.
const NEIGHBOURS: usize = 12;

/// How long a name may be to be compared letter by letter.
const MAX_COMPARED: usize = 256;

/// Names that can be searched. Nothing is sorted before somebody asks.
#[derive(Debug)]
pub(crate) struct Names<'a, N> {
    names: Vec<&'a N>,
    index: OnceCell<Index>,
}

/// The names in lower case, by number, in two orders.
#[derive(Debug)]
struct Index {
    lower: Vec<String>,
    /// The first name that is written so, but for case.
    same: HashMap<String, usize>,
    from_start: Vec<usize>,
    from_end: Vec<usize>,
}

impl Index {
    fn new<N: AsRef<str>>(names: &[&N]) -> Self {
        let lower: Vec<String> = names.iter().map(|name| name.as_ref().to_lowercase()).collect();
        let mut same = HashMap::with_capacity(lower.len());
        for (at, name) in lower.iter().enumerate() {
            same.entry(name.clone()).or_insert(at);
        }
        let mut from_start: Vec<usize> = (0..lower.len()).collect();
        from_start.sort_by(|&a, &b| lower[a].cmp(&lower[b]));
        let mut from_end: Vec<usize> = (0..lower.len()).collect();
        from_end.sort_by(|&a, &b| lower[a].bytes().rev().cmp(lower[b].bytes().rev()));
        Self { lower, same, from_start, from_end }
    }

    /// The numbers of the names around a missing one.
    fn around(&self, missing: &str) -> Vec<usize> {
        let start = self.from_start.partition_point(|&at| self.lower[at].as_str() < missing);
        let end = self.from_end.partition_point(|&at| self.lower[at].bytes().rev().lt(missing.bytes().rev()));
        let mut around: Vec<usize> = [(&self.from_start, start), (&self.from_end, end)]
            .into_iter()
            .flat_map(|(order, place)| {
                let from = place.saturating_sub(NEIGHBOURS);
                order[from..(place + NEIGHBOURS).min(order.len())].iter().copied()
            })
            .collect();
        around.sort_unstable();
        around.dedup();
        around
    }
}

impl<'a, N: AsRef<str>> Names<'a, N> {
    pub(crate) fn new(names: impl IntoIterator<Item = &'a N>) -> Self {
        Self { names: names.into_iter().collect(), index: OnceCell::new() }
    }

    /// The name that is nearest to one that is not there: the same but for case, else the one that differs least, if
    /// it differs little. Of several that are as near, the first. Only names that `fits` takes.
    pub(crate) fn nearest(&self, missing: &str, fits: impl Fn(&N) -> bool) -> Option<&'a N> {
        let index = self.index.get_or_init(|| Index::new(&self.names));
        let lower = missing.to_lowercase();
        if let Some(&same) = index.same.get(&lower).filter(|&&same| fits(self.names[same])) {
            return Some(self.names[same]);
        }
        let length = lower.chars().count();
        if length > MAX_COMPARED {
            return None;
        }
        let mut best: Option<(f64, usize)> = None;
        for at in index.around(&lower) {
            let name = &index.lower[at];
            let likeness = if could_be_alike(name.chars().count(), length) && fits(self.names[at]) {
                count_comparison();
                strsim::normalized_damerau_levenshtein(self.names[at].as_ref(), missing)
            } else {
                continue;
            };
            if likeness > LIKENESS && best.is_none_or(|(most, _)| likeness > most) {
                best = Some((likeness, at));
            }
        }
        best.map(|(_, at)| self.names[at])
    }
}

/// Whether names of those lengths can differ in few enough characters.
fn could_be_alike(one: usize, other: usize) -> bool {
    one.abs_diff(other) * 5 < one.max(other)
}

#[cfg(test)]
thread_local! {
    static COMPARISONS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts, for the test that there are few.
fn count_comparison() {
    #[cfg(test)]
    COMPARISONS.set(COMPARISONS.get() + 1);
}

/// The same for one question.
pub(crate) fn nearest<'a, N: AsRef<str>>(
    missing: &str,
    names: impl IntoIterator<Item = &'a N>,
) -> Option<&'a N> {
    Names::new(names).nearest(missing, |_| true)
}

/// As [`nearest`], for names that a person wrote: who gives no directory, or the wrong one, means the only file
/// of that file name.
pub(crate) fn nearest_or_namesake<'a>(
    missing: &str,
    names: impl DoubleEndedIterator<Item = &'a Name> + Clone,
) -> Option<&'a Name> {
    nearest(missing, names.clone()).or_else(|| {
        let file_name = missing.rsplit('/').next().filter(|text| !text.is_empty())?;
        let mut namesakes = names.filter(|name| name.file_name().eq_ignore_ascii_case(file_name));
        namesakes.next().filter(|_| namesakes.next().is_none())
    })
}

#[cfg(test)]
mod tests {
    use holdall_core::Name;

    use super::{COMPARISONS, NEIGHBOURS, Names, nearest, nearest_or_namesake};

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let names: Vec<Name> = ["css/app.css", "css/base.css", "js/a/main.js", "js/b/main.js"]
            .map(|name| Name::new(name).unwrap())
            .into();
        for (missing, by_likeness, by_file_name) in [
            ("CSS/App.css", Some("css/app.css"), Some("css/app.css")),
            ("/css/app.css", Some("css/app.css"), Some("css/app.css")),
            ("css/apps.css", Some("css/app.css"), Some("css/app.css")),
            ("app.css", None, Some("css/app.css")),
            ("styles/vendor/Base.css", None, Some("css/base.css")),
            ("main.js", None, None),
            ("img/cat.png", None, None),
            ("", None, None),
        ] {
            let text = |name: Option<&Name>| name.map(ToString::to_string);
            assert_eq!(text(nearest(missing, names.iter())).as_deref(), by_likeness, "{missing}");
            assert_eq!(
                text(nearest_or_namesake(missing, names.iter())).as_deref(),
                by_file_name,
                "{missing}"
            );
        }
    }

    /// However many names there are, few are compared with the one that is missing, and a slip is found.
    #[test]
    fn the_search_looks_at_few_of_many_names() {
        let mut most = Vec::new();
        for number in [1_000, 10_000, 100_000] {
            let names: Vec<String> =
                (0..number).map(|at| format!("vendor/{}/icons/{at:06}-of-many.svg", at % 7)).collect();
            let names = Names::new(&names);
            COMPARISONS.set(0);
            assert_eq!(
                names.nearest("vendor/1/icns/000008-of-many.svg", |_| true).map(String::as_str),
                Some("vendor/1/icons/000008-of-many.svg")
            );
            assert_eq!(names.nearest("a/stranger.css", |_| true), None);
            most.push(COMPARISONS.get());
        }
        assert!(most.iter().all(|count| *count <= 2 * 4 * NEIGHBOURS), "{most:?}");
    }
}
