//! References in JavaScript: `import`, `export ... from`, `import()`, `new URL(..., import.meta.url)`, and the
//! source map.
//!
//! Scripts and modules are read alike: `import()` is allowed in both, and what only a module may have is found
//! in no valid script. A reference is found where it is one string, or one template without substitutions:
//! what is put together when the program runs cannot be known.

mod clause;
mod glance;
mod grammar;
mod tokens;

use std::borrow::Cow;

use self::clause::{Address, Clause, clause, scripts};
use self::tokens::{Goal, Kind, Tokens};
use super::{Host, Reference, Syntax, source_map};

/// The references of a script or module, in the order in which they stand there; those of `importScripts()` if
/// they are asked for.
pub(crate) fn references(js: &str, import_scripts: bool) -> Vec<Reference<'_>> {
    if glance::may_have_references(js, import_scripts) {
        all_references(js, import_scripts)
    } else {
        Vec::new()
    }
}

fn all_references(js: &str, import_scripts: bool) -> Vec<Reference<'_>> {
    let (found, script) = references_of(js, import_scripts, Goal::Script);
    if !script.is_ambiguous() {
        return found;
    }
    let (found_in_module, module) = references_of(js, import_scripts, Goal::Module);
    if is_module(&script, &module) { found_in_module } else { found }
}

/// Whether a text is a module, by what is seen when it is read as either. Nothing but the text tells: a declaration that
/// only modules have, which a module may hide when it is read as a script.
fn is_module(script: &Tokens<'_>, module: &Tokens<'_>) -> bool {
    script.is_module() || (module.is_module() && !module.is_broken() && script.is_broken())
}

/// As what a text is read.
#[cfg(test)]
fn read_as(js: &str) -> Goal {
    let [script, module] = [Goal::Script, Goal::Module].map(|goal| references_of(js, false, goal).1);
    if script.is_ambiguous() && is_module(&script, &module) { Goal::Module } else { Goal::Script }
}

/// The references of a text that is read as a script or as a module, and what was read.
fn references_of(js: &str, import_scripts: bool, goal: Goal) -> (Vec<Reference<'_>>, Tokens<'_>) {
    let mut found = Vec::new();
    let mut is_new = false;
    let mut tokens = Tokens::new(js, goal);
    for token in tokens.by_ref() {
        match token.kind {
            Kind::Comment => {
                found.extend(source_map::reference(js, token.span, token.inner));
                continue;
            }
            Kind::Word if !token.is_property => {
                let (word, behind) = (&js[token.span.clone()], token.span.end);
                let clause = match word {
                    "import" => clause(js, token.span, Clause::Import, goal),
                    "export" => clause(js, token.span, Clause::Export, goal),
                    "URL" if is_new => clause(js, token.span, Clause::NewUrl, goal),
                    _ => None,
                };
                found.extend(clause.map(|address| reference(js, address)));
                if import_scripts && word == "importScripts" {
                    found.extend(scripts(js, behind, goal).into_iter().map(|address| reference(js, address)));
                }
                is_new = word == "new";
                continue;
            }
            _ => {}
        }
        is_new = false;
    }
    (found, tokens)
}

fn reference(js: &str, address: Address) -> Reference<'_> {
    let Address { kind, span, canonical } = address;
    let syntax = Syntax::JsString(js.as_bytes()[span.start - 1]);
    let target = unescape(&js[span.clone()]);
    Reference { target, span, kind, syntax, host: Host::File, base: None, canonical }
}

/// What a string says once its escapes are read (ECMAScript, section 12.9.4).
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        if next != '\\' {
            plain.push(next);
            continue;
        }
        match rest.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('b') => plain.push('\u{8}'),
            Some('v') => plain.push('\u{b}'),
            Some('f') => plain.push('\u{c}'),
            Some('0') => plain.push('\0'),
            Some('x') => plain.push(code(&mut rest, 2)),
            Some('u') => match rest.as_str().strip_prefix('{').and_then(|hex| hex.split_once('}')) {
                Some((hex, behind)) => {
                    plain.push(scalar(hex));
                    rest = behind.chars();
                }
                None => plain.push(code(&mut rest, 4)),
            },
            // A string that goes on in the next line.
            Some('\r') => rest = rest.as_str().strip_prefix('\n').unwrap_or(rest.as_str()).chars(),
            Some('\n' | '\u{2028}' | '\u{2029}') | None => {}
            Some(other) => plain.push(other),
        }
    }
    Cow::Owned(plain)
}

/// The character of so many hex digits.
fn code(rest: &mut std::str::Chars<'_>, digits: usize) -> char {
    let text = rest.as_str();
    let hex = text.get(..digits).unwrap_or_default();
    *rest = text[hex.len()..].chars();
    scalar(hex)
}

fn scalar(hex: &str) -> char {
    let code = u32::from_str_radix(hex, 16).ok();
    code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
