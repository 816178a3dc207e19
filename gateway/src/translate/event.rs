//! A streamed answer in no dialect's words.

use super::answer::Stop;
use super::json::Text;
use super::signature::Signature;
use super::usage::Usage;

/// One step of a stream. Blocks come one after the other: `Open`, `Delta`s, `Close`; a reader
/// of a dialect sees to that, a writer relies on it.
#[derive(Clone, Debug)]
pub(crate) enum Event<'a> {
    /// The first event, once.
    Start {
        id: Text<'a>,
        model: Text<'a>,
        created: Option<u64>,
    },
    Open(Block<'a>),
    /// More of the open block: text, or for a call its arguments as text.
    Delta(Text<'a>),
    /// The proof of the open thinking block.
    Signature(Signature<'a>),
    /// The open block is complete.
    Close,
    /// What the provider has counted so far.
    Usage(Usage),
    /// Why the answer ends. Usage may follow.
    Stop(Stop<'a>),
    /// The proper end of the provider's stream; nothing follows.
    End,
}

/// What a block is.
#[derive(Clone, Debug)]
pub(crate) enum Block<'a> {
    Text,
    Refusal,
    Thinking,
    Call {
        id: Text<'a>,
        name: Text<'a>,
        /// Gemini's; see [`Call`](super::Call).
        signature: Option<Text<'a>>,
    },
}
