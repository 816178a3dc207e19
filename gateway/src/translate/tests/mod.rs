//! A test for each row of the table of translation cases (`row_NN_…`), fixtures through all
//! pairs, round trips, and input of any kind.
//!
//! Rows that need sockets (59, 60) are in `tests/end_to_end/translation.rs`.

mod broken_streams;
mod pairs;
mod round_trip;
mod row_29_streamed;
mod rows_01_08;
mod rows_09_19;
mod rows_20_29;
mod rows_30_35;
mod rows_36_45;
mod rows_46_58;
mod say;
mod silence;
