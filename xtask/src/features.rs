//! Every feature alone, and none: what the rest of the tests, which have all features at once, cannot see.
//!
//! `cargo check` of the libraries and programs, without their tests. It shares `target/` with clippy, so that what
//! has the same features there (the AWS SDK above all) is not built again.

use crate::step::{cargo, root, run};

/// Where the crates lie that may have features.
const HOUSES: [&str; 2] = ["crates", "examples"];

/// Checks every crate with features, once with none and once with each.
///
/// # Errors
///
/// The sentence of the first that does not compile.
pub(crate) fn check_each() -> Result<(), String> {
    for (package, features) in packages()? {
        let none = ["check", "--package", &package, "--no-default-features"];
        let advice = "Dead code there needs a `cfg` with its feature.";
        run(&format!("{package} without features"), cargo(&none), advice)?;
        for feature in features {
            let one = [&none[..], &["--features", &feature]].concat();
            run(&format!("{package} with {feature} alone"), cargo(&one), advice)?;
        }
    }
    Ok(())
}

/// Every crate that has features, with their names.
fn packages() -> Result<Vec<(String, Vec<String>)>, String> {
    let mut found = Vec::new();
    for house in HOUSES {
        let directory = root().join(house);
        let entries =
            std::fs::read_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", directory.display()))?;
            let Ok(manifest) = std::fs::read_to_string(entry.path().join("Cargo.toml")) else { continue };
            let features = features_of(&manifest);
            if !features.is_empty() {
                found.push((entry.file_name().to_string_lossy().into_owned(), features));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The keys of `[features]`, without `default` and those that are not to be enabled by themselves.
fn features_of(manifest: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| line.trim() != "[features]").skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .filter(|name| *name != "default" && !name.starts_with("__") && !name.starts_with([' ', '#']))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{features_of, packages};

    #[test]
    fn features_are_read_from_manifests() {
        let manifest = "[package]\nname = \"a\"\n\n[features]\ndefault = [\"fs\"]\n# Files.\nfs = [\n    \"dep:b\",\n]\n\
                        __own = []\ns3-server = [\"dep:c\"]\n\n[dependencies]\nd = \"1\"\n";
        assert_eq!(features_of(manifest), ["fs", "s3-server"]);
        let holdall = packages().unwrap().into_iter().find(|(name, _)| name == "holdall").unwrap();
        assert!(holdall.1.contains(&"s3".to_owned()) && holdall.1.contains(&"static".to_owned()));
    }
}
