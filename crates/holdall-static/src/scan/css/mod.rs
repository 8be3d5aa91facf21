//! References in stylesheets: `url()`, `src()`, `image-set()`, `@import`, and the source map.
//!
//! Every form that CSS allows, and nothing that only looks like one: what stands in a comment, in a string that
//! means something else (`content`, `@charset`), in `@namespace` (an identifier, no address) or in a token that
//! is broken is left alone. Addresses in custom properties count, since `var()` puts them where they are loaded.

mod tokens;

use std::borrow::Cow;
use std::ops::Range;

use self::tokens::{Kind, Tokens};
use super::{Canonical, Host, Reference, ReferenceKind, Syntax, source_map};

/// A bracket that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    closes_with: u8,
    holds: Holds,
    /// Where a `url(` begins, and which reference was found in it.
    url: Option<(usize, Option<usize>)>,
}

/// What a string directly inside of a bracket means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Something else than an address.
    Nothing,
    /// The first string is an address: `url("a")`, `src("a")`.
    One,
    /// Each string is one: `image-set("a" 1x, "b" 2x)`.
    Each,
}

/// The statement that the next tokens belong to, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Statement {
    Any,
    /// Behind the `@import` that begins there, with nothing but blanks and comments in between.
    Import(usize),
    /// From `@namespace` to its end.
    Namespace,
}

/// The references of a stylesheet, in the order in which they stand there.
pub(crate) fn references(css: &str) -> Vec<Reference<'_>> {
    let mut found: Vec<Reference<'_>> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut statement = Statement::Any;
    for token in Tokens::new(css) {
        match token.kind {
            Kind::Whitespace => continue,
            Kind::Comment => {
                found.extend(source_map::reference(css, token.span, token.inner));
                continue;
            }
            Kind::Url if statement != Statement::Namespace => {
                let canonical = Canonical { span: token.span, around: URL };
                found.push(reference(css, token.inner, statement.kind(), Syntax::CssUrl, Some(canonical)));
            }
            Kind::String => {
                let syntax = Syntax::CssString(css.as_bytes()[token.span.start]);
                if let Some(inside) = open.last_mut().filter(|open| open.holds != Holds::Nothing) {
                    if inside.holds == Holds::One {
                        inside.holds = Holds::Nothing;
                    }
                    inside.url = inside.url.map(|(start, _)| (start, Some(found.len())));
                    found.push(reference(css, token.inner, statement.kind(), syntax, None));
                } else if let Statement::Import(start) = statement {
                    let canonical = Canonical { span: start..token.span.end, around: IMPORT };
                    found.push(reference(css, token.inner, ReferenceKind::Import, syntax, Some(canonical)));
                }
            }
            Kind::Function => {
                let name = unescape(&css[token.inner]).to_ascii_lowercase();
                let (holds, url) = match name.as_str() {
                    _ if statement == Statement::Namespace => (Holds::Nothing, None),
                    "url" => (Holds::One, Some((token.span.start, None))),
                    "src" => (Holds::One, None),
                    "image-set" | "-webkit-image-set" => (Holds::Each, None),
                    _ => (Holds::Nothing, None),
                };
                open.push(Open { closes_with: b')', holds, url });
                // `@import url("a")` is an import still.
                if matches!(statement, Statement::Import(_)) && holds == Holds::One {
                    continue;
                }
            }
            Kind::Open(bracket) => {
                let closes_with = match bracket {
                    b'(' => b')',
                    b'[' => b']',
                    _ => b'}',
                };
                open.push(Open { closes_with, holds: Holds::Nothing, url: None });
            }
            // One that closes nothing is nothing; inside of another bracket it is part of that one's content.
            Kind::Close(bracket) if open.last().is_some_and(|open| open.closes_with == bracket) => {
                // Django's way to write it would take with it what else stands inside.
                if let Some(Open { url: Some((start, Some(at))), .. }) = open.pop()
                    && at + 1 == found.len()
                {
                    found[at].canonical = Some(Canonical { span: start..token.span.end, around: URL });
                }
            }
            Kind::AtKeyword => {
                statement = match unescape(&css[token.inner]).to_ascii_lowercase().as_str() {
                    "import" => Statement::Import(token.span.start),
                    "namespace" => Statement::Namespace,
                    _ => Statement::Any,
                };
                continue;
            }
            Kind::Url | Kind::Semicolon | Kind::Close(_) | Kind::Other => {}
        }
        // `url()` and `src()` hold one string and nothing before it.
        if matches!(token.kind, Kind::Other | Kind::Url)
            && let Some(Open { holds: holds @ Holds::One, .. }) = open.last_mut()
        {
            *holds = Holds::Nothing;
        }
        let ends = matches!(token.kind, Kind::Semicolon | Kind::Open(b'{'));
        if matches!(statement, Statement::Import(_)) || ends {
            statement = Statement::Any;
        }
    }
    found
}

/// What Django writes around an address, and around one that follows `@import` alone.
const URL: (&str, &str) = ("url(\"", "\")");
const IMPORT: (&str, &str) = ("@import url(\"", "\")");

impl Statement {
    /// What an address is for here.
    fn kind(self) -> ReferenceKind {
        if matches!(self, Self::Import(_)) { ReferenceKind::Import } else { ReferenceKind::Url }
    }
}

fn reference(
    css: &str,
    span: Range<usize>,
    kind: ReferenceKind,
    syntax: Syntax,
    canonical: Option<Canonical>,
) -> Reference<'_> {
    Reference {
        target: unescape(&css[span.clone()]),
        span,
        kind,
        syntax,
        host: Host::File,
        base: None,
        canonical,
    }
}

/// What a string, name or address says once its escapes are read (CSS Syntax Module Level 3, section 4.3.7).
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains(['\\', '\0']) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        if next != '\\' {
            // Section 3.3: a null is replaced before anything is read.
            plain.push(if next == '\0' { char::REPLACEMENT_CHARACTER } else { next });
            continue;
        }
        let mut code = 0;
        let mut digits = 0;
        while digits < 6
            && let Some(digit) = rest.peek().and_then(|next| next.to_digit(16))
        {
            code = code * 16 + digit;
            digits += 1;
            rest.next();
        }
        if digits > 0 {
            plain.push(
                char::from_u32(code).filter(|&char| char != '\0').unwrap_or(char::REPLACEMENT_CHARACTER),
            );
            skip_blank(&mut rest, true);
        } else if rest.peek().is_some_and(|next| matches!(next, '\n' | '\r' | '\x0c')) {
            // A string that goes on in the next line.
            skip_blank(&mut rest, false);
        } else {
            let escaped = rest.next();
            plain.extend(escaped.map(|char| if char == '\0' { char::REPLACEMENT_CHARACTER } else { char }));
        }
    }
    Cow::Owned(plain)
}

/// Skips one newline, or one blank too.
fn skip_blank(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, blank: bool) {
    match rest.peek() {
        Some('\r') => {
            rest.next();
            rest.next_if_eq(&'\n');
        }
        Some('\n' | '\x0c') => {
            rest.next();
        }
        Some(' ' | '\t') if blank => {
            rest.next();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::ReferenceKind::{Import, SourceMap, Url};
    use super::{references, unescape};
    use crate::scan::ReferenceKind;

    /// What is found: kind, target, and how it is written.
    fn found(css: &str) -> Vec<(ReferenceKind, String, &str)> {
        let found = references(css).into_iter();
        found.map(|found| (found.kind, found.target.into_owned(), &css[found.span])).collect()
    }

    /// The one reference of a sheet.
    fn only(css: &str) -> (ReferenceKind, String) {
        let found = found(css);
        assert_eq!(found.len(), 1, "{css:?} gives {found:?}");
        (found[0].0, found[0].1.clone())
    }

    #[test]
    fn every_form_of_an_address() {
        for css in [
            "a{b:url(x.png)}",
            "a{b:url( x.png )}",
            "a{b:url(\n\tx.png\r\n)}",
            "a{b:url(\"x.png\")}",
            "a{b:url( 'x.png' )}",
            "a{b:URL(x.png)}",
            "a{b:u\\72l(x.png)}",
            "a{b:\\75 RL(x.png)}",
            "a{b:url(x\\.png)}",
            "a{b:url(\"\\78 .png\")}",
            "a{b:url('x.\\\npng')}",
            "a{b:src(\"x.png\")}",
            "a{b:image-set(\"x.png\" 1x)}",
            "a{b:-webkit-image-set(url(x.png) 1x)}",
            "a{--b:url(x.png)}",
            "a{b:var(--c,url(x.png))}",
            "a{b:calc([{url(x.png)}])}",
            "@font-face{src:local(\"y\"),url(x.png) format(\"woff2\")}",
            "a{b:url(x.png",
            "a{b:url('x.png",
            "a{b:url(x.png ",
            "@media print{@supports (a:b){c{d:url(x.png)}}}",
            "a{b:1url(c)url(x.png)}",
        ] {
            assert_eq!(only(css), (Url, "x.png".to_owned()), "{css}");
        }
    }

    #[test]
    fn every_form_of_an_import() {
        for css in [
            "@import \"x.css\";",
            "@import'x.css'screen;",
            "@import url(x.css) layer(a) supports(b: \"c\");",
            "@import url(\"x.css\");",
            "@import/* \"no\" */ \"x.css\";",
            "@IMPORT \"x.css\"",
            "@\\69mport \"x.css\"",
            "@charset \"utf-8\";@import \"x.css\"",
            "@import src('x.css');",
        ] {
            assert_eq!(only(css), (Import, "x.css".to_owned()), "{css}");
        }
    }

    #[test]
    fn what_only_looks_like_a_reference() {
        for css in [
            "/* url(x.png) @import \"x\" */",
            "a{content:\"url(x.png)\"}",
            "a{content:'@import \"x\"'}",
            "@charset \"x.css\";",
            "@namespace url(http://www.w3.org/1999/xhtml);@namespace a \"x\";",
            "@namespace a url('x');",
            "a{b:curl(x.png)}",
            "a{b:my-url(x.png)}",
            "a{b:\"x\ny\"}",
            "a{b:url(x y.png)}",
            "a{b:url(x\"y.png)}",
            "a{b:url(x(y.png)}",
            "a{b:url(\"x\ny\")}",
            "a{b:image-set(linear-gradient(a) 1x type(\"image/png\"))}",
            "@import foo \"x.css\";",
            "a[href=\"x.png\"]{}",
            "/* unclosed url(x.png)",
            "#url(x){}",
            "",
        ] {
            assert_eq!(found(css), [], "{css}");
        }
    }

    #[test]
    fn several_and_where_they_stand() {
        let css =
            "@import 'a.css';b{c:url(d.png) e url(\"f\\20 g.png\");h:image-set('i' 1x,'j' type('k') 2x)}";
        let expected = [
            (Import, "a.css".to_owned(), "a.css"),
            (Url, "d.png".to_owned(), "d.png"),
            (Url, "f g.png".to_owned(), "f\\20 g.png"),
            (Url, "i".to_owned(), "i"),
            (Url, "j".to_owned(), "j"),
        ];
        assert_eq!(found(css), expected);
        // A broken token takes nothing of what follows with it.
        assert_eq!(only("a{b:url(x y)}c{d:url(x.png)}").1, "x.png");
        assert_eq!(only("a{b:'x\n;}c{d:url(x.png)}").1, "x.png");
    }

    #[test]
    fn the_source_map() {
        assert_eq!(only("a{}/*# sourceMappingURL=a.css.map */"), (SourceMap, "a.css.map".to_owned()));
        assert_eq!(only("/*@ sourceMappingURL=a.map*/"), (SourceMap, "a.map".to_owned()));
        assert_eq!(found("/* # sourceMappingURL=a.map */"), []);
    }

    #[test]
    fn escapes_are_read() {
        for (written, says) in [
            ("a\\62 c", "abc"),
            ("\\000062c", "bc"),
            ("\\0", "\u{fffd}"),
            ("a\0\\\0", "a\u{fffd}\u{fffd}"),
            ("\\d800 x", "\u{fffd}x"),
            ("\\110000", "\u{fffd}"),
            ("a\\\r\nb", "ab"),
            ("\\é", "é"),
            ("a\\", "a"),
        ] {
            assert_eq!(unescape(written), says, "{written}");
        }
    }
}
