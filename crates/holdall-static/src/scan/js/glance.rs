//! A first look at a script: whether it can have references at all. Most scripts are no modules, and a search for
//! three words is many times faster than cutting the text into tokens.

use memchr::memmem;

/// Whether the tokens of this script are worth a look. Keywords have no escapes (ECMAScript, section 12.7), so that
/// each reference has one of these words in the text as it is. The words may also stand in comments and strings:
/// then the look finds nothing.
pub(super) fn may_have_references(js: &str, import_scripts: bool) -> bool {
    let js = js.as_bytes();
    let is_followed = |word: &'static str, follows: fn(u8) -> bool| {
        memmem::find_iter(js, word).any(|at| next(&js[at + word.len()..]).is_some_and(follows))
    };
    memmem::find(js, b"sourceMappingURL=").is_some()
        || (import_scripts && memmem::find(js, b"importScripts").is_some())
        // `export { a } from` and `export * from`; what else is exported has no address.
        || is_followed("export", |byte| matches!(byte, b'{' | b'*' | b'/') || !byte.is_ascii())
        // A name, an address, a list, a call, or `import.meta`.
        || is_followed("import", |byte| !matches!(byte, b')' | b',' | b':' | b';' | b'=' | b'}' | b']' | b'|' | b'&'))
}

/// The first byte behind a word that is no white space; `None` where the word goes on.
fn next(rest: &[u8]) -> Option<u8> {
    if rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')) {
        return None;
    }
    rest.iter().copied().find(|byte| !byte.is_ascii_whitespace() && *byte != 0x0b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::may_have_references;
    use crate::scan::js::{all_references, references};

    #[test]
    fn scripts_without_modules_are_passed_over() {
        for (js, may) in [
            ("(function (exports) { exports.a = 1; module.exports = exports; })(this)", false),
            ("export default function () {}\nexport const a = 1", false),
            ("var important = { import: 1, export: 2 }", false),
            ("import\"a\"", true),
            ("import/**/a from 'a'", true),
            ("export\n{ a } from 'a'", true),
            ("export\u{a0}* from 'a'", true),
            ("new URL('a', import . meta.url)", true),
            ("[...import('a')]", true),
            ("//# sourceMappingURL=a.map", true),
        ] {
            assert_eq!(may_have_references(js, true), may, "{js}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_missed(parts in prop::collection::vec(prop::sample::select(vec![
            "import", "importScripts", "export", "from", "'a.js'", "\"b\"", "{", "}", "*", "(", ")", ".", "meta", "url", "new ", "URL", ",",
            ";", " ", "\n", "\u{a0}", "/**/", "//", "# sourceMappingURL=", "a", "as", "default", "with", ":", "`c`", "=",
        ]), 0..14)) {
            let js = parts.concat();
            prop_assert_eq!(references(&js, true), all_references(&js, true));
        }
    }
}
