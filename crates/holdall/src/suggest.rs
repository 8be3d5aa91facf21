//! "Did you mean": the nearest known word, and lists as a sentence says them.

/// Below this likeness (Jaro-Winkler, 0 to 1) a suggestion confuses more than it helps. A swapped pair
/// of letters scores 0.9 and more, unrelated settings of this crate stay under 0.75.
const LIKENESS: f64 = 0.8;

/// The known word that `given` was probably meant to be.
///
/// Jaro-Winkler favours a common beginning, so that django-storages' `bucket_name` and `region_name`
/// lead to `bucket` and `region`.
pub(crate) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(&given, word), word))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        // The first of equals, so that the answer does not depend on the order of iteration.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, word)| word)
}

/// The end of a sentence that has listed what is known: `; did you mean "bucket"?`, or nothing.
pub(crate) fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, known).map_or_else(String::new, |nearest| format!("; did you mean {nearest:?}?"))
}

/// `"a"`, `"a" and "b"`, `"a", "b" and "c"`; with another word for `and` where it is a choice.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>, and: &str) -> String {
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
            assert_eq!(nearest(given, known), expected, "{given:?}");
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
