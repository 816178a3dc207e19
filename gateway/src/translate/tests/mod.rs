//! Fixtures through all pairs, round trips, and input of any kind.
//!
//! The table of translation cases is played over the wire, a file a row:
//! `tests/translation/cases` of the project.

mod broken_streams;
mod errors;
mod pairs;
mod round_trip;
mod row_29_streamed;
mod say;
mod silence;
mod tool_choice;
