//! `harness report`: tables of a run, made again from its journal.

use super::CommandError;
use crate::cli::ReportArgs;
use crate::journal::Journal;
use crate::report::{Format, comparison, render};
use crate::summary::Summary;

/// Prints the report of one or several runs, one after the other; as a page,
/// two runs side by side.
///
/// # Errors
/// A folder that holds no journal is a usage error, as are more than two on one
/// page; a damaged journal is a failure.
pub fn report(args: &ReportArgs) -> Result<(), CommandError> {
    let mut runs = Vec::new();
    for folder in &args.folders {
        let journal = Journal::read(folder).map_err(super::journal_error)?;
        if journal.cut {
            eprintln!(
                "harness: the last line of {} was cut off and is left out",
                folder.display()
            );
        }
        let summary = Summary::of(&journal);
        runs.push((journal, summary));
    }
    let failure =
        |error: Box<dyn std::error::Error + Send + Sync>| CommandError::failure(error.to_string());
    match (args.format, &runs[..]) {
        (Format::Html, [one, other]) => {
            let page = comparison((&one.0, &one.1), (&other.0, &other.1)).map_err(failure)?;
            super::print(&page)
        }
        (Format::Html, [_, _, _, ..]) => Err(CommandError::usage(
            "a page holds one run, or two side by side",
        )),
        (format, runs) => {
            for (journal, summary) in runs {
                let text = render(journal, summary, format).map_err(failure)?;
                super::print(&format!("{}\n", text.trim_end()))?;
            }
            Ok(())
        }
    }
}
