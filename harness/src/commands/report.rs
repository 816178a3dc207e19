//! `harness report`: tables of a run, made again from its journal.

use super::CommandError;
use crate::cli::ReportArgs;
use crate::journal::Journal;
use crate::report::render;
use crate::summary::Summary;

/// Prints the report of one or several runs, one after the other.
///
/// # Errors
/// A folder that holds no journal is a usage error; a damaged one a failure.
pub fn report(args: &ReportArgs) -> Result<(), CommandError> {
    for folder in &args.folders {
        let journal = Journal::read(folder).map_err(super::journal_error)?;
        if journal.cut {
            eprintln!(
                "harness: the last line of {} was cut off and is left out",
                folder.display()
            );
        }
        let text = render(&Summary::of(&journal), args.format)
            .map_err(|error| CommandError::failure(error.to_string()))?;
        super::print(&format!("{}\n", text.trim_end()))?;
    }
    Ok(())
}
