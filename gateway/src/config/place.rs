//! Where in a TOML file something stands: line, column, and the field's full name.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    line: usize,
    column: usize,
    /// Such as `providers.openai.dialects[1]`; empty where the file does not parse.
    field: String,
}

impl Place {
    /// The place of byte `offset` of `text`.
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let mut field = String::new();
        if let Ok(table) = DeTable::parse(text) {
            descend_table(table.get_ref(), offset, &mut field);
        }
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            field,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)?;
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        Ok(())
    }
}

fn descend_table(table: &DeTable<'_>, offset: usize, field: &mut String) {
    for (key, value) in table {
        if key.span().contains(&offset) || holds(value.get_ref(), value.span(), offset) {
            if !field.is_empty() {
                field.push('.');
            }
            field.push_str(key.get_ref());
            return descend(value.get_ref(), offset, field);
        }
    }
}

fn descend(value: &DeValue<'_>, offset: usize, field: &mut String) {
    match value {
        DeValue::Table(table) => descend_table(table, offset, field),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if holds(item.get_ref(), item.span(), offset) {
                    field.push_str(&format!("[{index}]"));
                    return descend(item.get_ref(), offset, field);
                }
            }
        }
        _ => {}
    }
}

/// Whether `offset` lies in a value. The span of a table written under a `[header]` is only the
/// header, so its members are looked at too.
fn holds(value: &DeValue<'_>, span: Range<usize>, offset: usize) -> bool {
    if span.contains(&offset) {
        return true;
    }
    match value {
        DeValue::Table(table) => table.iter().any(|(key, value)| {
            key.span().contains(&offset) || holds(value.get_ref(), value.span(), offset)
        }),
        DeValue::Array(items) => items
            .iter()
            .any(|item| holds(item.get_ref(), item.span(), offset)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "listen = \"é\" # here\n\n[providers.a]\nbase_url = \"x\"\n\n[providers.b]\ndialects = [\"chat\", \"no\"]\n\n[[models]]\nname = \"m\"\n\n[[models]]\nname = \"n\"\n";

    fn place(needle: &str) -> String {
        Place::of(TEXT, TEXT.find(needle).unwrap()).to_string()
    }

    #[test]
    fn names_line_column_and_field() {
        assert_eq!(place("\"é\""), "1:10: listen");
        assert_eq!(place("# here"), "1:14");
        assert_eq!(place("\"x\""), "4:12: providers.a.base_url");
        assert_eq!(place("\"no\""), "7:21: providers.b.dialects[1]");
        assert_eq!(place("\"n\""), "13:8: models[1].name");
        assert_eq!(place("dialects"), "7:1: providers.b.dialects");
    }

    #[test]
    fn a_file_that_does_not_parse_has_lines_only() {
        assert_eq!(Place::of("a = 1\nb = = 2", 10).to_string(), "2:5");
    }
}
