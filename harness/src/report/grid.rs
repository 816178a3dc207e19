//! A table before it has a form.

/// A table with a title and what a reader must know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Below the heading.
    pub note: String,
    /// The table.
    pub grid: Grid,
}

/// Headers and rows of text. The first `left` columns stand to the left, the
/// others to the right.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// One for each column.
    pub headers: Vec<String>,
    /// As long as the headers, each.
    pub rows: Vec<Vec<String>>,
    /// Columns that hold words rather than numbers.
    pub left: usize,
}

impl Grid {
    /// An empty table whose first `left` columns hold words.
    pub fn new<T: Into<String>>(left: usize, headers: impl IntoIterator<Item = T>) -> Self {
        Self {
            headers: headers.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
            left,
        }
    }
}
