//! JSON as translation needs it: read by borrowing, written straight into bytes.
//!
//! Text stays as the sender escaped it and numbers as the sender spelled them, so that most
//! values are copied, never parsed and printed again.

mod read;
mod text;
mod write;

pub(crate) use read::{array, bool_of, first, kind_of, number_of, object, text_of};
pub(crate) use text::Text;
pub(crate) use write::Writer;
