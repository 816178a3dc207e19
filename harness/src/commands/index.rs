//! `harness index`: a page of the runs in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::CommandError;
use crate::cli::IndexArgs;
use crate::journal::Journal;
use crate::report::{IndexEntry, index_page};
use crate::summary::Summary;

/// Prints a page with a row for each published run, the newest first: folders
/// whose name begins with a digit. Those that git ignores do not.
///
/// # Errors
/// A folder without runs is a usage error; a damaged journal a failure.
pub fn index(args: &IndexArgs) -> Result<(), CommandError> {
    let unreadable =
        |error: std::io::Error| CommandError::usage(format!("{}: {error}", args.folder.display()));
    let mut folders: Vec<PathBuf> = fs::read_dir(&args.folder)
        .map_err(unreadable)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_published(path))
        .collect();
    folders.sort();
    let mut runs = Vec::new();
    let mut selftests = Vec::new();
    for folder in folders.into_iter().rev() {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if folder.join(crate::journal::FILE).exists() {
            let journal = Journal::read(&folder).map_err(super::journal_error)?;
            runs.push((name, Summary::of(&journal)));
        } else if folder.join("selftest.md").exists() {
            selftests.push(name);
        }
    }
    if runs.is_empty() {
        return Err(CommandError::usage(format!(
            "{} has no folder of a published run: named after its day, with a journal",
            args.folder.display()
        )));
    }
    let entries: Vec<IndexEntry<'_>> = runs
        .iter()
        .map(|(folder, summary)| IndexEntry { folder, summary })
        .collect();
    super::print(&index_page(&entries, &selftests))
}

fn is_published(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(|first: char| first.is_ascii_digit()) && path.is_dir()
}
