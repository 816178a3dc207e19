//! What the documents tell people to type is understood, and what they link to
//! is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser as _;
use harness::cli::Cli;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

/// The documents for users, with their texts.
fn documents() -> Vec<(PathBuf, String)> {
    let docs = fs::read_dir(root().join("docs")).expect("docs");
    let mut paths: Vec<PathBuf> = docs
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|one| one == "md"))
        .collect();
    paths.sort();
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "results/README.md",
        "harness/entrants/README.md",
    ] {
        paths.push(root().join(name));
    }
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a document");
            (path, text)
        })
        .collect()
}

/// The commands of a document that begin with `program`, as their arguments:
/// those on lines of their own and those within a line, but for what is only
/// hinted at.
fn commands(text: &str, program: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let mut found = Vec::new();
    for line in joined.lines() {
        if let Some(arguments) = line.trim().strip_prefix(program) {
            found.push(words(arguments));
            continue;
        }
        for span in line.split('`').skip(1).step_by(2) {
            let arguments = span.strip_prefix(program);
            found.extend(arguments.filter(|all| !all.contains('…')).map(words));
        }
    }
    found
}

/// A line as a shell divides it, as far as documents need one: quotes, and the
/// end at a comment, a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let (mut all, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => word.push(character),
            (None, '\'' | '"') => quote = Some(character),
            (None, '#' | '|' | '>') => break,
            (None, _) if character.is_whitespace() => {
                if !word.is_empty() {
                    all.push(std::mem::take(&mut word));
                }
            }
            (None, _) => word.push(character),
        }
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

#[test]
fn every_command_of_the_harness_is_understood() {
    let mut seen = 0;
    for (path, text) in documents() {
        for arguments in commands(&text, "target/release/harness ") {
            let line = std::iter::once("harness").chain(arguments.iter().map(String::as_str));
            match Cli::try_parse_from(line) {
                Ok(_) => {}
                // `--help` is an answer, not a mistake.
                Err(error) if !error.use_stderr() => {}
                Err(error) => panic!("{}: {arguments:?}: {error}", path.display()),
            }
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} commands");
}

/// Runs take minutes and need gateways; that each could be begun is asked.
#[test]
fn every_run_can_be_planned() {
    let folder = example_of_a_manifest();
    let mut seen = 0;
    for (path, text) in documents() {
        for arguments in commands(&text, "target/release/harness ") {
            if arguments[0] != "run" {
                continue;
            }
            let arguments = arguments.iter().map(|one| match one.as_str() {
                "DIR" => folder.path().display().to_string(),
                _ => one.clone(),
            });
            let planned = Command::new(env!("CARGO_BIN_EXE_harness"))
                .args(arguments)
                .arg("--estimate")
                .current_dir(root())
                .output()
                .expect("the harness");
            let seconds = String::from_utf8_lossy(&planned.stdout);
            let is_planned = seconds.trim().parse::<u64>().is_ok_and(|all| all > 10);
            assert!(is_planned, "{}: {planned:?}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen} runs");
}

/// Those that only read are run, on a published run in the place of a named one.
#[test]
fn the_commands_that_read_a_run_work() {
    let runs = fs::read_dir(root().join("results")).expect("results");
    let run = runs
        .flatten()
        .map(|entry| entry.path())
        .filter_map(|path| Some((fs::metadata(path.join("journal.jsonl")).ok()?.len(), path)))
        // The smallest: some commands read it, unoptimized.
        .min()
        .map(|(_, path)| path)
        .expect("a run");
    let mut seen = 0;
    let mut run_already = BTreeSet::new();
    for (path, text) in documents() {
        for arguments in commands(&text, "target/release/harness ") {
            if !["report", "verify", "list", "index"].contains(&arguments[0].as_str()) {
                continue;
            }
            let arguments = arguments.iter().map(|one| {
                let named = [
                    "RUN", "DIR", "ONE", "OTHER", "BEFORE", "AFTER", "OLD", "NEW",
                ];
                let name = one.strip_prefix("results/");
                match name.is_some_and(|name| named.contains(&name)) {
                    true => run.display().to_string(),
                    false => one.clone(),
                }
            });
            let arguments: Vec<String> = arguments.collect();
            seen += 1;
            if !run_already.insert(arguments.clone()) {
                continue;
            }
            let ran = Command::new(env!("CARGO_BIN_EXE_harness"))
                .args(arguments)
                .current_dir(root())
                .output()
                .expect("the harness");
            assert!(ran.status.success(), "{}: {ran:?}", path.display());
        }
    }
    assert!(seen >= 6, "{seen} commands");
}

/// A folder of manifests with the one of the documents.
fn example_of_a_manifest() -> tempfile::TempDir {
    let text = fs::read_to_string(root().join("docs/adding-a-gateway.md")).expect("the document");
    let folder = tempfile::tempdir().expect("a folder");
    let mut blocks = 0;
    for block in text.split("```").skip(1).step_by(2) {
        let Some((_, rest)) = block.split_once("\n# ") else {
            continue;
        };
        let (name, body) = rest.split_once('\n').expect("a file");
        let path = folder.path().join(name.trim());
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, body).expect("a write");
        blocks += 1;
    }
    assert_eq!(blocks, 2);
    folder
}

#[test]
fn the_example_of_a_manifest_is_accepted() {
    let folder = example_of_a_manifest();
    let listed = Command::new(env!("CARGO_BIN_EXE_harness"))
        .args([
            "--entrants-dir",
            &folder.path().display().to_string(),
            "list",
        ])
        .output()
        .expect("the harness");
    let table = String::from_utf8_lossy(&listed.stdout);
    assert!(listed.status.success(), "{listed:?}");
    let row = table
        .lines()
        .find(|line| line.trim_start().starts_with("mine "));
    assert!(row.is_some_and(|row| row.contains("4 of 6")), "{table}");
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let mut seen = 0;
    for (path, text) in documents() {
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let there = path.parent().expect("a folder").join(target);
            assert!(there.exists(), "{} links to {target}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} links");
}

#[test]
fn every_column_of_the_csv_is_documented() {
    let text = fs::read_to_string(root().join("docs/reading-a-report.md")).expect("the document");
    let runs = fs::read_dir(root().join("results")).expect("results");
    let csv = runs
        .flatten()
        .find_map(|entry| fs::read_to_string(entry.path().join("measurements.csv")).ok())
        .expect("a CSV");
    for column in csv.lines().next().expect("a header").split(',') {
        assert!(text.contains(&format!("`{column}`")), "{column}");
    }
}
