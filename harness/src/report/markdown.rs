//! Tables for a README or a pull request.

use std::fmt::Write as _;

use super::{Document, Grid};

pub(super) fn render(document: &Document) -> String {
    let mut text = format!("# {}\n\n", escape(&document.title));
    for line in &document.intro {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}\n", escape(line));
    }
    for section in &document.sections {
        let _ = writeln!(text, "## {}\n", escape(&section.title));
        if !section.note.is_empty() {
            let _ = writeln!(text, "{}\n", escape(&section.note));
        }
        let _ = writeln!(text, "{}", grid(&section.grid));
    }
    if !document.failures.is_empty() {
        text += "## Failed\n\n";
        for failure in &document.failures {
            let _ = writeln!(text, "- {}", escape(failure));
        }
        text.push('\n');
    }
    if !document.notes.is_empty() {
        text += "## Absent, because\n\n";
        for (index, note) in document.notes.iter().enumerate() {
            let _ = writeln!(text, "- [{}] {}", index + 1, escape(note));
        }
    }
    text
}

/// A table alone.
pub(super) fn grid(grid: &Grid) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = line(&grid.headers);
    text.push('|');
    for index in 0..grid.headers.len() {
        text += if index < grid.left { "---|" } else { "--:|" };
    }
    text.push('\n');
    for row in &grid.rows {
        text += &line(row);
    }
    text
}

/// Text that may come from outside, made harmless: it breaks no table, hides no
/// address behind other words, and as a comment calls nobody.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    for character in text.chars() {
        match character {
            '(' if before == ']' => escaped += "\\(",
            '&' => escaped += "&amp;",
            // GitHub takes a name for one who is meant only where no letter or
            // digit of ASCII stands before the sign, and reads text after
            // Markdown has: a backslash would not help. Nothing is to be seen
            // of U+200B.
            '@' if !before.is_ascii_alphanumeric() => escaped += "@&#8203;",
            '|' | '<' | '>' | '`' | '\\' | '*' | '_' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(character),
        }
        before = character;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_break_its_row() {
        let mut table = Grid::new(1, ["a", "b"]);
        table.rows.push(vec!["x|y\nz".into(), "<b>".into()]);
        assert_eq!(
            grid(&table),
            "| a | b |\n|---|--:|\n| x\\|y z | \\<b\\> |\n"
        );
    }

    #[test]
    fn what_an_entrant_says_calls_nobody_and_hides_no_address() {
        assert_eq!(
            escape("ask @octocat, or [here](http://x) (of my/image@sha256:1)"),
            "ask @&#8203;octocat, or [here]\\(http://x) (of my/image@sha256:1)"
        );
        assert_eq!(
            escape("&#64;octocat é@octocat"),
            "&amp;#64;octocat é@&#8203;octocat"
        );
    }
}
