//! Python's `fnmatch`, with case: the patterns of Django.

/// Python's `fnmatchcase`.
///
/// On a mismatch only the last `*` has to take one more character, so that the time is at most the product of
/// both lengths.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, t));
            p += 1;
            continue;
        }
        match one(&pattern[p..], text[t]) {
            Some(length) => {
                p += length;
                t += 1;
            }
            None => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, t) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&char| char == '*')
}

/// How long the part of the pattern is that takes this character, if it does.
fn one(pattern: &[char], char: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '[' => match set(pattern) {
            Some((set, length)) => in_set(set, char).then_some(length),
            // A bracket that is never closed stands for itself.
            None => (char == '[').then_some(1),
        },
        &literal => (literal == char).then_some(1),
    }
}

/// The inside of the set that the pattern begins with, and its length with the brackets. A `]` that comes first
/// is one of the set.
fn set(pattern: &[char]) -> Option<(&[char], usize)> {
    let first = if pattern.get(1) == Some(&'!') { 2 } else { 1 };
    let end = pattern.iter().skip(first + 1).position(|&char| char == ']')? + first + 1;
    Some((&pattern[1..end], end + 1))
}

fn in_set(set: &[char], char: char) -> bool {
    let (negated, mut set) = match set {
        ['!', rest @ ..] => (true, rest),
        set => (false, set),
    };
    let mut found = false;
    while let [first, rest @ ..] = set {
        if let ['-', last, behind @ ..] = rest {
            found |= (*first..=*last).contains(&char);
            set = behind;
        } else {
            found |= *first == char;
            set = rest;
        }
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_those_of_python() {
        for (pattern, text, expected) in [
            ("*.css", "a.css", true),
            ("*.css", "a/b.css", true),
            ("*.CSS", "a.css", false),
            (".*", ".git", true),
            (".*", "a.git", false),
            ("*~", "a~", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a[bc]d", "acd", true),
            ("a[!bc]d", "acd", false),
            ("a[!bc]d", "axd", true),
            ("a[a-f]", "ae", true),
            ("a[]]b", "a]b", true),
            ("a[!]]b", "axb", true),
            ("a[b", "a[b", true),
            ("a[-x]", "a-", true),
            ("*/vendor/*.js", "a/vendor/b/c.js", true),
            ("vendor/*.js", "a/vendor/c.js", false),
            ("*a*b*c", "xxaxxbxxc", true),
            ("*a*b*c", "xxaxxbxx", false),
            ("", "", true),
            ("*", "", true),
            ("{a,b}", "a", false),
            ("é?", "éß", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn hostile_patterns_end() {
        assert!(!matches(&"*a".repeat(60), &"a".repeat(59)));
        assert!(!matches(&format!("{}b", "*a".repeat(100)), &"a".repeat(2000)));
    }
}
