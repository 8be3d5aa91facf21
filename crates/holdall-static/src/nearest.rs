//! "Did you mean": the name that is nearest to one that is not there.

use holdall_core::Name;

/// How alike two names must be, from 0 to 1: below that a suggestion confuses more than it helps.
const LIKENESS: f64 = 0.8;

/// The name that is nearest to one that is not there: the same but for case, else the one that differs least, if
/// it differs little. Of several that are as near, the first.
pub(crate) fn nearest<'a, N: AsRef<str>>(
    missing: &str,
    names: impl DoubleEndedIterator<Item = &'a N> + Clone,
) -> Option<&'a N> {
    let lower = missing.to_lowercase();
    if let Some(same) = names.clone().find(|name| name.as_ref().to_lowercase() == lower) {
        return Some(same);
    }
    // `max_by` keeps the last of equals.
    let scored =
        names.rev().map(|name| (strsim::normalized_damerau_levenshtein(name.as_ref(), missing), name));
    let (likeness, name) = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (likeness > LIKENESS).then_some(name)
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

    use super::{nearest, nearest_or_namesake};

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
}
