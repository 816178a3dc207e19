//! The README's table and picture are those of a committed run, to the digit.
//!
//! `UPDATE_README=1 cargo test -p harness --test readme` puts the table
//! and picture of the newest published run of a whole profile there, and makes the reports of every
//! committed run and the index of all again.

use std::fs;
use std::path::{Path, PathBuf};

use harness::journal::Journal;
use harness::report::{FILES, Format, overview_markdown, overview_picture, render};
use harness::summary::Summary;

const BEGIN: &str = "<!-- table -->\n";
/// The picture, as the README links it.
const PICTURE: &str = "docs/overview.svg";
const END: &str = "<!-- end of table -->";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

fn subfolders(path: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(path).expect("a folder").flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
}

/// What is published in `results`, oldest first: names begin with the day.
/// Local runs, which git ignores, may be of another version and are left out.
fn published_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = subfolders(&root().join("results"))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(|first: char| first.is_ascii_digit())
        })
        .collect();
    folders.sort();
    folders
}

/// The runs among them.
fn published_runs() -> Vec<PathBuf> {
    let mut runs = published_folders();
    runs.retain(|path| path.join("journal.jsonl").exists());
    runs
}

/// The run that the README shows: the newest of a profile that measures all of
/// a gateway. The others answer a question of their own.
fn shown_run() -> (PathBuf, Journal) {
    let mut runs = published_runs().into_iter().rev();
    runs.find_map(|run| {
        let journal = Journal::read(&run).expect("a journal");
        let shows_all = matches!(journal.run.profile.name.as_str(), "quick" | "full");
        shows_all.then_some((run, journal))
    })
    .expect("a published run of a whole profile")
}

fn is_update() -> bool {
    std::env::var_os("UPDATE_README").is_some()
}

fn table() -> String {
    let (run, journal) = shown_run();
    let name = run.strip_prefix(root()).expect("inside").display();
    format!(
        "{}\n[{name}]({name}/tables.md), [its page]({name}/report.html)\n",
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

/// Writes what was made, or says where it is not what is there.
#[track_caller]
fn agree(path: &Path, made: &str) {
    if is_update() {
        return fs::write(path, made).expect("a write");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    // Not `assert_eq`: a page is long.
    let mut lines = kept.lines().zip(made.lines()).enumerate();
    let differs = lines.find(|(_, (kept, made))| kept != made);
    assert!(
        kept == made,
        "{} is not what the journals give: {differs:?}; UPDATE_README=1 makes it again",
        path.display()
    );
}

#[test]
fn the_picture_is_that_of_the_newest_run() {
    let (_, journal) = shown_run();
    let picture = overview_picture(&journal, &Summary::of(&journal)).expect("a picture");
    agree(&root().join(PICTURE), &picture);
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    assert!(
        readme.contains(&format!("]({PICTURE})")),
        "the README shows it"
    );
}

#[test]
fn the_index_has_every_committed_run() {
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_harness"))
        .args(["index", "results"])
        .current_dir(root())
        .output()
        .expect("the harness");
    assert!(made.status.success(), "{made:?}");
    let page = String::from_utf8(made.stdout).expect("text");
    for run in published_runs() {
        let name = run
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        assert!(
            page.contains(&format!("href=\"{name}/report.html\"")),
            "{name}"
        );
    }
    agree(&root().join("results/index.html"), &page);
}

#[test]
fn the_reports_of_every_committed_run_follow_from_its_journal() {
    let runs = published_runs();
    assert!(!runs.is_empty());
    for run in runs {
        let journal = Journal::read(&run).expect("a journal");
        let summary = Summary::of(&journal);
        for (file, format) in FILES {
            let made = render(&journal, &summary, format).expect("a report");
            agree(&run.join(file), &made);
        }
    }
}

/// Comparisons lie one folder deeper, beside the words that say what they show.
#[test]
fn the_tables_of_every_committed_comparison_follow_from_its_journal() {
    let mut seen = 0;
    for folder in published_folders() {
        for run in subfolders(&folder).filter(|run| run.join("journal.jsonl").exists()) {
            let journal = Journal::read(&run).expect("a journal");
            let made = render(&journal, &Summary::of(&journal), Format::Markdown);
            agree(&run.join("tables.md"), &made.expect("tables"));
            seen += 1;
        }
    }
    assert!(seen > 0, "no comparison was found");
}
