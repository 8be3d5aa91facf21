//! What is a reference in a page, and what only looks like one.

use super::{Reference, character_reference, references};
use crate::scan::rewrite;

/// Targets and how they are written.
fn found(html: &str) -> Vec<(String, &str)> {
    references(html).into_iter().map(|found| (found.target.into_owned(), &html[found.span])).collect()
}

fn says<'a>(targets: &[&'a str]) -> Vec<(String, &'a str)> {
    targets.iter().map(|&target| (target.to_owned(), target)).collect()
}

#[test]
fn what_a_page_loads() {
    for html in [
        "<img src=x>",
        "<img src='x'>",
        "<IMG ALT=é SRC = \"x\" >",
        "<img\nalt='>'\r\nsrc=\" x\n\"/>",
        "<img src=x src=y>",
        "<video poster=x></video>",
        "<object data=x></object>",
        "<iframe src=x>",
        "<input type=IMAGE src=x>",
        "<td background=x>",
        "<link rel='alternate StyleSheet' href=x>",
        "<link href=x rel=icon>",
        "<link rel=preload imagesrcset='x 2x'>",
        "<img srcset='x'>",
        "<p style='background:url(x)'>",
        "<p style=background:url(x)>",
        "<p style=\"background:url(&quot;x&#34;)\">",
        "<style>a{b:url(x)}</style>",
        "<style>a{b:url(x)}</STYLE >",
        "<style type=''>a{b:url(x)}</style>",
        "<style type='Text/CSS'>a{b:url(x)}</style>",
        "<style><!-- a{b:url('x')} --></style>",
        "<svg><use xlink:href=x /><a href='y'/></svg>",
        "<script type=module>import 'x'</script>",
        "<script>import('x')</script>",
        "<script type='text/JavaScript'>if (a<b) import(`x`)</script>",
        "<script src=x>import 'y'</script>",
        "<!doctype html><title><img src=y></title><textarea><img src=y></textarea><img src=x>",
        "<!-- <img src=y> --><img src=x>",
        "<script>'<img src=y>'</script><img src=x>",
        "</p src=y><img src=x>",
        "<noscript><img src=x></noscript>",
        "<template><img src=x></template>",
    ] {
        assert_eq!(found(html), says(&["x"]), "{html}");
    }
    let map = "<script type=importmap>{\"imports\":{\"a\":\"./x\"}}</script>";
    assert_eq!(found(map), says(&["./x"]));
    assert_eq!(found("<img src=a srcset='b, c 2x'><p style='d:url(e)'>"), says(&["a", "b", "c", "e"]));
}

#[test]
fn what_a_person_follows_or_nobody_loads() {
    for html in [
        "<a href=x>x</a>",
        "<link rel=canonical href=x>",
        "<link href=x>",
        "<form action=x>",
        "<meta property='og:image' content=x>",
        "<input src=x>",
        "<img data-src=x alt='src=x'>",
        "<img src>",
        "<img src=''>",
        "<img src={{x}}><img src='{% static \"x\" %}'><img src='<%= x %>'>",
        "<script type=text/template><img src=x></script>",
        "<script type=application/json>{\"src\":\"x\"}</script>",
        "<style>/* url(x) */</style>",
        "<style type='text/tailwindcss'>a{b:url(x)}</style>",
        "<style type=' text/css'>a{b:url(x)}</style>",
        "<img src=x",
        "<style>a{b:url(x)}",
        "<img src='x",
        "",
    ] {
        assert_eq!(found(html), [], "{html}");
    }
}

#[test]
fn character_references_are_read_and_written() {
    for (written, says) in [
        ("a&amp;b", "a&b"),
        ("a&ampb", "a&ampb"),
        ("a&amp", "a&"),
        ("a?b&copy=c", "a?b&copy=c"),
        ("a?b&copy;c", "a?b©c"),
        ("a&#98;c&#x64;e&#x46", "abcdeF"),
        ("a&b", "a&b"),
        ("a&;b&#;c&#x;d", "a&;b&#;c&#x;d"),
        ("&notin;&notit;", "∉&notit;"),
        ("&nGg;a", "⋙̸a"),
        ("a&&amp;&", "a&&&"),
    ] {
        let html = format!("<img alt=1 src=\"{written}\" alt=2>");
        assert_eq!(found(&html), [(says.to_owned(), written)], "{html}");
        let new = rewrite(&html, &references(&html), |_| Some("d&a\"m;p.png"));
        assert_eq!(new, "<img alt=1 src=\"d&amp;a&quot;m;p.png\" alt=2>");
        assert_eq!(found(&new)[0].0, "d&a\"m;p.png");
    }
    assert_eq!(character_reference("&amp;x"), (Some("&".to_owned()), 5));
    for quote in ["", "'"] {
        let html = format!("<p style={quote}a:url(x){quote}>");
        let new = rewrite(&html, &references(&html), |_| Some("a'b (c)=`.png"));
        assert_eq!(references(&new)[0].target, "a'b (c)=`.png", "{new}");
    }
}

#[test]
fn raw_text_cannot_be_left() {
    for html in ["<style>a{b:url('x')}</style><i>", "<script>import('x')</script><i>"] {
        let new = rewrite(html, &references(html), |_| Some("</style></script><!--"));
        assert!(new.ends_with(&html[html.len() - 13..]), "{new}");
        assert_eq!(references(&new)[0].target, "%3C/style%3E%3C/script%3E%3C!--");
    }
}

#[test]
fn the_first_base_holds_for_what_follows() {
    let html = "<img src=a><base target=_top><base href='/b/c'><base href=/d/><img src=e>";
    let bases: Vec<_> = references(html)
        .iter()
        .map(|found: &Reference<'_>| found.base.as_deref().map(str::to_owned))
        .collect();
    assert_eq!(bases, [None, Some("/b/c".to_owned())]);
}
