//! Finders that stand on other crates, seen from outside.
#![cfg(all(feature = "crates", feature = "gitignore"))]

#[path = "finders/crates.rs"]
mod crates;
#[path = "finders/gitignore.rs"]
mod gitignore;

/// Writes these files below a directory.
fn write(root: &std::path::Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}
