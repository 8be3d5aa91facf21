//! Functions for templates of minijinja.

use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, Value};

use crate::assets::{Assets, AttributeValue, Tag, Tags};

impl Assets {
    /// Adds functions to an environment of minijinja:
    ///
    /// | function | writes |
    /// | --- | --- |
    /// | `static_url("css/app.css")` | the URL; also as a filter, `"css/app.css"\|static_url` |
    /// | `integrity("css/app.css")` | the integrity value, or nothing where it is not known |
    /// | `stylesheet("css/app.css")` | `<link rel="stylesheet">` |
    /// | `script("js/old.js", defer=true)` | `<script>` |
    /// | `module("js/app.js")` | `<script type="module">` |
    /// | `preload("fonts/a.woff2")`, `modulepreload("js/app.js")` | `<link rel="preload">`, `<link rel="modulepreload">` |
    /// | `icon("icon.svg")`, `image("cat.png", "A cat")` | `<link rel="icon">`, `<img>` |
    /// | `import_map()` | `<script type="importmap">` |
    /// | `modulepreloads("js/app.js")` | a `<link rel="modulepreload">` for each module that it imports |
    /// | `entry_tags("src/main.ts")`, also `vite_tags` | all tags for an entry of a bundler |
    ///
    /// Keyword arguments are attributes: `nonce=nonce`, `media="print"`, `data_id=7` for `data-id="7"`; `true` writes
    /// the name alone, `false` and `none` nothing. minijinja hands them over in the order of their names. What they write is safe, so that it is not escaped again.
    ///
    /// A name that does not exist is an error with the nearest one, and minijinja says in which template and line it
    /// stands. A variable of the template hides a function of the same name.
    ///
    /// ```
    /// use holdall_static::{Assets, Collector, Embedded};
    /// use minijinja::{Environment, context};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let collector = Collector::new().finder(Embedded::new([("css/app.css", "p { margin: 0 }")])?);
    /// let assets = Assets::live(&collector)?;
    ///
    /// let mut env = Environment::new();
    /// assets.register(&mut env);
    /// env.add_template("page.html", r#"{{ stylesheet("css/app.css", nonce=nonce) }}"#)?;
    /// let page = env.get_template("page.html")?.render(context! { nonce => "r4nd" })?;
    /// assert_eq!(page, r#"<link rel="stylesheet" href="/static/css/app.css" nonce="r4nd">"#);
    ///
    /// env.add_template("slip.html", "\n\n{{ static_url('css/apps.css') }}")?;
    /// let slip = env.get_template("slip.html")?.render(()).unwrap_err().to_string();
    /// assert!(slip.contains("did you mean 'css/app.css'?") && slip.contains("slip.html:3"));
    /// # Ok(()) }
    /// ```
    pub fn register(&self, environment: &mut Environment<'_>) {
        let url = {
            let assets = self.clone();
            move |state: &State<'_, '_>, name: &str| text(state, assets.static_url(name))
        };
        environment.add_filter("static_url", url.clone());
        environment.add_function("static_url", url);

        let assets = self.clone();
        environment.add_function("integrity", move |state: &State<'_, '_>, name: &str| {
            text(state, assets.integrity(name).map(Option::unwrap_or_default))
        });

        let tags: [(&'static str, TagOf); 6] = [
            ("stylesheet", Self::stylesheet),
            ("script", Self::script),
            ("module", Self::module),
            ("preload", Self::preload),
            ("modulepreload", Self::modulepreload),
            ("icon", Self::icon),
        ];
        for (function, make) in tags {
            let assets = self.clone();
            environment.add_function(function, move |name: &str, attributes: Kwargs| {
                Ok::<_, Error>(safe(&dressed(make(&assets, name).map_err(failed)?, &attributes)?))
            });
        }

        let assets = self.clone();
        environment.add_function("image", move |name: &str, alt: Option<&str>, attributes: Kwargs| {
            let tag = assets.image(name, alt.unwrap_or_default()).map_err(failed)?;
            Ok::<_, Error>(safe(&dressed(tag, &attributes)?))
        });

        let assets = self.clone();
        environment.add_function("import_map", move |attributes: Kwargs| {
            Ok::<_, Error>(safe(&dressed(assets.import_map().map_err(failed)?, &attributes)?))
        });

        let lists: [(&'static str, TagsOf); 3] = [
            ("modulepreloads", Self::modulepreloads),
            ("entry_tags", Self::entry_tags),
            ("vite_tags", Self::entry_tags),
        ];
        for (function, make) in lists {
            let assets = self.clone();
            environment.add_function(function, move |key: &str, attributes: Kwargs| {
                let tags = make(&assets, key).map_err(failed)?;
                let tags = tags.into_iter().map(|tag| dressed(tag, &attributes));
                Ok::<_, Error>(safe(&tags.collect::<Result<Tags, Error>>()?))
            });
        }
    }
}

/// A call that makes a tag of a name.
type TagOf = fn(&Assets, &str) -> holdall_core::Result<Tag>;

/// A call that makes several.
type TagsOf = fn(&Assets, &str) -> holdall_core::Result<Tags>;

/// A text in the way of the template: escaped once where it escapes, as it is where it does not.
fn text(state: &State<'_, '_>, text: holdall_core::Result<String>) -> Result<Value, Error> {
    let text = text.map_err(failed)?;
    Ok(match state.auto_escape() {
        // Shorter than minijinja's own, which escapes every slash of a URL.
        AutoEscape::Html => Value::from_safe_string(crate::assets::escaped(&text)),
        _ => Value::from(text),
    })
}

fn safe(tags: &impl ToString) -> Value {
    Value::from_safe_string(tags.to_string())
}

/// The tag with the keyword arguments as attributes.
fn dressed(tag: Tag, attributes: &Kwargs) -> Result<Tag, Error> {
    attributes.args().try_fold(tag, |tag, name| {
        let value: Value = attributes.get(name)?;
        let value = match bool::try_from(value.clone()) {
            Ok(set) => AttributeValue::Flag(set),
            Err(_) if value.is_undefined() || value.is_none() => AttributeValue::Flag(false),
            Err(_) => AttributeValue::Text(value.to_string()),
        };
        tag.attribute(&name.replace('_', "-"), value).map_err(failed)
    })
}

/// An error as minijinja has them; it adds the template and the line.
fn failed(error: holdall_core::Error) -> Error {
    Error::new(ErrorKind::InvalidOperation, error.reason().to_owned()).with_source(error)
}
