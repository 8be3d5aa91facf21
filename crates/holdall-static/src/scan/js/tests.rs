//! What is a reference in JavaScript, and what only looks like one.

use super::references;
use crate::scan::ReferenceKind::{self, DynamicImport, ModuleResolve, ModuleUrl, SourceMap, StaticImport};

fn found(js: &str) -> Vec<(ReferenceKind, String)> {
    references(js, true).into_iter().map(|found| (found.kind, found.target.into_owned())).collect()
}

fn x(kind: ReferenceKind) -> Vec<(ReferenceKind, String)> {
    vec![(kind, "x".to_owned())]
}

#[test]
fn imports_and_exports() {
    for js in [
        "import 'x'",
        "import\"x\";",
        "import a from 'x'",
        "import * as a from 'x'",
        "import{a}from'x'",
        "import a, {b as c, default as d, 'e f' as g} from \"x\" with { type: 'json' }",
        "import a, * as b from 'x'",
        "import from from 'x'",
        "import {from} from 'x'",
        "import defer * as a from 'x'",
        "import source a from 'x'",
        "import /* 'no' */ a // 'no'\n from 'x'",
        "export * from 'x'",
        "export * as a from 'x'",
        "export * as 'a' from 'x'",
        "export {a, b as c} from 'x'",
        "export {} from 'x'",
        "if(a){}\nimport 'x'",
        "import '\\x78'",
        "import '\\u{78}'",
        "import '\\u0078'",
        "#!/usr/bin/env node\nimport 'x'",
        "\u{feff}import 'x'",
        "<!-- don't `\nimport 'x'",
        "a\n --> don't `\nimport 'x'",
        "import /*# sourceMappingURL= */ 'x'",
        "import a from 'x'\nfrom / /'/ / 2",
        "import a from 'x' with { type: 'json' }\n/'/",
        "export * as 'a' from 'x'\n/'/",
        "export {}; export {a} from 'x'\n/'/",
        "import '\\\r\nx'",
        "import '\\\u{2028}x'",
        "\u{feff}#!/usr/bin/env '\nimport 'x'",
    ] {
        assert_eq!(found(js), x(StaticImport), "{js}");
    }
}

#[test]
fn dynamic_imports() {
    for js in [
        "import('x')",
        "import(`x`)",
        "await import( /* webpackChunkName: 'a' */ 'x' )",
        "import('x', { with: { type: 'json' } })",
        "a = b ? import('x') : 0",
        "`${import('x')}`",
        "import.defer('x')",
    ] {
        assert_eq!(found(js), x(DynamicImport), "{js}");
    }
}

#[test]
fn addresses_relative_to_the_module() {
    for js in [
        "new URL('x', import.meta.url)",
        "new Worker(new URL(\"x\",import.meta.url),{type:'module'})",
        "new URL(`x`, import.meta.url,)",
    ] {
        assert_eq!(found(js), x(ModuleUrl), "{js}");
    }
    assert_eq!(found("import.meta.resolve('x')"), x(ModuleResolve));
}

#[test]
fn what_only_looks_like_a_reference() {
    for js in [
        "// import 'x'",
        "/* import 'x' */",
        "'import \"x\"'",
        "`import 'x'`",
        "`${'a'} import 'x' ${`import 'x'`}`",
        "/import 'x'/",
        "a = /[/'\"]import 'x'/g",
        "a.import('x')",
        "a?.import('x')",
        "a.#import('x')",
        "import(a)",
        "import('x' + a)",
        "import(`x${a}`)",
        "import.meta.url",
        "export { a }; 'x'",
        "export default 'x'",
        "export const a = 'x'",
        "export default from; 'x'",
        "new URL('x', a)",
        "new URL('x', import.meta.url + a)",
        "URL('x', import.meta.url)",
        "new a.URL('x', import.meta.url)",
        "({ import: 'x' })",
        "important('x')",
        "$import('x')",
        "require('x')",
        "new Worker('x')",
        "a.importScripts('x')",
        "importScripts(a, 'x')",
        "importScripts('x' + a)",
        "'unclosed import",
        "/* import 'x'",
        "`import 'x'",
        "",
    ] {
        assert_eq!(found(js), [], "{js}");
    }
}

#[test]
fn a_slash_divides_or_begins_a_regular_expression() {
    // Each would hide or show the wrong thing if the slash were taken for the other.
    for js in [
        "a / b; import('x'); c / d",
        "a++ / b; import('x') / c",
        "(a) / b; import('x'); c / d",
        "a[0] / b; import('x'); c / d",
        "1 / b; import('x'); c / d",
        ".5 / b; import('x'); c / d",
        "1. / b; import('x'); c / d",
        "`a` / b; import('x'); c / d",
        "'a' / b; import('x'); c / d",
        "a = {} / b; import('x'); c / d",
        "a = function () {} / b; import('x'); c / d",
        "a = class {} / b; import('x'); c / d",
        "f(function () {} / b); import('x'); c / d",
        "a.return / b; import('x'); c / d",
        "a.if(b) / c; import('x'); d / e",
        "this / b; import('x'); c / d",
        "/'/.test(a); import('x')",
        "if (a) /'/.test(b); import('x')",
        "while (a) /'/.test(b); import('x')",
        "for (a of b) /'/.test(c); import('x')",
        "for await (a of b) /'/.test(c); import('x')",
        "await (a) / b; import('x'); c / d",
        "return /'/; import('x')",
        "a = /'/; import('x')",
        "a(/'/); import('x')",
        "a ? /'/ : /\"/; import('x')",
        "{} /'/.test(a); import('x')",
        "function a() {} /'/.test(b); import('x')",
        "class a {} /'/.test(b); import('x')",
        "a = 1\nfunction b() {} /'/.test(c); import('x')",
        "export * from a\nclass b {} /'/.test(c); import('x')",
        "if (a) {} /'/.test(b); import('x')",
        "x = () => {}\n/'/.test(b); import('x')",
        "case 1: /'/; import('x')",
        "`${/'/}`; import('x')",
        "typeof /'/; import('x')",
        "a = /[/]'/; import('x')",
        "a = /\\/'/; import('x')",
        "a => /'/; import('x')",
        "!/'/.test(a); import('x')",
        "x = { a: /'/, b() { return 1 / 2 } }; import('x')",
        "switch (a) { default: { b } /'/.test(c) } import('x')",
        "export default function () {} /'/.test(a); import('x')",
        "async function a() {} /'/.test(b); import('x')",
        "a = async function () {} / b; import('x'); c / d",
        // Behind a colon of a `switch`.
        "switch (a) { default: function b() {} /'/.test(c) } import('x')",
        "switch (a) { case 1: class b {} /'/.test(c) } import('x')",
        "switch (a) { case b ? c : {} / d: import('x'); e / f }",
        "a: function b() {} /'/.test(c); import('x')",
        "a ? b : {} / c; import('x'); d / e",
        // Names in many places.
        "let of=8; x=of/2; import('x'); y=x/2",
        "for (of of of) /'/; import('x')",
        "for (var of of of / 2) import('x'); a / b",
        "for (let of = 1; of < of / 2;) import('x'); a / b",
        "for (async of => {}; ;) /'/; import('x')",
        "yield / 2; import('x'); a / b",
        "function* a() { yield /'/ } import('x')",
        "function* a() { yield\n/'/ } import('x')",
        "function* a() { (() => yield / 2); import('x'); a / b }",
        "await / 2; import('x'); a / b",
        "export {}; await /'/; import('x')",
        "await /'/; import('x'); export {}",
        "async () => await /'/; import('x')",
        "async function a() { () => await / 2; import('x'); a / b }",
        "async function a() { function b() { await / 2; import('x'); a / b } }",
        "class a { b = await / 2; c = import('x') / 2 }",
        "async / 2; import('x'); a / b",
        "let / 2; import('x'); a / b",
        "get / set / static / 2; import('x'); a / b",
        "\\u{61}wait / 2; import('x'); a / b",
        "async () => { \\u0061sync / 2; import('x'); a / b }",
        "class of extends {} {} /'/; import('x')",
        "class a { static { b / c; import('x') / d } }",
        "class a { b = () => {}\n*c() { yield /'/ } } import('x')",
        "a = { async *of() { yield /'/; await /'/ } } / 2; import('x'); a / b",
        "a = { get if() {}, set else(b) {} } / 2; import('x'); a / b",
        "a\n++/'/.b; import('x')",
        "var a\n/'/.test(b); import('x')",
        "do a; while (b) /'/.test(c); import('x')",
        "return\n{} /'/; import('x')",
        "a?.5:b / c; import('x'); d / e",
        "a ?? b / c; import('x'); d / e",
        "a?.if / b; import('x'); d / e",
        "a.#if / b; import('x'); d / e",
        "1.e3 / b; import('x'); c / d",
        "1_0n / b; import('x'); c / d",
        "a = /[[']--[b]]/v; import('x')",
        "export {}; import.meta / 2; import('x'); a / b",
        "@a.b('/') class c { @d /'/ } import('x')",
    ] {
        assert_eq!(found(js), x(DynamicImport), "{js}");
    }
}

#[test]
fn white_space_and_the_ends_of_lines_are_those_of_ecmascript() {
    for blank in "\t\u{b}\u{c} \u{a0}\u{1680}\u{2000}\u{2005}\u{200a}\u{202f}\u{205f}\u{3000}\u{feff}\n\r\u{2028}\u{2029}".chars() {
        let js = format!("import{blank}a{blank}from{blank}'x'");
        assert_eq!(found(&js), x(StaticImport), "{blank:?}");
    }
    for end in ["\n", "\r", "\r\n", "\u{2028}", "\u{2029}"] {
        // A comment ends with the line, a string goes on in the next one.
        assert_eq!(found(&format!("// '{end}import('x')")), x(DynamicImport), "{end:?}");
        assert_eq!(found(&format!("a = '\\{end}\"'; import('x')")), x(DynamicImport), "{end:?}");
        assert_eq!(found(&format!("a{end}--> '\nimport('x')")), x(DynamicImport), "{end:?}");
    }
    // No ends of lines in a string, and none in a word.
    assert_eq!(found("a = '\u{2028}\"'; import('x')"), x(DynamicImport));
    assert_eq!(found("a = `\\\r\n\"`; import('x')"), x(DynamicImport));
    assert_eq!(found("a\u{85} = import('x')"), x(DynamicImport));
}

/// What a text is: a script, if it can be one, unless it has what only a module has.
#[test]
fn comments_of_scripts_are_none_in_a_module() {
    assert_eq!(found("a <!--b; import('x')"), []);
    assert_eq!(found("a\n-->b; import('x')"), []);
    assert_eq!(found("a <!--b; import('x')\nexport {}"), x(DynamicImport));
    assert_eq!(found("export {}; a\n-->b; import('x')"), x(DynamicImport));
    // Declarations that are hidden in a string, a comment or an escape when they are read as a script.
    for js in [
        "await /'/; import('x'); export {}",
        "await /`/; import('x'); export {}",
        "await /\\//; import('x'); export {}",
        "await /`/? 1 : `/*`; import('x'); export {}",
    ] {
        assert_eq!(found(js), x(DynamicImport), "{js}");
    }
    assert_eq!(found("import.meta; a <!--b; import('x')"), x(DynamicImport));
}

#[test]
fn templates_nest() {
    assert_eq!(found("`a${`b${import('x')}c${{}}d`}e`;`${'`'}`"), x(DynamicImport));
    assert_eq!(found("`${{a:`}`}}` / 2; import('x'); b / c"), x(DynamicImport));
}

#[test]
fn the_source_map() {
    assert_eq!(found("a;\n//# sourceMappingURL=x"), x(SourceMap));
    assert_eq!(found("//@ sourceMappingURL=x  \n"), x(SourceMap));
    assert_eq!(found("/*# sourceMappingURL=x */"), x(SourceMap));
    assert_eq!(found("'//# sourceMappingURL=x'"), []);
    assert_eq!(found("`\n//# sourceMappingURL=x`"), []);
    assert_eq!(found("a = '//# sourceMappingURL=' + b"), []);
}

#[test]
fn many_in_the_order_in_which_they_stand() {
    let js =
        "import a from './a.js';import(\"./b.js\");export*from'./c.js';new URL('d.wasm',import.meta.url)";
    let targets: Vec<String> = found(js).into_iter().map(|(_, target)| target).collect();
    assert_eq!(targets, ["./a.js", "./b.js", "./c.js", "d.wasm"]);
}

#[test]
fn scripts_of_a_classic_worker() {
    let targets: Vec<String> = references("importScripts('a.js', `b.js`)", true)
        .iter()
        .map(|found| found.target.to_string())
        .collect();
    assert_eq!(targets, ["a.js", "b.js"]);
    assert_eq!(references("importScripts('a.js')", false), []);
}

#[test]
fn a_comment_in_a_clause_keeps_its_place() {
    let js = "import a /*# sourceMappingURL=x.map */ from './a.js'";
    let found: Vec<_> =
        crate::scan::Language::JavaScript { modules: true, import_scripts: false }.references(js);
    assert_eq!(found.iter().map(|found| found.target.as_ref()).collect::<Vec<_>>(), ["x.map", "./a.js"]);
    assert_eq!(
        crate::scan::rewrite(js, &found, |_| Some("y")),
        "import a /*# sourceMappingURL=y */ from 'y'"
    );
}
