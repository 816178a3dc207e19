//! Telling what was measured.

mod json;
mod table;

pub use json::{document, frontier_document};
pub use table::{frontier_table, table};
