//! Names of static files in the text of a template.
//!
//! A tokenizer for what stands between the delimiters of Jinja and its relatives, no parser: which names are asked
//! for can be seen from a few tokens. Broken text has fewer names; the engine is there to complain about it.

/// Functions and filters that take the name of a static file, ours and Django's.
const OF_FILES: [&str; 11] = [
    "static_url",
    "static",
    "integrity",
    "stylesheet",
    "script",
    "module",
    "preload",
    "modulepreload",
    "modulepreloads",
    "icon",
    "image",
];
/// Those that take the key of an entry.
const OF_ENTRIES: [&str; 2] = ["entry_tags", "vite_tags"];

/// A name that a template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// Where it stands, in bytes, behind the quote.
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) is_entry: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Text { at: usize, value: String },
    Mark(u8),
}

/// Every name that the text asks for, in the order in which they stand there.
pub(super) fn asked(text: &str) -> Vec<Asked> {
    let mut asked = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|found| at + found) {
        let behind = open + 2;
        at = match text.as_bytes().get(open + 1) {
            Some(b'#') => text[behind..].find("#}").map_or(text.len(), |end| behind + end + 2),
            Some(b'{') => {
                let (tokens, end) = tokens(text, behind, "}}");
                names(&tokens, &mut asked);
                end
            }
            Some(b'%') => {
                let (tokens, end) = tokens(text, behind, "%}");
                match tokens.as_slice() {
                    // Up to the end of the block nothing means anything.
                    [Token::Word(word @ ("raw" | "verbatim" | "comment")), ..] => block_end(text, end, word),
                    tokens => {
                        if let [Token::Word("static"), name @ Token::Text { .. }, ..] = tokens {
                            push(name, false, &mut asked);
                        }
                        names(tokens, &mut asked);
                        end
                    }
                }
            }
            _ => open + 1,
        };
    }
    asked
}

/// `f("x")`, `f("x", ...)` and `"x"|f`, where the text is the whole argument.
fn names(tokens: &[Token<'_>], asked: &mut Vec<Asked>) {
    let is_alone_behind = |next: Option<&Token<'_>>| matches!(next, Some(Token::Mark(b')' | b',')));
    let is_alone_before =
        |before: Option<&Token<'_>>| !matches!(before, Some(Token::Mark(b'~' | b'+' | b'%' | b'*')));
    for (at, token) in tokens.iter().enumerate() {
        if !matches!(token, Token::Text { .. }) {
            continue;
        }
        let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
        let called = match (before(2), before(1)) {
            (Some(Token::Word(function)), Some(Token::Mark(b'('))) if is_alone_behind(tokens.get(at + 1)) => {
                kind(function)
            }
            _ => None,
        };
        let filtered = match (tokens.get(at + 1), tokens.get(at + 2)) {
            (Some(Token::Mark(b'|')), Some(Token::Word(filter))) if is_alone_before(before(1)) => {
                kind(filter)
            }
            _ => None,
        };
        if let Some(is_entry) = called.or(filtered) {
            push(token, is_entry, asked);
        }
    }
}

fn push(token: &Token<'_>, is_entry: bool, asked: &mut Vec<Asked>) {
    if let Token::Text { at, value } = token {
        asked.push(Asked { at: *at, name: value.clone(), is_entry });
    }
}

/// Whether a function is for entries; `None` if it is none of ours.
fn kind(function: &str) -> Option<bool> {
    if OF_ENTRIES.contains(&function) {
        return Some(true);
    }
    OF_FILES.contains(&function).then_some(false)
}

/// The tokens up to a delimiter, and where the text goes on behind it. Delimiters inside of texts are none.
fn tokens<'a>(text: &'a str, from: usize, delimiter: &str) -> (Vec<Token<'a>>, usize) {
    let mut tokens = Vec::new();
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        if text[at..].starts_with(delimiter) {
            return (tokens, at + delimiter.len());
        }
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                let (value, end) = literal(text, at + 1, quote);
                tokens.push(Token::Text { at: at + 1, value });
                at = end;
            }
            byte if is_word(byte) => {
                let end =
                    bytes[at..].iter().position(|&byte| !is_word(byte)).map_or(bytes.len(), |end| at + end);
                tokens.push(Token::Word(&text[at..end]));
                at = end;
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            // Whitespace control: `{%- static "x" -%}`.
            b'-' if tokens.is_empty() || text[at + 1..].starts_with(delimiter) => at += 1,
            byte => {
                tokens.push(Token::Mark(byte));
                at += text[at..].chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    (tokens, at)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A text up to its quote, with escapes read.
fn literal(text: &str, from: usize, quote: u8) -> (String, usize) {
    let mut value = String::new();
    let mut letters = text[from..].char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, escaped)) => value.push(escaped),
                None => break,
            },
            letter if letter == char::from(quote) => return (value, from + at + 1),
            letter => value.push(letter),
        }
    }
    (value, text.len())
}

/// Behind `{% endraw %}` and its like, however it is spaced.
fn block_end(text: &str, from: usize, word: &str) -> usize {
    let mut at = from;
    while let Some(open) = text[at..].find("{%").map(|found| at + found) {
        let (tokens, end) = tokens(text, open + 2, "%}");
        if matches!(tokens.first(), Some(Token::Word(first)) if first.strip_prefix("end") == Some(word)) {
            return end;
        }
        at = open + 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::asked;

    fn names(text: &str) -> Vec<String> {
        let mark = |is_entry| if is_entry { "entry " } else { "" };
        asked(text).into_iter().map(|asked| format!("{}{}", mark(asked.is_entry), asked.name)).collect()
    }

    #[test]
    fn every_form_is_found() {
        for (text, expected) in [
            (r#"{{ static_url("a.css") }}"#, "a.css"),
            (r"{{static_url('a.css')}}", "a.css"),
            (r#"{{ stylesheet("a.css", media="print") }}"#, "a.css"),
            (r#"{{ assets.script("a.js")?.nonce(n) }}"#, "a.js"),
            (r#"{{ self.assets.module( "a.js" )? }}"#, "a.js"),
            (r#"{{ "a.css"|static_url }}"#, "a.css"),
            (r#"{{ "a.css" | stylesheet | safe }}"#, "a.css"),
            (r#"{% static "a.css" %}"#, "a.css"),
            (r"{%- static 'a.css' as url -%}", "a.css"),
            (r#"{% set url = static_url("a.css") %}"#, "a.css"),
            (r#"{% if x %}{{ image("a }} b.png", "alt") }}{% endif %}"#, "a }} b.png"),
            (r#"{{ vite_tags("src/main.ts") }}"#, "entry src/main.ts"),
            (r#"{{ static_url("a\"b.css") }}"#, "a\"b.css"),
            (r#"{{ static_url("größe.css") }}"#, "größe.css"),
            (r#"{{ "é" }}ü{{ {"k": static_url("a.css")} }}"#, "a.css"),
        ] {
            assert_eq!(names(text), [expected], "{text}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            r#"static_url("a.css")"#,
            r#"{# {{ static_url("a.css") }} #}"#,
            r#"{% raw %}{{ static_url("a.css") }}{% endraw %}"#,
            r#"{%- verbatim -%}{{ static_url("a.css") }}{%- endverbatim -%}"#,
            r#"{{ static_url("img/" ~ name) }}"#,
            r#"{{ static_url("img/" + name) }}"#,
            r#"{{ static_url(name ~ ".css") }}"#,
            r#"{{ (dir ~ "/a.css")|static_url }}"#,
            r#"{{ dir ~ "/a.css"|static_url }}"#,
            r#"{{ other("a.css") }}"#,
            r#"{{ "static_url('a.css')" }}"#,
            r#"{ static_url("a.css") }"#,
            r#"{{ static_url("a.css"#,
            "{{ static_url(",
            "{",
            "{%",
        ] {
            assert!(names(text).is_empty(), "{text}: {:?}", names(text));
        }
    }

    #[test]
    fn what_follows_a_raw_block_counts_again() {
        let text = "{% raw %}{{ static_url('a') }}{% end %}{%  endraw %}\n{{ static_url('b') }}";
        assert_eq!(names(text), ["b"]);
        let at = asked(text)[0].at;
        assert_eq!(&text[at..=at], "b");
    }
}
