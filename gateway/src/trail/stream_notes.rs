//! What is noted of a stream's events as they go by.

use super::first_piece;
use crate::dialect::Dialect;
use crate::sse::Event;
use crate::usage::{self, Told};

/// What has been seen of one stream.
#[derive(Debug, Default)]
pub(crate) struct StreamNotes {
    /// Whether a generated piece has come: text, reasoning or a tool call.
    pub(crate) generated: bool,
    pub(crate) told: Told,
    /// Whether the provider ended the stream with an error of its own, which was passed on.
    pub(crate) failed: bool,
    /// Whether the stream ended before its end, and the client was told so.
    pub(crate) broken: bool,
}

impl StreamNotes {
    pub(crate) fn see(&mut self, dialect: Dialect, event: &Event<'_>) {
        if !self.generated {
            self.generated = first_piece::is_generated(dialect, event);
        }
        usage::in_event(dialect, event, &mut self.told);
    }
}
