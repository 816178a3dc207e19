//! Telling what was measured.

mod json;
mod table;

pub use json::document;
pub use table::table;
