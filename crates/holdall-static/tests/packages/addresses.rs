//! What addresses mean to the `URL` of Node, which is that of browsers: the table that the collector is tested with.

use std::process::Command;

#[test]
fn the_table_of_addresses_is_that_of_the_url_standard() {
    let Some(packages) = crate::packages() else { return };
    let folder = env!("CARGO_MANIFEST_DIR");
    let output = Command::new("node")
        .arg(format!("{folder}/tests/packages/addresses.mjs"))
        .arg(format!("{folder}/src/collect/addresses.json"))
        .current_dir(&packages)
        .output()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout).trim());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
