//! Following a stream of events piece by piece. No I/O.
//!
//! Only whole events are passed on. A client cannot act on half an event, so nothing is
//! delayed; and where a stream breaks inside one, the error event that follows is not glued to
//! the half.

use bytes::{Bytes, BytesMut};

use crate::dialect::{Dialect, Fault, Watch};
use crate::sse::whole_events;
use crate::trail::StreamNotes;
use crate::usage::strip;

/// An event of this size is passed on in pieces after all, its first piece standing for it.
const LARGEST_HELD_BYTES: usize = 32 * 1024 * 1024;

pub(crate) struct Follow {
    watch: Watch,
    /// Whether usage was asked for that the client did not ask for.
    strips_usage: bool,
    /// The beginning of an event.
    held: BytesMut,
}

impl Follow {
    pub(crate) fn new(dialect: Dialect, strips_usage: bool) -> Self {
        Self {
            watch: Watch::new(dialect),
            strips_usage,
            held: BytesMut::new(),
        }
    }

    /// Takes a piece of the stream as it came; gives what can be passed on.
    pub(crate) fn push(&mut self, mut piece: Bytes) -> Option<Bytes> {
        if self.held.is_empty() {
            let whole = whole_events(&piece, 0);
            let rest = piece.split_off(whole);
            self.held.extend_from_slice(&rest);
        } else {
            let searched = self.held.len();
            self.held.extend_from_slice(&piece);
            piece = self
                .held
                .split_to(whole_events(&self.held, searched))
                .freeze();
        }
        if piece.is_empty() && self.held.len() > LARGEST_HELD_BYTES {
            piece = self.held.split().freeze();
        }
        if piece.is_empty() {
            return None;
        }
        self.watch.see(&piece);
        if let Some(at) = self.watch.torn() {
            // What came before it is good.
            piece.truncate(whole_events(&piece[..at], 0));
        }
        (!piece.is_empty()).then(|| self.stripped(piece)).flatten()
    }

    /// Whether the stream holds an event that nobody can read. It then ends before that event,
    /// whatever follows.
    pub(crate) fn is_torn(&self) -> bool {
        self.watch.torn().is_some()
    }

    fn stripped(&self, piece: Bytes) -> Option<Bytes> {
        if !self.strips_usage {
            return Some(piece);
        }
        let piece = strip(piece);
        (!piece.is_empty()).then_some(piece)
    }

    /// What has been noted of the stream.
    pub(crate) fn notes(&self) -> &StreamNotes {
        &self.watch.notes
    }

    /// Whether the stream has come to its proper end, with nothing left over.
    pub(crate) fn is_complete(&self) -> bool {
        self.watch.ended() && self.held.is_empty()
    }

    /// The end of the provider's bytes, `clean` or broken off: gives what is still to be told
    /// to the client, which is `fault` if the stream was not over.
    pub(crate) fn finish(
        &mut self,
        clean: bool,
        fault: &Fault,
        request_id: Option<&[u8]>,
    ) -> Option<Bytes> {
        if clean && !self.is_torn() && !self.watch.ended() && !self.held.is_empty() {
            // Some leave out the blank line after the last event.
            self.watch.see(&self.held);
            if self.watch.ended() {
                let held = self.held.split().freeze();
                return self.stripped(held);
            }
        }
        if self.watch.ended() {
            return None;
        }
        self.watch.notes.broken = true;
        Some(self.watch.last_events(fault, request_id))
    }
}

#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
