//! Tables for a terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{Document, Grid};

pub(super) fn render(document: &Document) -> String {
    let mut text = format!("{}\n", document.title);
    for line in &document.intro {
        text += &format!("{line}\n");
    }
    for section in &document.sections {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{}\n", section.title);
        if !section.note.is_empty() {
            let _ = writeln!(text, "{}", section.note);
        }
        let _ = writeln!(text, "{}", grid(&section.grid));
    }
    if !document.failures.is_empty() {
        text += "\nFailed:\n";
        for failure in &document.failures {
            let _ = writeln!(text, "  {failure}");
        }
    }
    if !document.notes.is_empty() {
        text += "\nAbsent, because:\n";
        for (index, note) in document.notes.iter().enumerate() {
            let _ = writeln!(text, "  [{}] {note}", index + 1);
        }
    }
    text
}

fn grid(grid: &Grid) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(&grid.headers);
    for row in &grid.rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(grid.left) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
