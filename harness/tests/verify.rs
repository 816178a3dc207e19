//! `harness verify`: a published table that differs by a digit is found.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const RUN: &str = "results/2026-11-22-quick-2core";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

fn verify(folder: &Path) -> (i32, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_harness"))
        .arg("verify")
        .arg(folder)
        .output()
        .expect("the harness");
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    (status.code().unwrap_or(-1), said)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[test]
fn a_committed_run_is_what_its_journal_gives() {
    let (status, said) = verify(&root().join(RUN));
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("follow from the journal"), "{said}");
}

#[test]
fn one_digit_is_enough() {
    let keep = tempfile::tempdir().expect("a folder");
    let folder = keep.path().join("run");
    copy(&root().join(RUN), &folder);
    let tables = folder.join("tables.md");
    let text = fs::read_to_string(&tables).expect("tables");
    let at = text.find("0.126").expect("a figure of nginx");
    fs::write(&tables, format!("{}0.125{}", &text[..at], &text[at + 5..])).expect("a write");
    let (status, said) = verify(&folder);
    assert_eq!(status, 4, "{said}");
    assert!(
        said.contains("tables.md differs at line") && said.contains("0.125"),
        "{said}"
    );
    // Put right, but with a manifest gone and another machine's fingerprint.
    fs::write(&tables, text).expect("a write");
    fs::remove_file(folder.join("manifests/nginx/entrant.toml")).expect("removed");
    fs::write(folder.join("machine.json"), "{}").expect("a write");
    let (status, said) = verify(&folder);
    assert_eq!(status, 4, "{said}");
    assert!(
        said.contains("no manifest of nginx") && said.contains("machine.json"),
        "{said}"
    );
}

#[test]
fn what_is_no_run_is_a_wrong_question() {
    let keep = tempfile::tempdir().expect("a folder");
    let (status, said) = verify(keep.path());
    assert_eq!(status, 2, "{said}");
}
