//! Template engines, as an application uses them.

use askama::Template;
use holdall_core::ErrorKind;
use holdall_static::askama_filters::KEY;
use holdall_static::{Assets, Collector, Embedded};
use minijinja::{Environment, UndefinedBehavior, context};

use crate::example::{SITE, of, write};
use crate::site::collected;

/// A collected site, and one in development.
async fn both() -> (tempfile::TempDir, [Assets; 2]) {
    let (folder, store) = collected("/static/").await;
    (folder, [Assets::load(&store).await.unwrap(), Assets::live(&of(&SITE)).unwrap()])
}

fn environment(assets: &Assets) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    assets.register(&mut environment);
    environment
}

/// Renders a template of that name.
fn render(assets: &Assets, name: &str, text: &str) -> Result<String, String> {
    let mut environment = environment(assets);
    environment.add_template_owned(name.to_owned(), text.to_owned()).unwrap();
    let values = context! { nonce => "r\"4nd", name => "css/app.css", on => true, off => false };
    environment.get_template(name).unwrap().render(values).map_err(|error| error.to_string())
}

#[tokio::test]
async fn every_function_writes_what_the_call_gives() {
    let (_folder, all) = both().await;
    for assets in all {
        let css = || assets.stylesheet("css/app.css").unwrap();
        for (template, expected) in [
            ("{{ static_url('css/app.css') }}", assets.static_url("css/app.css").unwrap()),
            ("{{ static_url(name) }}", assets.static_url("css/app.css").unwrap()),
            ("{{ name|static_url }}", assets.static_url("css/app.css").unwrap()),
            ("{{ integrity(name) }}", assets.integrity("css/app.css").unwrap().unwrap_or_default()),
            ("{{ stylesheet(name) }}", css().to_string()),
            ("{{ stylesheet(name, nonce=nonce) }}", css().nonce("r\"4nd").to_string()),
            (
                "{{ stylesheet(name, media='print', data_id=7, disabled=off, title=none) }}",
                css().attribute("data-id", "7").unwrap().attribute("media", "print").unwrap().to_string(),
            ),
            (
                "{{ script('js/main.js', defer=on) }}",
                assets.script("js/main.js").unwrap().attribute("defer", true).unwrap().to_string(),
            ),
            ("{{ module('js/main.js') }}", assets.module("js/main.js").unwrap().to_string()),
            ("{{ preload(name) }}", assets.preload("css/app.css").unwrap().to_string()),
            ("{{ modulepreload('js/main.js') }}", assets.modulepreload("js/main.js").unwrap().to_string()),
            ("{{ icon('img/cat.png') }}", assets.icon("img/cat.png").unwrap().to_string()),
            (
                "{{ image('img/cat.png', 'A <cat>') }}",
                assets.image("img/cat.png", "A <cat>").unwrap().to_string(),
            ),
            ("{{ image('img/cat.png') }}", assets.image("img/cat.png", "").unwrap().to_string()),
        ] {
            assert_eq!(render(&assets, "a.html", template).unwrap(), expected, "{template}");
        }
        // A URL is escaped where the template escapes, and only there.
        let url = assets.static_url("img/cat.png").unwrap();
        let template = "{{ static_url('img/cat.png?a=1&b=2') }}";
        assert_eq!(render(&assets, "a.html", template).unwrap(), format!("{url}?a=1&amp;b=2"));
        assert_eq!(render(&assets, "a.txt", template).unwrap(), format!("{url}?a=1&b=2"));
    }
}

#[tokio::test]
async fn an_error_says_where_it_stands_and_what_was_meant() {
    let (_folder, all) = both().await;
    for assets in all {
        for (template, says) in [
            ("\n{{ static_url('css/App.css') }}", "did you mean 'css/app.css'?"),
            ("\n{{ 'css/App.css'|static_url }}", "did you mean 'css/app.css'?"),
            ("\n{{ script('js/mian.js') }}", "did you mean 'js/main.js'?"),
            ("\n{{ static_url('') }}", "the name is empty"),
            ("\n{{ entry_tags('main') }}", "there is no entry 'main'"),
            ("\n{{ vite_tags('main') }}", "there is no entry 'main'"),
            ("\n{{ static_url(nothing) }}", "not a string"),
            ("\n{{ stylesheet() }}", "missing"),
        ] {
            let error = render(&assets, "page.html", template).unwrap_err();
            assert!(error.contains(says), "{template}: {error}");
            assert!(error.contains("page.html:2"), "{template}: {error}");
        }
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{{ assets.stylesheet(name)?.nonce(\"n\") }} {{ assets.static_url(\"img/cat.png\")? }}"
)]
struct WithField<'a> {
    assets: &'a Assets,
    name: &'a str,
}

mod filters {
    pub(super) use holdall_static::askama_filters::*;
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{{ \"css/app.css\"|stylesheet }}{{ \"js/main.js\"|script }}{{ \"js/main.js\"|module }}\
              {{ \"css/app.css\"|preload }}{{ \"js/main.js\"|modulepreload }}{{ \"img/cat.png\"|icon }}\
              {{ name|static_url }}"
)]
struct WithFilters<'a> {
    name: &'a str,
}

#[tokio::test]
async fn askama_writes_tags_without_escaping_them() {
    let (_folder, all) = both().await;
    for assets in &all {
        let page = WithField { assets, name: "css/app.css" }.render().unwrap();
        let tag = assets.stylesheet("css/app.css").unwrap().nonce("n");
        assert_eq!(page, format!("{tag} {}", assets.static_url("img/cat.png").unwrap()));
        let page = WithFilters { name: "img/cat.png" }.render_with_values(&(KEY, assets)).unwrap();
        let tags = [
            assets.stylesheet("css/app.css"),
            assets.script("js/main.js"),
            assets.module("js/main.js"),
            assets.preload("css/app.css"),
            assets.modulepreload("js/main.js"),
            assets.icon("img/cat.png"),
        ];
        let tags: String = tags.into_iter().map(|tag| tag.unwrap().to_string()).collect();
        assert_eq!(page, format!("{tags}{}", assets.static_url("img/cat.png").unwrap()));
    }
}

#[tokio::test]
async fn askama_hands_errors_on() {
    let (_folder, [assets, _]) = both().await;
    let error = WithField { assets: &assets, name: "css/App.css" }.render().unwrap_err();
    assert!(error.to_string().contains("did you mean 'css/app.css'?"), "{error}");
    let page = WithFilters { name: "img/Cat.png" };
    let error = page.render_with_values(&(KEY, &assets)).unwrap_err();
    assert!(error.to_string().contains("did you mean 'img/cat.png'?"), "{error}");
    let error = page.render().unwrap_err();
    assert!(error.to_string().contains("render_with_values(&(\"assets\", &assets))"), "{error}");
}

#[tokio::test]
async fn every_name_in_a_directory_of_templates_is_checked() {
    let (_folder, all) = both().await;
    let templates = tempfile::tempdir().unwrap();
    let good = [
        (
            "base.html",
            "{{ stylesheet('css/app.css') }}\n{% block x %}{{ 'img/cat.png?v=1'|static_url }}{% endblock %}",
        ),
        ("parts/head.txt", "{% static \"js/main.js\" %}"),
        ("plain.html", "static_url('nothing')"),
    ];
    write(templates.path(), &good);
    std::fs::write(templates.path().join("logo.png"), b"\x89PNG\xff{{ static_url('nothing') }}").unwrap();
    for assets in &all {
        assert_eq!(assets.check_templates(templates.path()).unwrap(), 3);
    }
    write(
        templates.path(),
        &[
            ("bad.html", "<p>\n  ä{{ static_url('css/App.css') }}{{ vite_tags('main') }}"),
            ("parts/worse.html", "{{ stylesheet('nothing') }}"),
        ],
    );
    for assets in &all {
        let error = assets.check_templates(templates.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let root = templates.path().display();
        let lines: Vec<&str> = error.reason().lines().collect();
        assert_eq!(
            lines[0],
            format!(
                "{root}/bad.html:2:19: Missing staticfiles manifest entry for 'css/App.css'; did you mean 'css/app.css'?"
            )
        );
        assert!(
            lines[1].starts_with(&format!("{root}/bad.html:2:49: there is no entry 'main'")),
            "{}",
            lines[1]
        );
        assert!(lines[2].starts_with(&format!("{root}/parts/worse.html:1:16: Missing")), "{}", lines[2]);
        assert_eq!(lines[3], "3 of 6 names of static files do not exist");
    }
    let nowhere = Assets::live(&Collector::new().finder(Embedded::default())).unwrap();
    assert!(nowhere.check_templates(templates.path().join("nowhere")).unwrap_err().is_not_found());
}
