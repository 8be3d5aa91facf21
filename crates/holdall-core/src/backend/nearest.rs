//! "Did you mean": the known name that is nearest to one that is not there, and lists as a sentence says them.
//!
//! A collection of static files asks for thousands of names, and each among a hundred thousand. So nobody looks at all
//! of them: names are sorted, once from their beginnings and once from their ends, and of each order only the
//! neighbours of the missing name are compared with it. A slip of the pen leaves the beginning or the end of a name as
//! it was.

use std::cell::OnceCell;
use std::collections::HashMap;

/// How alike two names must be, from 0 to 1: below that a suggestion confuses more than it helps. A swapped pair of
/// letters scores 0.9 and more, unrelated keys of settings stay under 0.75.
const LIKENESS: f64 = 0.8;

/// How many neighbours are looked at on each side, in each order.
const NEIGHBOURS: usize = 12;

/// How long a name may be to be compared letter by letter.
const MAX_COMPARED: usize = 256;

/// Names among which nearest ones are looked for, more than once. Nothing is sorted before the first question.
#[derive(Debug)]
pub struct KnownNames<'a, N> {
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

impl<'a, N: AsRef<str>> KnownNames<'a, N> {
    /// These names.
    pub fn new(names: impl IntoIterator<Item = &'a N>) -> Self {
        Self { names: names.into_iter().collect(), index: OnceCell::new() }
    }

    /// The name that is nearest to one that is not there: the same but for case, else the one that differs least, if
    /// it differs little. Of several that are as near, the first. Names that `fits` refuses are left out.
    pub fn nearest(&self, missing: &str, fits: impl Fn(&N) -> bool) -> Option<&'a N> {
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

/// The name of a file that is nearest to one that is not there, for one question. See [`KnownNames::nearest`].
///
/// ```
/// let names = ["css/app.css", "css/base.css"];
/// assert_eq!(holdall_core::backend::nearest("css/apps.css", &names), Some(&"css/app.css"));
/// assert_eq!(holdall_core::backend::nearest("img/cat.png", &names), None);
/// ```
pub fn nearest<'a, N: AsRef<str>>(missing: &str, names: impl IntoIterator<Item = &'a N>) -> Option<&'a N> {
    KnownNames::new(names).nearest(missing, |_| true)
}

/// The known word that `given` was probably meant to be, for words such as keys of settings.
///
/// A common beginning counts more than the rest (Jaro-Winkler), so that django-storages' `bucket_name` and
/// `region_name` lead to `bucket` and `region`. Every word is compared: there are a hundred, not a hundred thousand.
///
/// ```
/// let known = ["bucket", "region"];
/// assert_eq!(holdall_core::backend::nearest_word("bucket_name", known), Some("bucket"));
/// assert_eq!(holdall_core::backend::nearest_word("colour", known), None);
/// ```
pub fn nearest_word<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(&given, word), word))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        // The first of equals, so that the answer does not depend on the order of iteration.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, word)| word)
}

/// The end of a sentence that has listed the known words: `; did you mean "bucket"?`, or nothing.
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest_word(given, known).map_or_else(String::new, |nearest| format!("; did you mean {nearest:?}?"))
}

/// Words as a sentence lists them: `"a"`, `"a" and "b"`, `"a", "b" and "c"`. `and` is the word before the last one.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>, and: &str) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| format!("{word:?}")).collect();
    match words.pop() {
        None => String::new(),
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} {and} {last}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let names = ["css/app.css", "css/base.css", "js/a/main.js", "js/b/main.js"];
        for (missing, expected) in [
            ("CSS/App.css", Some("css/app.css")),
            ("/css/app.css", Some("css/app.css")),
            ("css/apps.css", Some("css/app.css")),
            ("app.css", None),
            ("main.js", None),
            ("img/cat.png", None),
            ("", None),
        ] {
            assert_eq!(nearest(missing, &names).copied(), expected, "{missing}");
        }
    }

    /// However many names there are, few are compared with the one that is missing, and a slip is found.
    #[test]
    fn the_search_looks_at_few_of_many_names() {
        let mut most = Vec::new();
        for number in [1_000, 10_000, 100_000] {
            let names: Vec<String> =
                (0..number).map(|at| format!("vendor/{}/icons/{at:06}-of-many.svg", at % 7)).collect();
            let names = KnownNames::new(&names);
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

    #[test]
    fn the_nearest_word_is_found_and_strangers_are_not() {
        let known = ["bucket", "region", "endpoint", "session_token"];
        let table = [
            ("bukcet", Some("bucket")),
            ("BUCKET", Some("bucket")),
            ("bucket_name", Some("bucket")),
            ("region_name", Some("region")),
            ("endpoint_url", Some("endpoint")),
            ("sesion_token", Some("session_token")),
            ("colour", None),
            ("", None),
        ];
        for (given, expected) in table {
            assert_eq!(nearest_word(given, known), expected, "{given:?}");
        }
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(listed([], "and"), "");
        assert_eq!(listed(["a"], "and"), "\"a\"");
        assert_eq!(listed(["a", "b"], "or"), "\"a\" or \"b\"");
        assert_eq!(listed(["a", "b", "c"], "and"), "\"a\", \"b\" and \"c\"");
    }
}
