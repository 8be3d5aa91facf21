//! CSS cut into tokens, as CSS Syntax Module Level 3, section 4.3, cuts it.
//!
//! Only what decides where a reference is, and where none is, has a kind of its own. The tokenizer never fails
//! and never recurses: what is broken becomes a token as the specification says, and the end of the file ends
//! everything.

use std::ops::Range;

/// A kind of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Blanks and newlines.
    Whitespace,
    /// `/* ... */`, or `/* ...` up to the end of the file.
    Comment,
    /// A string that is closed, or ended by the end of the file; the inside is in [`Token::inner`].
    String,
    /// `url(...)` without quotes; the address is in [`Token::inner`].
    Url,
    /// `name(`; the name is in [`Token::inner`].
    Function,
    /// `@name`; the name is in [`Token::inner`].
    AtKeyword,
    /// `(`, `[` or `{`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close(u8),
    /// `;`
    Semicolon,
    /// Everything else: names, numbers, hashes, delimiters, strings and addresses that are broken.
    Other,
}

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The whole token.
    pub(super) span: Range<usize>,
    /// What it says, without quotes, parentheses and the `@`; escapes as they are written.
    pub(super) inner: Range<usize>,
}

/// The tokens of a stylesheet.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    css: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(css: &'a str) -> Self {
        Self { css: css.as_bytes(), at: 0 }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.css.get(self.at + ahead).copied()
    }

    /// Goes on while the byte is one of those.
    fn skip(&mut self, which: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&which) {
            self.at += 1;
        }
    }

    /// Section 4.3.8: a backslash that is not before a newline begins an escape.
    fn is_escape(&self, ahead: usize) -> bool {
        self.peek(ahead) == Some(b'\\') && self.peek(ahead + 1).is_some_and(|byte| !is_newline(byte))
    }

    /// Section 4.3.9: whether a name begins here.
    fn is_name_start(&self, ahead: usize) -> bool {
        match self.peek(ahead) {
            Some(b'-') => {
                self.peek(ahead + 1).is_some_and(|byte| byte == b'-' || is_name_start(byte))
                    || self.is_escape(ahead + 1)
            }
            Some(byte) => is_name_start(byte) || self.is_escape(ahead),
            None => false,
        }
    }

    /// Section 4.3.10: whether a number begins here.
    fn is_number_start(&self) -> bool {
        let digit = |ahead| self.peek(ahead).is_some_and(|byte: u8| byte.is_ascii_digit());
        match self.peek(0) {
            Some(b'+' | b'-') => digit(1) || (self.peek(1) == Some(b'.') && digit(2)),
            Some(b'.') => digit(1),
            _ => digit(0),
        }
    }

    /// Section 4.3.7: up to six hex digits and one newline or blank, or any one character.
    fn escape(&mut self) {
        self.at += 1;
        let start = self.at;
        while self.at < start + 6 && self.peek(0).is_some_and(|byte| byte.is_ascii_hexdigit()) {
            self.at += 1;
        }
        if self.at > start {
            if self.peek(0) == Some(b'\r') && self.peek(1) == Some(b'\n') {
                self.at += 1;
            }
            if self.peek(0).is_some_and(is_whitespace) {
                self.at += 1;
            }
        } else if self.at < self.css.len() {
            // The rest of a character of several bytes is part of what goes on anyway.
            self.at += 1;
        }
    }

    /// Section 4.3.11.
    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        loop {
            if self.peek(0).is_some_and(is_name) {
                self.at += 1;
            } else if self.is_escape(0) {
                self.escape();
            } else {
                return start..self.at;
            }
        }
    }

    /// Section 4.3.5. A newline breaks a string; it then ends before the newline and is no reference.
    fn string(&mut self, quote: u8) -> (Kind, Range<usize>) {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek(0) {
                None => return (Kind::String, start..self.at),
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return (Kind::String, start..self.at - 1);
                }
                Some(byte) if is_newline(byte) => return (Kind::Other, start..self.at),
                Some(b'\\') => match (self.peek(1), self.peek(2)) {
                    (None, _) => self.at += 1,
                    (Some(b'\r'), Some(b'\n')) => self.at += 3,
                    (Some(byte), _) if is_newline(byte) => self.at += 2,
                    _ => self.escape(),
                },
                Some(_) => self.at += 1,
            }
        }
    }

    /// Section 4.3.6, behind `url(` and blanks.
    fn url(&mut self) -> (Kind, Range<usize>) {
        let start = self.at;
        loop {
            match self.peek(0) {
                None => return (Kind::Url, start..self.at),
                Some(b')') => {
                    self.at += 1;
                    return (Kind::Url, start..self.at - 1);
                }
                Some(byte) if is_whitespace(byte) => {
                    let end = self.at;
                    self.skip(is_whitespace);
                    return match self.peek(0) {
                        None => (Kind::Url, start..end),
                        Some(b')') => {
                            self.at += 1;
                            (Kind::Url, start..end)
                        }
                        Some(_) => self.bad_url(start),
                    };
                }
                Some(b'\\') if self.is_escape(0) => self.escape(),
                Some(b'\\' | b'"' | b'\'' | b'(' | 0..=8 | 11 | 14..=31 | 127) => return self.bad_url(start),
                Some(_) => self.at += 1,
            }
        }
    }

    /// Section 4.3.14: up to the parenthesis that closes it.
    fn bad_url(&mut self, start: usize) -> (Kind, Range<usize>) {
        while let Some(byte) = self.peek(0) {
            if self.is_escape(0) {
                self.escape();
                continue;
            }
            self.at += 1;
            if byte == b')' {
                break;
            }
        }
        (Kind::Other, start..self.at)
    }

    /// Section 4.3.4: a name, or what a name followed by a parenthesis begins.
    fn name_like(&mut self) -> (Kind, Range<usize>) {
        let name = self.name();
        if self.peek(0) != Some(b'(') {
            return (Kind::Other, name);
        }
        self.at += 1;
        let text = str::from_utf8(&self.css[name.clone()]).unwrap_or_default();
        if !super::unescape(text).eq_ignore_ascii_case("url") {
            return (Kind::Function, name);
        }
        let behind = self.at;
        self.skip(is_whitespace);
        if matches!(self.peek(0), Some(b'"' | b'\'')) {
            self.at = behind;
            return (Kind::Function, name);
        }
        self.url()
    }

    fn number(&mut self) {
        self.at += 1;
        self.skip(|byte| byte.is_ascii_digit() || byte == b'.');
        let exponent = match self.peek(1) {
            Some(b'+' | b'-') => self.peek(2),
            digit => digit,
        };
        if matches!(self.peek(0), Some(b'e' | b'E')) && exponent.is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 2;
            self.skip(|byte| byte.is_ascii_digit());
        }
        if self.is_name_start(0) {
            self.name();
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    /// Section 4.3.1.
    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let first = self.peek(0)?;
        let (kind, inner) = match first {
            byte if is_whitespace(byte) => {
                self.skip(is_whitespace);
                (Kind::Whitespace, start..self.at)
            }
            b'/' if self.peek(1) == Some(b'*') => {
                let rest = &self.css[start + 2..];
                let end = rest.windows(2).position(|pair| pair == b"*/");
                self.at = end.map_or(self.css.len(), |end| start + 2 + end + 2);
                (Kind::Comment, start + 2..end.map_or(self.at, |end| start + 2 + end))
            }
            b'"' | b'\'' => self.string(first),
            b'@' if self.is_name_start(1) => {
                self.at += 1;
                (Kind::AtKeyword, self.name())
            }
            b'#' => {
                self.at += 1;
                (Kind::Other, self.name())
            }
            b'(' | b'[' | b'{' => {
                self.at += 1;
                (Kind::Open(first), start..self.at)
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                (Kind::Close(first), start..self.at)
            }
            b';' => {
                self.at += 1;
                (Kind::Semicolon, start..self.at)
            }
            _ if self.is_number_start() => {
                self.number();
                (Kind::Other, start..self.at)
            }
            _ if self.is_name_start(0) => self.name_like(),
            _ => {
                self.at += 1;
                (Kind::Other, start..self.at)
            }
        };
        Some(Token { kind, span: start..self.at, inner })
    }
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\x0c')
}

fn is_whitespace(byte: u8) -> bool {
    is_newline(byte) || matches!(byte, b' ' | b'\t')
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

fn is_name(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'-'
}
