//! JavaScript cut into tokens, as far as it takes to know what is code.
//!
//! The one hard question is what a `/` begins: a division or a regular expression. ECMAScript answers it by
//! grammar; here it is answered from the token before, and, behind a closing bracket, from what was before the
//! bracket that it closes. That is right for every program whose division does not follow a function, class
//! or object that stands where a statement could begin. The tokenizer never fails and never recurses.

use std::ops::Range;

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
    /// One character of punctuation that matters to somebody.
    Punctuator(u8),
    /// Numbers, regular expressions, templates with substitutions, what is broken.
    Other,
}

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
    /// Strings, templates and comments: what is between their ends.
    pub(super) inner: Range<usize>,
    /// Behind a `.`: a name is a property then, whatever it says.
    pub(super) is_property: bool,
}

/// What came before, which decides what a `/` or a `{` begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A statement may begin here.
    Statement,
    /// An expression must follow: an operator, `(`, `,`, `return`.
    Operator,
    /// A value has ended: a name, a literal, a closing bracket.
    Value,
    /// `)` of `if`, `for`, `while`, `with`, or of a function's parameters; a `{` is a block, a `/` begins a
    /// regular expression.
    Head,
    /// A `.` or `?.`: a property's name follows.
    Dot,
}

/// A bracket that is open, and what will have been before once it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Bracket { after: Before },
    Brace { is_block: bool, after: Before },
    Substitution,
}

/// The marks that a `{` begins different things behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Arrow,
    Colon,
}

/// The tokens of a script or module.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    js: &'a [u8],
    at: usize,
    before: Before,
    open: Vec<Open>,
    /// For each `function` and `class` whose body is still to come: how many brackets were open, and what will
    /// have been before once the body is closed.
    bodies: Vec<(usize, Before)>,
    /// The last word, if it was the last token.
    word: Option<Range<usize>>,
    /// The last mark, if it was the last token; `=>` is an `=` and a `>`.
    mark: Option<Mark>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(js: &'a str) -> Self {
        let mut tokens = Self::behind_a_word(js, 0);
        tokens.before = Before::Statement;
        if js.starts_with("#!") {
            tokens.line();
        }
        tokens
    }

    /// The tokens behind a keyword that ends there.
    pub(super) fn behind_a_word(js: &'a str, at: usize) -> Self {
        Self {
            js: js.as_bytes(),
            at,
            before: Before::Value,
            open: Vec::new(),
            bodies: Vec::new(),
            word: None,
            mark: None,
        }
    }

    /// Whether nothing but blanks is before this in its line.
    fn is_first_in_line(&self) -> bool {
        let before = self.js[..self.at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | 0x0b | 0x0c));
        before.is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
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
                    // The flags.
                    self.word();
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
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
        true
    }

    fn number(&mut self) {
        let start = self.at;
        loop {
            match self.peek(0) {
                Some(b'+' | b'-')
                    if self.at > start
                        && matches!(self.js[self.at - 1], b'e' | b'E')
                        && !matches!(self.js[start..].get(1), Some(b'x' | b'X')) =>
                {
                    self.at += 1;
                }
                Some(b'.' | b'_') => self.at += 1,
                Some(byte) if byte.is_ascii_alphanumeric() => self.at += 1,
                _ => return,
            }
        }
    }

    /// Whether a function or class here would be an expression: its body is a value once it is closed.
    fn body_follows(&mut self) {
        let after = if self.before == Before::Statement { Before::Statement } else { Before::Value };
        self.bodies.push((self.open.len(), after));
    }

    /// A `{`: a block of statements, or an object or the like.
    fn open_brace(&mut self) {
        if let Some(&(depth, after)) = self.bodies.last()
            && depth == self.open.len()
        {
            self.bodies.pop();
            self.open.push(Open::Brace { is_block: true, after });
            self.before = Before::Statement;
            return;
        }
        let in_object =
            matches!(self.open.last(), Some(Open::Brace { is_block: false, .. } | Open::Bracket { .. }));
        let is_block = match (self.before, self.mark) {
            // `label: {` or `case 1: {`; in an object another object.
            (Before::Operator, Some(Mark::Colon)) => !in_object,
            (Before::Operator, None) => false,
            // An arrow's body, the start of a statement, what follows a head, a method's body, or something broken.
            _ => true,
        };
        let after = if is_block { Before::Statement } else { Before::Value };
        self.open.push(Open::Brace { is_block, after });
        self.before = if is_block { Before::Statement } else { Before::Operator };
    }

    /// What will have been before once the parenthesis that opens here is closed.
    fn open_parenthesis(&mut self) {
        let word = self.word.take().map(|word| &self.js[word]);
        let is_body = self.bodies.last().is_some_and(|&(depth, _)| depth == self.open.len());
        let after = match word {
            _ if is_body => Before::Head,
            Some(b"if" | b"for" | b"while" | b"with") if self.before == Before::Operator => Before::Head,
            _ => Before::Value,
        };
        self.open.push(Open::Bracket { after });
        self.before = Before::Operator;
    }

    /// Closes the innermost bracket if it is one of that kind.
    fn close(&mut self, byte: u8) {
        let after = match (byte, self.open.last()) {
            (b')' | b']', Some(Open::Bracket { after })) | (b'}', Some(Open::Brace { after, .. })) => *after,
            // One that closes nothing.
            _ => {
                self.before = Before::Value;
                return;
            }
        };
        self.open.pop();
        let depth = self.open.len();
        while self.bodies.last().is_some_and(|&(body, _)| body > depth) {
            self.bodies.pop();
        }
        self.before = after;
    }

    /// A word as the token that it is: which keyword, if it is one.
    fn keyword(&mut self, word: Range<usize>) {
        let last = self.word.take();
        let last_is = |text: &[u8]| last.as_ref().is_some_and(|last| self.js[last.clone()] == *text);
        // `for await (` is a `for (`.
        if last_is(b"for") && &self.js[word.clone()] == b"await" {
            self.word = last;
            return;
        }
        // `export default function` and the like are declarations, `export default {` is an object.
        if last_is(b"default") && matches!(&self.js[word.clone()], b"function" | b"class" | b"async") {
            self.before = Before::Statement;
        }
        if self.before == Before::Dot {
            self.before = Before::Value;
            return;
        }
        self.before = match &self.js[word.clone()] {
            b"function" | b"class" => {
                // Behind a value it can only begin the next statement: the semicolon before it was left out.
                if self.before == Before::Value && !last_is(b"async") {
                    self.before = Before::Statement;
                }
                self.body_follows();
                Before::Value
            }
            b"if" | b"for" | b"while" | b"with" | b"await" | b"return" | b"typeof" | b"instanceof"
            | b"in" | b"of" | b"new" | b"delete" | b"void" | b"throw" | b"case" | b"yield" | b"extends"
            | b"default" => Before::Operator,
            b"else" | b"do" | b"try" | b"finally" => Before::Statement,
            // What may stand before a declaration.
            b"async" | b"export" if self.before == Before::Statement => Before::Statement,
            _ => Before::Value,
        };
        self.word = Some(word);
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
        let is_property = self.before == Before::Dot;
        let mut mark = None;
        let (kind, inner) = match first {
            b'/' if self.is_at(b"//") => {
                self.line();
                return Some(comment(start..self.at, start + 2..self.at));
            }
            b'/' if self.is_at(b"/*") => {
                let end = memchr::memmem::find(&self.js[start + 2..], b"*/");
                self.at = end.map_or(self.js.len(), |end| start + 2 + end + 2);
                return Some(comment(start..self.at, start + 2..end.map_or(self.at, |end| start + 2 + end)));
            }
            // Comments of scripts, not of modules, where neither could begin a line (ECMAScript, section B.1.1).
            b'<' | b'-' if (self.is_at(b"<!--") || self.is_at(b"-->")) && self.is_first_in_line() => {
                self.line();
                return Some(comment(start..self.at, self.at..self.at));
            }
            b'"' | b'\'' => {
                let (kind, inner) = string(self.js, start, &mut self.at);
                self.before = Before::Value;
                (kind, inner)
            }
            b'`' => {
                self.at += 1;
                if self.template() {
                    self.before = Before::Value;
                    (Kind::Template, start + 1..(self.at - 1).max(start + 1))
                } else {
                    self.open.push(Open::Substitution);
                    self.before = Before::Operator;
                    (Kind::Other, start..self.at)
                }
            }
            b'}' if self.open.last() == Some(&Open::Substitution) => {
                self.at += 1;
                if self.template() {
                    self.open.pop();
                    self.before = Before::Value;
                } else {
                    self.before = Before::Operator;
                }
                (Kind::Other, start..self.at)
            }
            b'/' if self.before != Before::Value => {
                self.regex();
                self.before = Before::Value;
                (Kind::Other, start..self.at)
            }
            b'0'..=b'9' => {
                self.number();
                self.before = Before::Value;
                (Kind::Other, start..self.at)
            }
            b'.' if self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) && !is_property => {
                self.number();
                self.before = Before::Value;
                (Kind::Other, start..self.at)
            }
            byte if is_word(byte) => {
                let word = self.word();
                self.mark = None;
                self.keyword(word.clone());
                return Some(Token { kind: Kind::Word, span: word.clone(), inner: word, is_property });
            }
            byte => {
                self.at += 1;
                match byte {
                    b'{' => self.open_brace(),
                    b'(' => self.open_parenthesis(),
                    b'[' => {
                        self.open.push(Open::Bracket { after: Before::Value });
                        self.before = Before::Operator;
                    }
                    b')' | b']' | b'}' => self.close(byte),
                    b';' => self.before = Before::Statement,
                    b'.' if self.is_at(b"..") => {
                        self.at += 2;
                        self.before = Before::Operator;
                    }
                    b'.' => self.before = Before::Dot,
                    // `a++ / b` and `a-- / b`: the value stays one.
                    b'+' | b'-' if self.peek(0) == Some(byte) => self.at += 1,
                    _ => self.before = Before::Operator,
                }
                mark = match byte {
                    b'>' if start > 0 && self.js[start - 1] == b'=' => Some(Mark::Arrow),
                    b':' => Some(Mark::Colon),
                    _ => None,
                };
                (Kind::Punctuator(byte), start..self.at)
            }
        };
        self.word = None;
        self.mark = mark;
        Some(Token { kind, span: start..self.at, inner, is_property })
    }
}

fn comment(span: Range<usize>, inner: Range<usize>) -> Token {
    Token { kind: Kind::Comment, span, inner, is_property: false }
}

/// A string. A newline breaks it, unless it is escaped.
fn string(js: &[u8], start: usize, at: &mut usize) -> (Kind, Range<usize>) {
    let quote = js[start];
    *at = start + 1;
    while let Some(&byte) = js.get(*at) {
        match byte {
            b'\\' => *at = (*at + 2).min(js.len()),
            b'\n' | b'\r' => return (Kind::Other, start..*at),
            _ if byte == quote => {
                *at += 1;
                return (Kind::String, start + 1..*at - 1);
            }
            _ => *at += 1,
        }
    }
    (Kind::Other, start..*at)
}

/// The length of a line terminator (ECMAScript, section 12.3).
fn line_end(js: &[u8], at: usize) -> Option<usize> {
    match &js[at..] {
        [b'\n' | b'\r', ..] => Some(1),
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some(3),
        _ => None,
    }
}

/// The length of white space or a line terminator (ECMAScript, sections 12.2 and 12.3), the ones outside of
/// ASCII that are met in the wild among them.
fn blank(js: &[u8], at: usize) -> Option<usize> {
    match js.get(at..)? {
        [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, ..] => Some(1),
        // No-break space; byte order mark; line and paragraph separator.
        [0xc2, 0xa0, ..] => Some(2),
        [0xef, 0xbb, 0xbf, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some(3),
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
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'\\' | b'#' | b'@') || !byte.is_ascii()
}
