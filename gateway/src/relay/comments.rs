//! What a provider says before its first event: comments, to show that it lives.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};

use crate::sse::events;

/// More than this is no sign of life, and is passed on.
const MOST_HELD_BYTES: usize = 16 * 1024;

/// Holds comments back until the first event, so that a provider which fails after them can still
/// be given up for another. Not for ever: a client that is told nothing at all may take its
/// connection for dead.
pub(super) struct Comments {
    held: BytesMut,
    longest: Option<Duration>,
    since: Option<Instant>,
}

impl Comments {
    /// They are passed on after `longest`; without that, with the first event.
    pub(super) fn held_for(longest: Option<Duration>) -> Self {
        Self {
            held: BytesMut::new(),
            longest,
            since: None,
        }
    }

    /// What the client is told once whole events or comments came: these, and before them what
    /// was held; or nothing yet.
    pub(super) fn before(&mut self, piece: Bytes, now: impl FnOnce() -> Instant) -> Option<Bytes> {
        let is_event = events(&piece).next().is_some();
        if is_event && self.held.is_empty() {
            return Some(piece);
        }
        self.held.extend_from_slice(&piece);
        let is_told = is_event || self.held.len() > MOST_HELD_BYTES || self.is_long_since(now());
        is_told.then(|| self.held.split().freeze())
    }

    fn is_long_since(&mut self, now: Instant) -> bool {
        let since = *self.since.get_or_insert(now);
        self.longest.is_some_and(|longest| now - since >= longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMENT: &str = ": PROCESSING\n\n";
    const EVENT: &str = "data: {}\n\n";

    /// What is told of each piece, which comes so many seconds after the first.
    fn told(longest: Option<u64>, pieces: &[(u64, &str)]) -> Vec<Option<String>> {
        let mut comments = Comments::held_for(longest.map(Duration::from_secs));
        let begun = Instant::now();
        let told = pieces.iter().map(|(at, piece)| {
            let now = begun + Duration::from_secs(*at);
            let told = comments.before(Bytes::copy_from_slice(piece.as_bytes()), || now)?;
            Some(String::from_utf8(told.to_vec()).unwrap())
        });
        told.collect()
    }

    #[test]
    fn an_event_goes_out_with_what_came_before_it() {
        assert_eq!(told(Some(15), &[(0, EVENT)]), [Some(EVENT.to_owned())]);
        let both = format!("{COMMENT}{EVENT}");
        assert_eq!(told(Some(15), &[(0, &both)]), [Some(both.clone())]);
        assert_eq!(
            told(None, &[(0, COMMENT), (99, "id: 1\n\n"), (100, EVENT)]),
            [None, None, Some(format!("{COMMENT}id: 1\n\n{EVENT}"))]
        );
    }

    #[test]
    fn nobody_is_kept_waiting_for_ever() {
        assert_eq!(
            told(Some(15), &[(0, COMMENT), (14, COMMENT), (15, COMMENT)]),
            [None, None, Some(COMMENT.repeat(3))]
        );
        let large = format!(": {}\n\n", "x".repeat(MOST_HELD_BYTES));
        assert_eq!(told(None, &[(0, &large)]), [Some(large.clone())]);
    }
}
