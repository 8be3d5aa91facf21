//! The transcripts in `tests/cmd`. `TRYCMD=overwrite` writes them anew; look at what changed.

use std::path::Path;

#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    // What people do between two runs.
    for (program, path) in [("cp", "/bin/cp"), ("rm", "/bin/rm"), ("cat", "/bin/cat")] {
        cases.register_bin(program, Path::new(path));
    }
    cases.case("tests/cmd/*.md");
}
