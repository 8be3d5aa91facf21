//! Another reference in the place of one, and every other byte as it was.

use std::fmt::Write as _;

use super::{Host, Reference, Syntax};

/// The text with some of its references replaced. `replace` says by what; `None` leaves one as it is written.
pub(crate) fn rewrite<'r>(
    text: &str,
    references: &[Reference<'_>],
    mut replace: impl FnMut(&Reference<'_>) -> Option<&'r str>,
) -> String {
    let mut written = String::with_capacity(text.len() + references.len() * 16);
    let mut at = 0;
    for reference in references {
        let Some(new) = replace(reference) else { continue };
        written.push_str(&text[at..reference.span.start]);
        reference.write(new, &mut written);
        at = reference.span.end;
    }
    written.push_str(&text[at..]);
    written
}

/// The text as Django would have rewritten it: what the hash is made over, so that names stay the same for who
/// moves from there. `replace` says by what, percent-encoding read.
pub(crate) fn canonical(
    text: &str,
    references: &[Reference<'_>],
    mut replace: impl FnMut(&Reference<'_>) -> Option<String>,
) -> String {
    let mut written = String::with_capacity(text.len() + references.len() * 24);
    let mut at = 0;
    for reference in references {
        let Some(new) = replace(reference) else { continue };
        let span = match &reference.canonical {
            Some(canonical) => &canonical.span,
            None => &reference.span,
        };
        let (before, behind) = reference.canonical.as_ref().map_or(("", ""), |canonical| canonical.around);
        written.extend([&text[at..span.start], before, &new, behind]);
        at = span.end;
    }
    written.push_str(&text[at..]);
    written
}

impl Reference<'_> {
    /// Writes a URL reference in the place of this one.
    fn write(&self, new: &str, to: &mut String) {
        match self.host {
            Host::File => self.syntax.write(new, to),
            host => {
                let mut inner = String::with_capacity(new.len());
                self.syntax.write(new, &mut inner);
                host.write(&inner, to);
            }
        }
    }
}

impl Syntax {
    /// Writes a URL reference so that it is read again as just that, whatever characters it has. One that is
    /// percent-encoded needs no escape in any syntax.
    fn write(self, new: &str, to: &mut String) {
        for char in new.chars() {
            let escape = match self {
                Self::CssUrl => {
                    char.is_whitespace() || char.is_control() || matches!(char, '"' | '\'' | '(' | ')' | '\\')
                }
                Self::CssString(quote) => char == quote as char || char == '\\' || char.is_control(),
                Self::JsString(b'`') => matches!(char, '`' | '\\' | '$') || char.is_control(),
                Self::JsString(quote) => {
                    char == quote as char
                        || matches!(char, '\\' | '\u{2028}' | '\u{2029}')
                        || char.is_control()
                }
                Self::Comment => {
                    char.is_whitespace() || char.is_control() || matches!(char, '"' | '\'' | '*')
                }
                Self::JsonString => matches!(char, '"' | '\\') || char.is_control(),
                Self::SrcSet => char.is_whitespace() || char.is_control() || char == ',',
                Self::Plain => char.is_whitespace() || char.is_control(),
            };
            match self {
                _ if !escape => to.push(char),
                // A blank ends the digits.
                Self::CssUrl | Self::CssString(_) => _ = write!(to, "\\{:x} ", u32::from(char)),
                Self::JsString(_) => _ = write!(to, "\\u{{{:x}}}", u32::from(char)),
                // No control character needs two units.
                Self::JsonString if char.is_control() => _ = write!(to, "\\u{:04x}", u32::from(char)),
                Self::JsonString => to.extend(['\\', char]),
                Self::Comment | Self::SrcSet | Self::Plain => {
                    for byte in char.encode_utf8(&mut [0; 4]).bytes() {
                        _ = write!(to, "%{byte:02X}");
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Language;
    use super::rewrite;

    const SHEET: &str = "@import \"a\";b{c:url(a) url('a') url( \"a\" )}/*# sourceMappingURL=a */";
    const SCRIPT: &str =
        "import 'a';export * from\"a\";import(`a`);new URL('a',import.meta.url)\n//# sourceMappingURL=a";

    #[test]
    fn only_the_references_change() {
        let found = Language::Css.references(SHEET);
        let expected =
            SHEET.replace("\"a\"", "\"x.1.y\"").replace("(a)", "(x.1.y)").replace("'a'", "'x.1.y'");
        let expected = expected.replace("=a", "=x.1.y");
        assert_eq!(rewrite(SHEET, &found, |_| Some("x.1.y")), expected);
        assert_eq!(rewrite(SHEET, &found, |_| None), SHEET);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(new in "[ -~éü\u{2028}\n\t]{1,12}") {
            for (language, text) in [(Language::Css, SHEET), (Language::JavaScript { modules: true, import_scripts: false }, SCRIPT)] {
                let found = language.references(text);
                let written = rewrite(text, &found, |_| Some(&new));
                let again = language.references(&written);
                prop_assert_eq!(again.len(), found.len(), "{}", written);
                for reference in again {
                    let is_comment = reference.kind == super::super::ReferenceKind::SourceMap;
                    prop_assert!(is_comment || reference.target == new, "{}", written);
                }
            }
        }
    }
}
