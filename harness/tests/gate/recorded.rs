//! The committed self-test of the gate: the document shows its table.
//!
//! That the table follows from the records is checked by `.ci/run`, with an
//! optimised program: it resamples five thousand gates.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    let harness = Path::new(env!("CARGO_MANIFEST_DIR"));
    harness.parent().expect("the workspace")
}

/// The newest one: names begin with the day.
fn newest() -> PathBuf {
    let folders = fs::read_dir(root().join("results")).expect("results");
    let mut found: Vec<PathBuf> = folders
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains("-selftest-gate-"))
        .collect();
    found.sort();
    found.pop().expect("a self-test of the gate")
}

/// `UPDATE_README=1` puts it there.
#[test]
fn the_document_shows_its_table() {
    let folder = newest();
    let table = fs::read_to_string(folder.join("selftest.md")).expect("its table");
    let name = folder.file_name().expect("a name").to_string_lossy();
    let shown = format!("{table}\nRecords: [results/{name}](../results/{name}).\n");
    let path = root().join("docs/gate.md");
    let document = fs::read_to_string(&path).expect("the document");
    let (before, rest) = document
        .split_once("<!-- selftest -->\n")
        .expect("a place for it");
    let (there, after) = rest
        .split_once("<!-- end of selftest -->")
        .expect("its end");
    if std::env::var_os("UPDATE_README").is_some() {
        let made = format!("{before}<!-- selftest -->\n{shown}<!-- end of selftest -->{after}");
        fs::write(&path, made).expect("a write");
    } else {
        assert_eq!(there, shown, "UPDATE_README=1 makes them agree");
    }
}
