//! JavaScript cut into tokens: the lexical grammar of ECMAScript (section 12).
//!
//! The tokenizer never fails and never recurses. What a `/`, a `}` or a name is, it asks the [`Grammar`].

use std::ops::Range;

use super::grammar::{Grammar, Mark};

/// A kind of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A string; the inside is in [`Token::inner`].
    String,
    /// A template without substitutions; the inside is in [`Token::inner`].
    Template,
    /// A comment; the inside is in [`Token::inner`].
    Comment,
    /// A regular expression.
    Regex,
    /// A mark of one character.
    Punctuator(u8),
    /// Numbers, longer marks, templates with substitutions, what is broken.
    Other,
}

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
    /// Strings, templates and comments: what is between their ends.
    pub(super) inner: Range<usize>,
    /// A word that is the name of a property or the like, whatever it says.
    pub(super) is_property: bool,
}

/// What a text is read as (section 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// `<!--` and `-->` begin comments (section B.1.1), and `await` is a name outside of functions.
    Script,
    Module,
}

/// The tokens of a script or module.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    js: &'a [u8],
    at: usize,
    goal: Goal,
    grammar: Grammar,
    /// Whether a line ended since the last token that is no comment. The text begins as a line does.
    newline: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(js: &'a str, goal: Goal) -> Self {
        let mut tokens = Self::at(js, 0, goal, Grammar::new(goal));
        // A byte order mark is no part of the text (Encoding Standard, section 6), and a hashbang begins it.
        let start = if js.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        if js[start..].starts_with("#!") {
            tokens.line();
        }
        tokens.newline = true;
        tokens
    }

    /// The tokens behind a keyword that ends there.
    pub(super) fn behind_a_word(js: &'a str, at: usize, goal: Goal) -> Self {
        Self::at(js, at, goal, Grammar::behind_a_word(goal))
    }

    fn at(js: &'a str, at: usize, goal: Goal, grammar: Grammar) -> Self {
        Self { js: js.as_bytes(), at, goal, grammar, newline: false }
    }

    /// Whether something was seen that only a module has.
    pub(super) fn is_module(&self) -> bool {
        self.grammar.is_module
    }

    /// Whether something was read as a script has it, and a module would have it otherwise.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.grammar.is_ambiguous
    }

    /// Whether what was read cannot be a whole program.
    pub(super) fn is_broken(&self) -> bool {
        self.grammar.is_broken()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.js.get(self.at + ahead).copied()
    }

    fn is_at(&self, text: &[u8]) -> bool {
        self.js[self.at..].starts_with(text)
    }

    /// Up to the end of the line.
    fn line(&mut self) {
        // No other byte begins the end of a line.
        while let Some(next) = memchr::memchr3(b'\n', b'\r', 0xe2, &self.js[self.at..]) {
            self.at += next;
            if line_end(self.js, self.at).is_some() {
                return;
            }
            self.at += 1;
        }
        self.at = self.js.len();
    }

    fn blanks(&mut self) {
        while let Some(length) = blank(self.js, self.at) {
            self.newline |= line_end(self.js, self.at).is_some();
            self.at += length;
        }
    }

    /// A word: what is no ASCII punctuation, escapes included.
    fn word(&mut self) -> Range<usize> {
        let start = self.at;
        loop {
            // Nearly all words are letters and digits.
            let rest = &self.js[self.at..];
            self.at += rest.iter().position(|byte| !PLAIN[usize::from(*byte)]).unwrap_or(rest.len());
            if self.at == self.js.len() || !is_word(self.js[self.at]) || blank(self.js, self.at).is_some() {
                break;
            }
            self.grammar.is_unfit |= self.js[self.at] == b'\\' && self.peek(1) != Some(b'u');
            if self.js[self.at] == b'\\' && self.peek(1) == Some(b'u') && self.peek(2) == Some(b'{') {
                let digits =
                    self.js[self.at + 3..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                if self.peek(3 + digits) == Some(b'}') {
                    self.at += 3 + digits;
                }
            }
            self.at += 1;
        }
        start..self.at
    }

    /// A regular expression and its flags. A class has no class in it for this grammar, with the flag `v` neither.
    fn regex(&mut self) {
        self.at += 1;
        let mut in_class = false;
        while self.at < self.js.len() && line_end(self.js, self.at).is_none() {
            match self.js[self.at] {
                b'\\' if self.at + 1 < self.js.len() && line_end(self.js, self.at + 1).is_none() => {
                    self.at += 1;
                }
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at += 1;
                    self.word();
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.grammar.is_unfit = true;
    }

    /// The rest of a template, behind its backtick or the `}` of a substitution. Whether it came to its end.
    fn template(&mut self) -> bool {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'`' => {
                    self.at += 1;
                    return true;
                }
                b'$' if self.peek(1) == Some(b'{') => {
                    self.at += 2;
                    return false;
                }
                b'\\' => self.at = (self.at + 2).min(self.js.len()),
                _ => self.at += 1,
            }
        }
        self.grammar.is_unfit = true;
        true
    }

    /// A string. A line's end breaks it, unless it is escaped; the separators of lines and paragraphs do not.
    fn string(&mut self, quote: u8) -> Kind {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' if self.is_at(b"\\\r\n") => self.at += 3,
                b'\\' => self.at = (self.at + 2).min(self.js.len()),
                b'\n' | b'\r' => break,
                _ => {
                    self.at += 1;
                    if byte == quote {
                        return Kind::String;
                    }
                }
            }
        }
        self.grammar.is_unfit = true;
        Kind::Other
    }

    /// A number, and letters directly behind it, which no program has.
    fn number(&mut self) {
        let start = self.at;
        let is_digit = |byte: &u8| byte.is_ascii_digit() || *byte == b'_';
        let digits = |at: usize| at + self.js[at..].iter().take_while(|byte| is_digit(byte)).count();
        let mut at = digits(start);
        let whole = &self.js[start..at];
        // `010` has no fraction, `08` and `0` have.
        let is_octal =
            whole.len() > 1 && whole[0] == b'0' && whole.iter().all(|byte| matches!(byte, b'0'..=b'7'));
        if !is_octal {
            if self.js.get(at) == Some(&b'.') {
                at = digits(at + 1);
            }
            if matches!(self.js.get(at), Some(b'e' | b'E')) {
                at += 1;
                at += usize::from(matches!(self.js.get(at), Some(b'+' | b'-')));
            }
        }
        let letters = self.js[at..].iter().take_while(|byte| PLAIN[usize::from(**byte)]).count();
        self.at = at + letters;
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let before = self.at;
        let token = self.token();
        crate::scan::count_steps(self.at - before + 1);
        token
    }
}

impl Tokens<'_> {
    fn token(&mut self) -> Option<Token> {
        self.blanks();
        let start = self.at;
        let first = self.peek(0)?;
        if let Some(comment) = self.comment(first) {
            return Some(comment);
        }
        let newline = std::mem::take(&mut self.newline);
        let mut is_property = false;
        let (kind, inner) = match first {
            b'"' | b'\'' => {
                let kind = self.string(first);
                self.grammar.literal(newline);
                (kind, start + 1..(self.at - 1).max(start + 1))
            }
            b'`' => {
                self.at += 1;
                let is_whole = self.template();
                self.grammar.template(newline, is_whole);
                let kind = if is_whole { Kind::Template } else { Kind::Other };
                (kind, start + 1..(self.at - 1).max(start + 1))
            }
            b'}' if self.grammar.ends_substitution() => {
                self.at += 1;
                let is_end = self.template();
                self.grammar.template_goes_on(is_end);
                (Kind::Other, start..self.at)
            }
            b'/' if !self.grammar.divides() => {
                self.regex();
                self.grammar.literal(newline);
                (Kind::Regex, start..self.at)
            }
            b'0'..=b'9' => {
                self.number();
                self.grammar.literal(newline);
                (Kind::Other, start..self.at)
            }
            b'.' if self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) => {
                self.number();
                self.grammar.literal(newline);
                (Kind::Other, start..self.at)
            }
            byte if is_word(byte) => {
                let word = self.word();
                is_property = self.grammar.word(&self.js[word.clone()], newline);
                (Kind::Word, word)
            }
            byte => {
                let (mark, length) = self.mark(byte);
                self.at += length;
                self.grammar.mark(mark, newline);
                (if length == 1 { Kind::Punctuator(byte) } else { Kind::Other }, start..self.at)
            }
        };
        Some(Token { kind, span: start..self.at, inner, is_property })
    }

    /// A comment, if one begins here.
    fn comment(&mut self, first: u8) -> Option<Token> {
        let start = self.at;
        let inner = match first {
            b'/' if self.is_at(b"//") => {
                self.line();
                start + 2..self.at
            }
            b'/' if self.is_at(b"/*") => {
                let end = memchr::memmem::find(&self.js[start + 2..], b"*/").map(|end| start + 2 + end);
                self.at = end.map_or(self.js.len(), |end| end + 2);
                let inner = start + 2..end.unwrap_or(self.at);
                self.newline |= has_line_end(&self.js[inner.clone()]);
                self.grammar.is_unfit |= end.is_none();
                inner
            }
            b'<' | b'-' if self.is_at(b"<!--") || (self.newline && self.is_at(b"-->")) => {
                self.grammar.is_ambiguous = true;
                if self.goal == Goal::Module {
                    return None;
                }
                self.line();
                self.at..self.at
            }
            _ => return None,
        };
        Some(Token { kind: Kind::Comment, span: start..self.at, inner, is_property: false })
    }

    /// The mark that begins with a byte, and its length.
    fn mark(&self, first: u8) -> (Mark, usize) {
        match first {
            b'{' => (Mark::OpenBrace, 1),
            b'(' => (Mark::OpenParenthesis, 1),
            b'[' => (Mark::OpenBracket, 1),
            b')' | b']' | b'}' => (Mark::Close(first), 1),
            b';' => (Mark::Semicolon, 1),
            b',' => (Mark::Comma, 1),
            b':' => (Mark::Colon, 1),
            b'@' => (Mark::At, 1),
            b'*' => (Mark::Star, 1),
            b'~' => (Mark::Prefix, 1),
            b'!' if self.peek(1) != Some(b'=') => (Mark::Prefix, 1),
            b'=' if self.peek(1) == Some(b'>') => (Mark::Arrow, 2),
            b'=' => (Mark::Equals, 1),
            b'+' | b'-' if self.peek(1) == Some(first) => (Mark::Update, 2),
            b'.' if self.is_at(b"...") => (Mark::Operator, 3),
            b'.' => (Mark::Dot, 1),
            b'?' if self.peek(1) == Some(b'?') => (Mark::Operator, 2),
            // `a?.5:b` is a condition.
            b'?' if self.peek(1) == Some(b'.') && !self.peek(2).is_some_and(|byte| byte.is_ascii_digit()) => {
                (Mark::Chain, 2)
            }
            b'?' => (Mark::Question, 1),
            _ => (Mark::Operator, 1),
        }
    }
}

/// The length of a line terminator (section 12.3).
fn line_end(js: &[u8], at: usize) -> Option<usize> {
    match js.get(at..)? {
        [b'\n' | b'\r', ..] => Some(1),
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some(3),
        _ => None,
    }
}

fn has_line_end(js: &[u8]) -> bool {
    memchr::memchr3_iter(b'\n', b'\r', 0xe2, js).any(|at| line_end(js, at).is_some())
}

/// The length of white space or a line terminator (sections 12.2 and 12.3): of ASCII, the byte order mark, and the
/// class Zs of Unicode.
fn blank(js: &[u8], at: usize) -> Option<usize> {
    match js.get(at..)? {
        [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, ..] => Some(1),
        // U+00A0.
        [0xc2, 0xa0, ..] => Some(2),
        // U+FEFF; U+1680; U+2000 to U+200A, U+2028, U+2029 and U+202F; U+205F; U+3000.
        [0xef, 0xbb, 0xbf, ..]
        | [0xe1, 0x9a, 0x80, ..]
        | [0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf, ..]
        | [0xe2, 0x81, 0x9f, ..]
        | [0xe3, 0x80, 0x80, ..] => Some(3),
        _ => None,
    }
}

/// The bytes of words that need no second look.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
        byte += 1;
    }
    plain
};

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'\\' | b'#') || !byte.is_ascii()
}
