//! A report as a page: one file, no script, nothing fetched. Its plots are
//! drawn from the journal alone, so the same journal gives the same bytes.

mod axis;
mod canvas;
mod compare;
mod cost;
mod coverage;
mod curves;
mod distributions;
mod figure;
mod frontier;
mod index;
mod markup;
mod memory;
mod overhead;
mod overview;
mod paced;
mod page;
mod palette;
mod rows;
mod run;
mod style;
mod tables;
mod trust;
mod view;

pub use index::{IndexEntry, index_page};

use crate::journal::Journal;
use crate::summary::Summary;
use view::View;

/// What can go wrong in a report.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The page of one run.
///
/// # Errors
/// When plotters cannot draw.
pub(in crate::report) fn page(journal: &Journal, summary: &Summary) -> Result<String, Problem> {
    let view = View { journal, summary };
    run::html(view).map_err(|error| error.to_string().into())
}

/// The page of two runs side by side, the earlier first.
///
/// # Errors
/// When plotters cannot draw.
pub fn comparison(
    one: (&Journal, &Summary),
    other: (&Journal, &Summary),
) -> Result<String, Problem> {
    let [one, other] = [one, other].map(|(journal, summary)| View { journal, summary });
    compare::html(one, other).map_err(|error| error.to_string().into())
}

/// One picture of a run as an SVG file: what a README shows.
///
/// # Errors
/// When plotters cannot draw.
pub fn overview_picture(journal: &Journal, summary: &Summary) -> Result<String, Problem> {
    let view = View { journal, summary };
    overview::svg(view).map_err(|error| error.to_string().into())
}
