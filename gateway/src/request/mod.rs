//! What the gateway reads of a request's body: which model, and whether to stream.
//!
//! Everything else in the body is the provider's business and is forwarded unread.

pub(crate) mod json;
mod selection;

pub(crate) use selection::{Selection, splice};
