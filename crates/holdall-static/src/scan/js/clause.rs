//! What follows `import`, `export` and `new URL`, where it is a reference.
//!
//! A clause is read ahead and by itself: it has neither regular expressions nor substitutions, so that a look
//! at blanks, comments, words, strings and a few marks is enough. What does not fit is no reference, and the
//! tokenizer goes on behind the keyword as if nobody had looked.

use std::ops::Range;

use super::tokens::{Goal, Kind, Token, Tokens};
use crate::scan::{Canonical, ReferenceKind};

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

impl Token {
    fn ends_an_argument(&self) -> bool {
        matches!(self.kind, Kind::Punctuator(b')' | b','))
    }
}

/// The tokens of a clause, without comments.
struct Ahead<'a> {
    js: &'a str,
    tokens: Tokens<'a>,
}

impl<'a> Ahead<'a> {
    fn new(js: &'a str, behind: usize, goal: Goal) -> Self {
        Self { js, tokens: Tokens::behind_a_word(js, behind, goal) }
    }

    fn next(&mut self) -> Option<Token> {
        self.tokens.find(|token| token.kind != Kind::Comment)
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

    /// The same, where a second argument or the end of the call follows.
    fn call(&mut self) -> Option<(Range<usize>, Token)> {
        self.argument().filter(|(_, end)| end.ends_an_argument())
    }
}

/// An address that a clause has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) kind: ReferenceKind,
    /// Without quotes.
    pub(super) span: Range<usize>,
    pub(super) canonical: Option<Canonical>,
}

impl Address {
    fn new(kind: ReferenceKind, span: Range<usize>) -> Self {
        Self { kind, span, canonical: None }
    }

    /// Django puts those words around the address, instead of what stands there from `start` on.
    fn written(mut self, start: usize, around: (&'static str, &'static str), end: usize) -> Self {
        self.canonical = Some(Canonical { span: start..end, around });
        self
    }
}

/// The address of a clause whose keyword is given, if it has one.
pub(super) fn clause(js: &str, keyword: Range<usize>, clause: Clause, goal: Goal) -> Option<Address> {
    let mut ahead = Ahead::new(js, keyword.end, goal);
    let first = ahead.next()?;
    match (clause, first.kind) {
        (Clause::Import, Kind::String) => {
            let address = Address::new(ReferenceKind::StaticImport, first.inner);
            Some(address.written(keyword.start, ("import\"", "\""), first.span.end))
        }
        (Clause::Import, Kind::Punctuator(b'(')) => {
            let (span, end) = ahead.call()?;
            let is_plain = span.start == keyword.end + 2 && end.span.start == span.end + 1;
            let address = Address::new(ReferenceKind::DynamicImport, span);
            if is_plain && end.kind == Kind::Punctuator(b')') && js.as_bytes()[address.span.end] != b'`' {
                return Some(address.written(keyword.start, ("import(\"", "\")"), end.span.end));
            }
            Some(address)
        }
        (Clause::Import, Kind::Punctuator(b'.')) => {
            let word = ahead.next()?;
            if ahead.is(&word, "meta") {
                ahead.take(&[".", "resolve", "("])?;
                return Some(Address::new(ReferenceKind::ModuleResolve, ahead.call()?.0));
            }
            // `import.defer("x")` and `import.source("x")`.
            ahead.take(&["("])?;
            Some(Address::new(ReferenceKind::DynamicImport, ahead.call()?.0))
        }
        (Clause::Import, Kind::Word | Kind::Punctuator(b'{' | b'*'))
        | (Clause::Export, Kind::Punctuator(b'{' | b'*')) => from(&mut ahead, first),
        (Clause::NewUrl, Kind::Punctuator(b'(')) => {
            let (address, comma) = ahead.argument()?;
            ahead.is(&comma, ",").then_some(())?;
            ahead.take(&["import", ".", "meta", ".", "url"])?;
            ahead.next()?.ends_an_argument().then_some(Address::new(ReferenceKind::ModuleUrl, address))
        }
        _ => None,
    }
}

/// The address behind `from`, where everything before it is names, marks and (in braces) strings.
fn from(ahead: &mut Ahead<'_>, first: Token) -> Option<Address> {
    let mut in_braces = false;
    let (mut from, mut is_as) = (None, false);
    let mut token = first;
    loop {
        match token.kind {
            Kind::String if !in_braces && let Some(start) = from => {
                let start = ahead.js[..start].trim_end().len();
                let address = Address::new(ReferenceKind::StaticImport, token.inner);
                return Some(address.written(start, (" from \"", "\""), token.span.end));
            }
            // A name that is no identifier: `as "a b"`.
            Kind::String if in_braces || is_as => {}
            Kind::Punctuator(b'{') if !in_braces => in_braces = true,
            Kind::Punctuator(b'}') if in_braces => in_braces = false,
            // Another clause begins; or this one would be read to its end once for each that begins in it.
            Kind::Word if !in_braces && (ahead.is(&token, "import") || ahead.is(&token, "export")) => {
                return None;
            }
            Kind::Word | Kind::Punctuator(b',' | b'*') => {}
            _ => return None,
        }
        from = ahead.is(&token, "from").then_some(token.span.start);
        is_as = ahead.is(&token, "as");
        token = ahead.next()?;
    }
}

/// The addresses of `importScripts(...)`, behind that name: all of its arguments, if each is one string.
pub(super) fn scripts(js: &str, behind: usize, goal: Goal) -> Vec<Address> {
    let mut ahead = Ahead::new(js, behind, goal);
    let mut found = Vec::new();
    if ahead.take(&["("]).is_none() {
        return found;
    }
    loop {
        let Some((address, end)) = ahead.argument() else { return Vec::new() };
        found.push(Address::new(ReferenceKind::ImportScripts, address));
        match end.kind {
            Kind::Punctuator(b')') => return found,
            Kind::Punctuator(b',') => {}
            _ => return Vec::new(),
        }
    }
}
