//! What follows `import`, `export` and `new URL`, where it is a reference.
//!
//! A clause is read ahead and by itself: it has neither regular expressions nor substitutions, so that a look
//! at blanks, comments, words, strings and a few marks is enough. What does not fit is no reference, and the
//! tokenizer goes on behind the keyword as if nobody had looked.

use std::ops::Range;

use super::tokens::{Kind, Token, Tokens};
use crate::scan::ReferenceKind;

/// Where a clause stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// Behind `import`.
    Import,
    /// Behind `export`.
    Export,
    /// Behind `new URL`.
    NewUrl,
}

/// The tokens of a clause, without comments.
struct Ahead<'a> {
    js: &'a str,
    tokens: Tokens<'a>,
    offset: usize,
}

impl Ahead<'_> {
    fn next(&mut self) -> Option<Token> {
        let mut token = self.tokens.find(|token| token.kind != Kind::Comment)?;
        token.span = token.span.start + self.offset..token.span.end + self.offset;
        token.inner = token.inner.start + self.offset..token.inner.end + self.offset;
        Some(token)
    }

    fn is(&self, token: &Token, text: &str) -> bool {
        &self.js[token.span.clone()] == text
    }

    /// Takes these tokens, one after the other.
    fn take(&mut self, expected: &[&str]) -> Option<()> {
        expected.iter().all(|text| self.next().is_some_and(|token| self.is(&token, text))).then_some(())
    }

    /// The address that is the first argument of a call, behind its parenthesis, and the token behind it.
    fn argument(&mut self) -> Option<(Range<usize>, Token)> {
        let address = self.next().filter(|token| matches!(token.kind, Kind::String | Kind::Template))?;
        Some((address.inner, self.next()?))
    }
}

/// The address of a clause that begins at `behind`, if it has one.
pub(super) fn clause(js: &str, behind: usize, clause: Clause) -> Option<(ReferenceKind, Range<usize>)> {
    let mut ahead = Ahead { js, tokens: Tokens::new(&js[behind..]), offset: behind };
    let first = ahead.next()?;
    match (clause, first.kind) {
        (Clause::Import, Kind::String) => Some((ReferenceKind::StaticImport, first.inner)),
        (Clause::Import, Kind::Punctuator(b'(')) => {
            let (address, end) = ahead.argument()?;
            matches!(end.kind, Kind::Punctuator(b')' | b','))
                .then_some((ReferenceKind::DynamicImport, address))
        }
        (Clause::Import, Kind::Punctuator(b'.')) => {
            let word = ahead.next()?;
            if ahead.is(&word, "meta") {
                ahead.take(&[".", "resolve", "("])?;
                let (address, end) = ahead.argument()?;
                return matches!(end.kind, Kind::Punctuator(b')' | b','))
                    .then_some((ReferenceKind::ModuleUrl, address));
            }
            // `import.defer("x")` and `import.source("x")`.
            ahead.take(&["("])?;
            let (address, end) = ahead.argument()?;
            matches!(end.kind, Kind::Punctuator(b')' | b','))
                .then_some((ReferenceKind::DynamicImport, address))
        }
        (Clause::Import, Kind::Word | Kind::Punctuator(b'{' | b'*'))
        | (Clause::Export, Kind::Punctuator(b'{' | b'*')) => {
            from(&mut ahead, first).map(|address| (ReferenceKind::StaticImport, address))
        }
        (Clause::NewUrl, Kind::Punctuator(b'(')) => {
            let (address, comma) = ahead.argument()?;
            ahead.is(&comma, ",").then_some(())?;
            ahead.take(&["import", ".", "meta", ".", "url"])?;
            let end = ahead.next()?;
            matches!(end.kind, Kind::Punctuator(b')' | b',')).then_some((ReferenceKind::ModuleUrl, address))
        }
        _ => None,
    }
}

/// The address behind `from`, where everything before it is names, marks and (in braces) strings.
fn from(ahead: &mut Ahead<'_>, first: Token) -> Option<Range<usize>> {
    let mut in_braces = false;
    let (mut is_from, mut is_as) = (false, false);
    let mut token = first;
    loop {
        match token.kind {
            Kind::String if is_from && !in_braces => return Some(token.inner),
            // A name that is no identifier: `as "a b"`.
            Kind::String if in_braces || is_as => {}
            Kind::Punctuator(b'{') if !in_braces => in_braces = true,
            Kind::Punctuator(b'}') if in_braces => in_braces = false,
            Kind::Word | Kind::Punctuator(b',' | b'*') => {}
            _ => return None,
        }
        is_from = ahead.is(&token, "from");
        is_as = ahead.is(&token, "as");
        token = ahead.next()?;
    }
}
