//! `harness verify`: a published table that differs by a digit is found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

/// A published run.
fn published() -> PathBuf {
    let folders = fs::read_dir(root().join("results")).expect("results");
    let mut runs = folders.flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(|first: char| first.is_ascii_digit())
            && path.join("journal.jsonl").exists()
    });
    runs.next().expect("a published run")
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
    let (status, said) = verify(&published());
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("follow from the journal"), "{said}");
}

#[test]
fn one_digit_is_enough() {
    let keep = tempfile::tempdir().expect("a folder");
    let folder = keep.path().join("run");
    copy(&published(), &folder);
    let tables = folder.join("tables.md");
    let text = fs::read_to_string(&tables).expect("tables");
    // The last digit of the first figure of nginx.
    let row = "| nginx | ";
    let begin = text.find(row).expect("a row of nginx") + row.len();
    let end = begin + text[begin..].find(' ').expect("an end");
    let digit = if text[..end].ends_with('7') { "8" } else { "7" };
    let changed = format!("{}{digit}{}", &text[..end - 1], &text[end..]);
    fs::write(&tables, changed).expect("a write");
    let (status, said) = verify(&folder);
    assert_eq!(status, 4, "{said}");
    assert!(said.contains("tables.md differs at line"), "{said}");
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
