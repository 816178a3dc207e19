//! A whole answer in no dialect's words.

use super::json::Text;
use super::part::Part;
use super::usage::Usage;

/// What a model answered. Borrowed from the provider's body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer<'a> {
    /// The provider's id; may be empty.
    pub(crate) id: Text<'a>,
    pub(crate) model: Text<'a>,
    /// Seconds since 1970, where the provider says it.
    pub(crate) created: Option<u64>,
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) stop: Stop<'a>,
    pub(crate) usage: Usage,
}

/// Why an answer ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stop<'a> {
    /// It was complete.
    #[default]
    End,
    /// One of the client's stop sequences, which one where it is known (wire row 35).
    Sequence(Text<'a>),
    /// Tools are to be called.
    Calls,
    /// The limit that the client set.
    Length,
    /// The limit of the model's context (wire row 33).
    Context,
    /// The provider paused a turn of its own (wire row 33).
    Pause,
    /// The model or a filter would not (wire row 32).
    Refusal,
}

impl Stop<'_> {
    pub(crate) fn into_owned(self) -> Stop<'static> {
        match self {
            Self::Sequence(text) => Stop::Sequence(text.into_owned()),
            Self::End => Stop::End,
            Self::Calls => Stop::Calls,
            Self::Length => Stop::Length,
            Self::Context => Stop::Context,
            Self::Pause => Stop::Pause,
            Self::Refusal => Stop::Refusal,
        }
    }
}
