//! The types of values, as a factory takes them: the same parser for TOML, the environment and URLs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use holdall::{MemoryStorage, Result, StorageSettings, Storages, StoragesBuilder};

use crate::refused;

/// What a factory got.
#[derive(Debug, Clone, Default, PartialEq)]
struct Taken {
    text: Option<String>,
    flag: Option<bool>,
    pause: Option<Duration>,
    size: Option<u64>,
    count: Option<u16>,
    mode: Option<u32>,
    path: Option<PathBuf>,
    colour: Option<u8>,
}

fn take(options: &mut StorageSettings) -> Result<Taken> {
    let text = options.take_str("text");
    let flag = options.take_bool("flag");
    let pause = options.take_duration("pause");
    let size = options.take_size("size");
    let count = options.take_parsed("count", "a whole number");
    let mode = options.take_mode("mode");
    let path = options.take_path("path");
    let colour = options.take_choice("colour", &[("red", 1), ("green", 2)]);
    options.finish()?;
    Ok(Taken {
        text: text?,
        flag: flag?,
        pause: pause?,
        size: size?,
        count: count?,
        mode: mode?,
        path: path?,
        colour: colour?,
    })
}

/// A builder with a backend `any`, and what its factory took last.
fn any() -> (StoragesBuilder, Arc<Mutex<Taken>>) {
    let taken = Arc::new(Mutex::new(Taken::default()));
    let seen = Arc::clone(&taken);
    let builder = Storages::builder().register("any", move |options| {
        *seen.lock().unwrap() = take(options)?;
        Ok(MemoryStorage::new())
    });
    (builder, taken)
}

fn taken(prepare: impl FnOnce(StoragesBuilder) -> StoragesBuilder) -> Taken {
    let (builder, taken) = any();
    prepare(builder).build().unwrap();
    taken.lock().unwrap().clone()
}

#[test]
fn toml_the_environment_and_urls_say_the_same() {
    let expected = Taken {
        text: Some("a b+c".to_owned()),
        flag: Some(true),
        pause: Some(Duration::from_millis(90_500)),
        size: Some(8 << 20),
        count: Some(7),
        mode: Some(0o640),
        path: Some("var/media".into()),
        colour: Some(2),
    };
    let toml = "[storages.default]\nbackend = 'any'\ntext = 'a b+c'\nflag = true\npause = '1m 30s 500ms'\n\
                size = '8 MiB'\ncount = 7\nmode = '640'\npath = 'var/media'\ncolour = 'green'";
    assert_eq!(taken(|builder| builder.toml(toml)), expected);
    let integers = toml.replace("'8 MiB'", "8_388_608").replace("'640'", "0o640").replace("= 7", "= 0x7");
    assert_eq!(taken(|builder| builder.toml(integers)), expected);

    let pairs = [
        ("BACKEND", "any"),
        ("TEXT", "a b+c"),
        ("FLAG", "true"),
        ("PAUSE", "1m 30s 500ms"),
        ("SIZE", "8 MiB"),
        ("COUNT", "7"),
        ("MODE", "0640"),
        ("PATH", "var/media"),
        ("COLOUR", "green"),
    ];
    let variables = pairs.map(|(key, value)| (format!("HOLDALL_STORAGES__DEFAULT__{key}"), value));
    assert_eq!(taken(|builder| builder.environment(variables)), expected);

    let url = "any:?text=a%20b+c&flag=true&pause=1m%2030s%20500ms&size=8%20MiB&count=7&mode=0o640&path=var/media\
               &colour=green";
    let variable = [("HOLDALL_STORAGES__DEFAULT__URL", url)];
    assert_eq!(taken(|builder| builder.environment(variable)), expected);
    assert_eq!(taken(|builder| builder.toml(format!("storages.default.url = '{url}'"))), expected);
}

#[test]
fn what_nobody_gives_is_none() {
    assert_eq!(taken(|builder| builder.toml("storages.default.backend = 'any'")), Taken::default());
}

#[test]
fn wrong_values_say_what_is_wanted() {
    let table = [
        ("text = true", "\"text\" in [storages.default] is true; it has to be text, in quotes"),
        ("text = 1.5", "\"text\" in [storages.default] is 1.5; it has to be text, in quotes"),
        ("flag = 'yes'", "\"flag\" in [storages.default] is \"yes\"; it has to be true or false"),
        ("flag = 1", "\"flag\" in [storages.default] is 1; it has to be true or false"),
        (
            "pause = 30",
            "\"pause\" in [storages.default] is 30; it has to be a duration like \"30s\" or \"5min\"",
        ),
        (
            "pause = '30'",
            "\"pause\" in [storages.default] is \"30\"; it has to be a duration like \"30s\" or \"5min\"",
        ),
        (
            "pause = 'soon'",
            "\"pause\" in [storages.default] is \"soon\"; it has to be a duration like \"30s\" or \"5min\"",
        ),
        (
            "size = '8 MiBs'",
            "\"size\" in [storages.default] is \"8 MiBs\"; it has to be a size like \"8 MiB\"",
        ),
        ("size = -1", "\"size\" in [storages.default] is -1; it has to be a size like \"8 MiB\""),
        ("size = 1.5", "\"size\" in [storages.default] is 1.5; it has to be a size like \"8 MiB\""),
        ("count = 'many'", "\"count\" in [storages.default] is \"many\"; it has to be a whole number"),
        ("count = 65536", "\"count\" in [storages.default] is 65536; it has to be a whole number"),
        ("mode = 644", "\"mode\" in [storages.default] is 644; it has to be an octal mode like \"644\""),
        (
            "mode = '+644'",
            "\"mode\" in [storages.default] is \"+644\"; it has to be an octal mode like \"644\"",
        ),
        (
            "mode = '888'",
            "\"mode\" in [storages.default] is \"888\"; it has to be an octal mode like \"644\"",
        ),
        (
            "mode = '17777'",
            "\"mode\" in [storages.default] is \"17777\"; it has to be an octal mode like \"644\"",
        ),
        ("mode = ''", "\"mode\" in [storages.default] is \"\"; it has to be an octal mode like \"644\""),
        ("path = ''", "\"path\" in [storages.default] is empty; write \".\" for the directory itself"),
        ("colour = 'Red'", "\"colour\" in [storages.default] is \"Red\"; it has to be \"red\" or \"green\""),
    ];
    for (line, sentence) in table {
        let text = format!("[storages.default]\nbackend = 'any'\n{line}");
        assert_eq!(refused(any().0.toml(text)), format!("settings:3: {sentence}"), "{line}");
    }
    let long = format!("[storages.default]\nbackend = 'any'\nflag = '{}'", "x".repeat(500));
    assert_eq!(
        refused(any().0.toml(long)),
        format!(
            "settings:3: \"flag\" in [storages.default] is \"{}...\"; it has to be true or false",
            "x".repeat(80)
        )
    );
}

#[test]
fn relative_paths_belong_to_the_file_that_says_them() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("holdall.toml");
    let in_file = |text: &str| {
        std::fs::write(&file, text).unwrap();
        taken(|builder| builder.file(&file)).path
    };
    assert_eq!(
        in_file("[storages.default]\nbackend = 'any'\npath = 'var'"),
        Some(directory.path().join("var"))
    );
    assert_eq!(in_file("storages.default.url = 'any:?path=var'"), Some(directory.path().join("var")));
    assert_eq!(in_file("storages.default.url = 'any:?path=/var'"), Some("/var".into()));

    // The environment is not in that directory, whatever it overrides.
    let variable = [("HOLDALL_STORAGES__DEFAULT__PATH", "var")];
    let over = taken(|builder| builder.file(&file).environment(variable));
    assert_eq!(over.path.as_deref(), Some(Path::new("var")));
    let text = "[storages.default]\nbackend = 'any'\npath = 'var'";
    assert_eq!(taken(|builder| builder.defaults_toml(text)).path.as_deref(), Some(Path::new("var")));
}
