//! What is wrong with a manifest, and exactly where.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something wrong in an entrant's folder: `FILE:LINE:COLUMN: message`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ManifestError {
    file: PathBuf,
    /// Line and column, from 1; the column counts characters.
    place: (usize, usize),
    message: String,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.place;
        write!(
            f,
            "{}:{line}:{column}: {}",
            self.file.display(),
            self.message
        )
    }
}

impl ManifestError {
    /// The fault `message` at the byte `offset` of `text`, which is what
    /// `file` holds.
    pub(super) fn at(file: &Path, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            place: (
                before.matches('\n').count() + 1,
                before[line_start..].chars().count() + 1,
            ),
            message: message.into(),
        }
    }

    /// What the TOML reader found in `text`, with the field's name added
    /// where its own message lacks it.
    pub(super) fn of_toml(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        let mut message = error.message().trim().to_owned();
        // What the document as a whole lacks is told of its first byte.
        let field = error
            .span()
            .filter(|span| span.end > 0)
            .and_then(|_| Fields::of(text)?.at(offset).map(str::to_owned));
        if let Some(field) = field
            && !message.contains(&format!("`{field}`"))
        {
            message = format!("`{field}`: {message}");
        }
        Self::at(file, text, offset, message)
    }
}

/// One field of a TOML document.
#[derive(Debug)]
pub(super) struct Field {
    /// Its dotted name, as `process.command[1]`.
    pub(super) name: String,
    /// Where its value begins, in bytes.
    pub(super) offset: usize,
    /// Its value, if that is a string.
    pub(super) text: Option<String>,
    /// From its key to the end of its value.
    extent: (usize, usize),
}

/// All fields of a TOML document, outer ones before those inside them.
#[derive(Debug)]
pub(super) struct Fields(Vec<Field>);

impl Fields {
    /// The fields of `text`, unless it is no TOML.
    pub(super) fn of(text: &str) -> Option<Self> {
        let document = DeTable::parse(text).ok()?;
        let mut fields = Self(Vec::new());
        fields.add_table("", document.get_ref());
        Some(fields)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Field> {
        self.0.iter()
    }

    /// Where the field of this name begins, or the nearest one around it.
    pub(super) fn offset_of(&self, name: &str) -> usize {
        let mut name = name;
        loop {
            if let Some(field) = self.0.iter().find(|field| field.name == name) {
                return field.extent.0;
            }
            match name.rfind(['.', '[']) {
                Some(end) => name = &name[..end],
                None => return 0,
            }
        }
    }

    /// The name of the innermost field around a byte of the text.
    fn at(&self, offset: usize) -> Option<&str> {
        let around = |field: &&Field| (field.extent.0..field.extent.1).contains(&offset);
        self.0
            .iter()
            .rev()
            .find(around)
            .map(|field| field.name.as_str())
    }

    fn add_table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table.iter() {
            let name = format!("{prefix}{}", key.get_ref());
            self.add_value(name, key.span().start, value);
        }
    }

    fn add_value(&mut self, name: String, start: usize, value: &Spanned<DeValue<'_>>) {
        self.0.push(Field {
            name: name.clone(),
            offset: value.span().start,
            text: value.get_ref().as_str().map(str::to_owned),
            // A table's value begins at the bracket of its header.
            extent: (start.min(value.span().start), value.span().end),
        });
        match value.get_ref() {
            DeValue::Table(table) => self.add_table(&format!("{name}."), table),
            DeValue::Array(array) => {
                for (index, value) in array.iter().enumerate() {
                    self.add_value(format!("{name}[{index}]"), value.span().start, value);
                }
            }
            _ => {}
        }
    }
}
