//! What the gateway reads of a request's body: which model, and whether to stream.
//!
//! Everything else in the body is the provider's business and is forwarded unread.

mod endpoint;
pub(crate) mod json;
mod selection;

pub(crate) use endpoint::Endpoint;
pub(crate) use selection::{Selection, splice, splice_and_ask};
