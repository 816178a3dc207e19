//! `harness instructions`: two counts held together.

use std::fs;
use std::path::Path;

use super::CommandError;
use crate::cli::InstructionsArgs;
use crate::gate::instructions::{Counts, compared, parse};
use crate::report::{Document, Grid, Section, render_document};

/// Prints the counts of both and their change.
///
/// # Errors
/// Regression: a function takes more than the limit allows. Usage: a file that
/// holds no counts.
pub fn instructions(args: &InstructionsArgs) -> Result<(), CommandError> {
    let found = compared(&read(&args.base)?, &read(&args.head)?);
    if !(found.iter()).any(|one| one.base.is_some() && one.head.is_some()) {
        return Err(CommandError::usage(format!(
            "{} and {} have no function in common, so there is nothing to hold together",
            args.base.display(),
            args.head.display()
        )));
    }
    let mut grid = Grid::new(1, ["function", "base", "head", "change", "verdict"]);
    let mut worse = 0;
    for one in &found {
        let count = |count: Option<u64>| count.map_or("–".to_owned(), |count| count.to_string());
        let is_beyond = one.is_beyond(args.limit);
        worse += usize::from(is_beyond);
        grid.rows.push(vec![
            one.function.clone(),
            count(one.base),
            count(one.head),
            (one.change()).map_or("–".to_owned(), |change| {
                format!("{:+.2}%", 100.0 * change)
            }),
            match (is_beyond, one.base, one.head) {
                (true, ..) => "REGRESSED",
                (_, None, _) => "new",
                (_, _, None) => "gone",
                _ => "ok",
            }
            .to_owned(),
        ]);
    }
    let says = match worse {
        0 => "pass".to_owned(),
        worse => format!("REGRESSION in {worse} of {} functions", found.len()),
    };
    let document = Document {
        title: format!("Instructions of hot functions: {says}"),
        intro: Vec::new(),
        sections: vec![Section {
            title: "Base and head".to_owned(),
            note: format!("Counted by Callgrind; {}% more is tolerated.", args.limit),
            grid,
        }],
        failures: Vec::new(),
        notes: Vec::new(),
    };
    super::print(&render_document(&document, args.markdown))?;
    match worse {
        0 => Ok(()),
        _ => Err(CommandError::Regression),
    }
}

fn read(path: &Path) -> Result<Counts, CommandError> {
    let wrong = |why: String| CommandError::usage(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    parse(&text).map_err(wrong)
}
