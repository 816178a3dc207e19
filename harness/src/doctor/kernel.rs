//! Values that the kernel keeps in files.

use std::fs;
use std::path::Path;
use std::str::FromStr;

/// The content of a file without white space around it; `None` where there is
/// none or it cannot be read.
pub(super) fn text(path: impl AsRef<Path>) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned())
}

/// A file that holds one value.
pub(super) fn value<T: FromStr>(path: impl AsRef<Path>) -> Option<T> {
    text(path)?.parse().ok()
}
