//! Tables of a page.

use std::fmt::Write as _;

use super::markup::escape;
use crate::report::{Grid, Section};

/// A table that scrolls sideways by itself where it is too wide.
pub(super) fn grid(grid: &Grid, label: &str) -> String {
    let side = |column: usize| {
        if column < grid.left {
            ""
        } else {
            " class=\"n\""
        }
    };
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}, table\"><table>\n<thead><tr>",
        escape(label)
    );
    for (column, header) in grid.headers.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(
            html,
            "<th scope=\"col\"{}>{}</th>",
            side(column),
            escape(header)
        );
    }
    html += "</tr></thead>\n<tbody>\n";
    for row in &grid.rows {
        html += "<tr>";
        for (column, cell) in row.iter().enumerate() {
            let _ = if column == 0 {
                write!(html, "<th scope=\"row\">{}</th>", escape(cell))
            } else {
                write!(html, "<td{}>{}</td>", side(column), escape(cell))
            };
        }
        html += "</tr>\n";
    }
    html + "</tbody></table></div>\n"
}

/// A table with its heading.
pub(super) fn section(section: &Section) -> String {
    let mut html = format!("<h3>{}</h3>\n", escape(&section.title));
    if !section.note.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", escape(&section.note));
    }
    html + &grid(&section.grid, &section.title)
}
