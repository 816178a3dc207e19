//! The README's table is that of a committed run, to the digit.
//!
//! `UPDATE_README=1 cargo test -p harness --test readme` puts the newest
//! published run's table there, and makes the reports of every committed run
//! again.

use std::fs;
use std::path::{Path, PathBuf};

use harness::journal::Journal;
use harness::report::{FILES, overview_markdown, render};
use harness::summary::Summary;

const BEGIN: &str = "<!-- table -->\n";
const END: &str = "<!-- end of table -->";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

/// The published runs, oldest first: their names begin with the day. Local
/// ones, which git ignores, may be of another version and are left out.
fn published_runs() -> Vec<PathBuf> {
    let mut runs: Vec<PathBuf> = fs::read_dir(root().join("results"))
        .expect("results")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("journal.jsonl").exists())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(|first: char| first.is_ascii_digit())
        })
        .collect();
    runs.sort();
    runs
}

fn is_update() -> bool {
    std::env::var_os("UPDATE_README").is_some()
}

fn table() -> String {
    let run = published_runs().pop().expect("a published run");
    let journal = Journal::read(&run).expect("a journal");
    let name = run.strip_prefix(root()).expect("inside").display();
    format!(
        "{}\n[{name}]({name}/tables.md)\n",
        overview_markdown(&Summary::of(&journal))
    )
}

#[test]
fn the_table_is_that_of_the_newest_run() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).expect("the README");
    let (before, rest) = readme.split_once(BEGIN).expect("a place for the table");
    let (there, after) = rest.split_once(END).expect("the end of the table");
    let table = table();
    if is_update() {
        fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).expect("a write");
    } else {
        assert_eq!(there, table, "UPDATE_README=1 makes them agree");
    }
}

#[test]
fn the_reports_of_every_committed_run_follow_from_its_journal() {
    let runs = published_runs();
    assert!(!runs.is_empty());
    for run in runs {
        let journal = Journal::read(&run).expect("a journal");
        let summary = Summary::of(&journal);
        for (file, format) in FILES {
            let path = run.join(file);
            let made = render(&journal, &summary, format).expect("a report");
            if is_update() {
                fs::write(&path, made).expect("a write");
                continue;
            }
            let kept = fs::read_to_string(&path).expect("a report");
            // Not `assert_eq`: a page is long.
            let same = kept.lines().zip(made.lines());
            let differs = same.enumerate().find(|(_, (kept, made))| kept != made);
            assert!(
                kept == made,
                "{} is not that of its journal: {differs:?}; UPDATE_README=1 makes it again",
                path.display()
            );
        }
    }
}
