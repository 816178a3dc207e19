//! Reports of a run: one document, or one list of figures, in several forms.

mod beside;
mod cost;
mod csv;
mod deployment;
mod document;
mod footnotes;
mod frontier;
mod grid;
mod html;
mod json;
mod markdown;
mod number;
mod paced;
mod published;
mod ranking;
mod reproduction;
mod sections;
mod table;
mod translation;
mod trust;

use std::fmt;
use std::str::FromStr;

pub use document::Document;
pub use grid::{Grid, Section};
pub use html::{IndexEntry, comparison, index_page, overview_picture};

use crate::journal::Journal;
use crate::summary::Summary;

/// The reports in a run's folder: each file's name and form.
pub const FILES: [(&str, Format); 3] = [
    ("tables.md", Format::Markdown),
    ("measurements.csv", Format::Csv),
    (PAGE, Format::Html),
];
/// The page among them.
pub const PAGE: &str = "report.html";

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Tables for a terminal.
    Table,
    /// Tables for a README or a pull request.
    Markdown,
    /// One figure a line, with documented columns.
    Csv,
    /// Every figure as one JSON document.
    Json,
    /// One page with plots, for a browser.
    Html,
}

impl Format {
    const NAMES: [(Self, &'static str); 5] = [
        (Self::Table, "table"),
        (Self::Markdown, "markdown"),
        (Self::Csv, "csv"),
        (Self::Json, "json"),
        (Self::Html, "html"),
    ];
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(format, _)| format == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(format, _)| *format)
            .ok_or_else(|| {
                let known: Vec<&str> = Self::NAMES.iter().map(|(_, name)| *name).collect();
                format!("unknown format `{name}`; known: {}", known.join(", "))
            })
    }
}

/// A report in the form asked for: a pure function of the journal, of which
/// `summary` is.
///
/// # Errors
/// When the form cannot hold a figure; what the writer says.
pub fn render(
    journal: &Journal,
    summary: &Summary,
    format: Format,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let text = match format {
        Format::Table => table::render(&Document::of(summary)),
        Format::Markdown => markdown::render(&Document::of(summary)),
        Format::Csv => csv::render(summary)?,
        Format::Json => json::render(summary)?,
        Format::Html => html::page(journal, summary)?,
    };
    Ok(text.trim_end().to_owned() + "\n")
}

/// A document as text for a terminal, or as Markdown.
pub(crate) fn render_document(document: &Document, markdown: bool) -> String {
    let text = match markdown {
        true => markdown::render(document),
        false => table::render(document),
    };
    text.trim_end().to_owned() + "\n"
}

/// The overview alone, as a table for a README.
pub fn overview_markdown(summary: &Summary) -> String {
    let document = Document::of(summary);
    document
        .sections
        .first()
        .map_or(String::new(), |section| markdown::grid(&section.grid))
}
