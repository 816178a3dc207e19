//! What is kept of a request until its answer is told.

use bytes::Bytes;

use super::notes::Notes;
use crate::config::ProviderDialect;
use crate::dialect::Dialect;

/// Facts from outside, as translation has no clock and no dice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Seconds since 1970.
    pub(crate) unix_seconds: u64,
    /// A number like no other, for ids that the provider does not give.
    pub(crate) unique: u64,
}

/// How an answer is to be told.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) client: Dialect,
    pub(crate) provider: ProviderDialect,
    pub(crate) moment: Moment,
    /// The model, for answers that do not name theirs.
    pub(crate) model: String,
    /// A Chat client asked for a stream's usage (wire row 41).
    pub(crate) include_usage: bool,
    /// A function's call by this name is the answer (wire row 25).
    pub(crate) schema_tool: Option<String>,
    /// About how many tokens the prompt has (wire row 39).
    pub(crate) estimated_input: u64,
    /// What a Responses answer repeats of its request: JSON members without braces.
    pub(crate) echo: Vec<u8>,
    /// By which id the request is found again; told in errors, where the dialect has a place.
    pub(crate) request_id: Option<Bytes>,
    /// What the client is to be told in headers.
    pub(crate) notes: Notes,
}
