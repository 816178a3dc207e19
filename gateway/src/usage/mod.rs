//! What a request used: asked for, read out of answers, and taken out again where the client
//! did not ask for it. No I/O.

mod ask;
mod read;
mod strip;
mod tail;

pub(crate) use ask::{Asked, ask};
pub(crate) use read::{Told, in_answer, in_event};
pub(crate) use strip::strip;
pub(crate) use tail::Tail;

/// Tokens of one request or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// All that went in, cached ones included.
    pub(crate) input: u64,
    /// All that came out, reasoning included.
    pub(crate) output: u64,
    /// Of the input, what came from the provider's cache.
    pub(crate) cached: u64,
    /// Of the output, what was reasoning.
    pub(crate) reasoning: u64,
}

impl Tokens {
    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.input, other.input),
            (&mut self.output, other.output),
            (&mut self.cached, other.cached),
            (&mut self.reasoning, other.reasoning),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}
