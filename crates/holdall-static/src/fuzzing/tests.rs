//! The bodies of the fuzz targets, run over generated texts on every test run: bytes of any kind, and texts put
//! together from what matters to a language, which get much further.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{css, html, javascript, manifest, svg, web_manifest};

/// A name of a language, and its body.
type Target = (&'static str, fn(&[u8]), &'static [&'static str]);

const TARGETS: [Target; 6] = [
    ("css", css, &CSS),
    ("javascript", javascript, &JAVASCRIPT),
    ("html", html, &HTML),
    ("svg", svg, &SVG),
    ("web manifest", web_manifest, &JSON),
    ("manifest", manifest, &MANIFEST),
];

const CSS: [&str; 42] = [
    "url(",
    "url( ",
    "URL(",
    "src(",
    "image-set(",
    "-webkit-image-set(",
    "@import ",
    "@namespace ",
    "@charset ",
    "x.png",
    "'",
    "\"",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ";",
    ",",
    ":",
    " ",
    "\n",
    "\r\n",
    "\x0c",
    "\\",
    "\\75 ",
    "\\0",
    "/*",
    "*/",
    "# sourceMappingURL=",
    "a",
    "-",
    "--b",
    "#",
    "@",
    "é",
    "\u{feff}",
    "\0",
    "1e3",
    "<!--",
    "u\\72l(",
];
const JAVASCRIPT: [&str; 58] = [
    "import",
    "export",
    " from ",
    "import(",
    "import.meta",
    ".url",
    ".resolve(",
    "new URL(",
    "new ",
    "URL",
    "importScripts(",
    "'x'",
    "\"./x.js\"",
    "`x`",
    "'",
    "\"",
    "`",
    "${",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    ".",
    "*",
    " as ",
    "=",
    "=>",
    "/",
    "//",
    "/*",
    "*/",
    "# sourceMappingURL=x",
    "\n",
    "\r",
    "\u{2028}",
    " ",
    "\\",
    "\\u{",
    "\\u0078",
    "a",
    "if",
    "for",
    " await ",
    "function ",
    "class ",
    "return ",
    "default ",
    "#!",
    "<!--",
    "-->",
    "+",
    "++",
    "1",
    "é",
];
const HTML: [&str; 50] = [
    "<img ",
    "<script>",
    "<script type=module>",
    "<script type=importmap>",
    "</script>",
    "<style>",
    "</style",
    ">",
    "<link ",
    "rel=icon ",
    "href=",
    "src=",
    "srcset=",
    "style=",
    "<base ",
    "<svg>",
    "<use ",
    "xlink:href=",
    "'",
    "\"",
    "x",
    "x.png",
    " 2x, ",
    ",",
    " ",
    "\n",
    "\r\n",
    "\0",
    "&amp;",
    "&",
    "&#",
    "&#120;",
    "&quot;",
    "&notin",
    ";",
    "=",
    "/",
    "<",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "url(",
    ")",
    "import './x.js'",
    "{\"imports\":{\"a\":\"./b\"}}",
    "<title>",
    "</title>",
    "{{",
    "é",
];
const SVG: [&str; 40] = [
    "<svg>",
    "</svg>",
    "<image ",
    "<use ",
    "<style>",
    "</style>",
    "href=",
    "xlink:href=",
    "fill=",
    "style=",
    "'",
    "\"",
    "/>",
    ">",
    "<",
    "x",
    "x.png",
    "url(",
    ")",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&",
    ";",
    "&#120;",
    "&lt;",
    "&x;",
    "<!--",
    "-->",
    "<?xml-stylesheet ",
    "?>",
    "<!DOCTYPE x [",
    "<!ENTITY x 'y'>",
    "]>",
    " ",
    "\n",
    "\r",
    "=",
    "é",
    "\0",
];
const JSON: [&str; 26] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"icons\":[{\"src\":\"x.png\"}]",
    "\"icons\"",
    "\"src\"",
    "\"shortcuts\"",
    "\"x\"",
    "\"",
    "\\",
    "\\u0041",
    "\\ud83d\\ude00",
    "\\/",
    "1",
    "null",
    " ",
    "\n",
    "é",
    "\u{feff}",
    "{\"icons\":[{\"src\":\"",
    "\"}]}",
    "{\"icons\":",
    "[{\"src\":\"b\\\"c\"}]",
];
const MANIFEST: [&str; 20] = [
    "{\"paths\": {\"a.css\": \"a.1.css\"}, \"version\": \"1.0\"",
    "}",
    "{",
    "\"paths\"",
    "\"version\"",
    "\"1.1\"",
    ": ",
    ", ",
    "\"holdall\": {\"files\": {",
    "\"a.css\"",
    "{\"size\": 1, \"content_type\": \"\", \"integrity\": \"\"}",
    "\"import_map\": ",
    "{\"pins\": {\"a\": \"a.css\"}}",
    "\"imports\": [\"a.css\"]",
    "\"hash\"",
    "\"",
    "1",
    "null",
    "[",
    "]",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (_, target, _) in TARGETS {
            target(&bytes);
        }
    }

    #[test]
    fn what_matters_to_a_language(which in 0..TARGETS.len(), picks in prop::collection::vec(any::<prop::sample::Index>(), 0..24)) {
        let (_, target, words) = TARGETS[which];
        let text: String = picks.iter().map(|pick| words[pick.index(words.len())]).collect();
        target(text.as_bytes());
    }
}

/// Texts that are nothing but one thing many times over: what recurses ends the stack, and what looks at the rest again
/// and again does not end.
#[test]
fn a_hundred_thousand_times_the_same() {
    let mut deep = String::new();
    for (name, target, words) in TARGETS {
        for word in words {
            deep.clear();
            (0..100_000).for_each(|_| deep.push_str(word));
            println!("{name}: {word:?}");
            target(deep.as_bytes());
        }
    }
    for pair in [
        "`${",
        "import a,",
        "import{a,",
        "import*",
        "import /",
        "export{import a,",
        "<a b=1 ",
        "\\u{1",
        "new URL('",
        "importScripts('a',",
    ] {
        deep.clear();
        (0..100_000).for_each(|_| _ = write!(deep, "{pair}"));
        println!("{pair:?}");
        for (_, target, _) in TARGETS {
            target(deep.as_bytes());
        }
    }
}
