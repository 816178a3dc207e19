//! The end of an answer that is too large to be held, where its usage stands.

use super::{Tokens, in_answer};

/// What is kept: enough for any usage object and what follows it.
const KEPT_BYTES: usize = 4096;

/// Keeps the last bytes of what goes by.
#[derive(Default)]
pub(crate) struct Tail(Vec<u8>);

impl Tail {
    pub(crate) fn see(&mut self, piece: &[u8]) {
        let piece = &piece[piece.len().saturating_sub(KEPT_BYTES)..];
        let over = (self.0.len() + piece.len()).saturating_sub(2 * KEPT_BYTES);
        if over > 0 {
            // Down to the least at once, so that small pieces do not each move the rest.
            let kept = self.0.len().min(KEPT_BYTES);
            self.0.drain(..self.0.len() - kept);
        }
        self.0.extend_from_slice(piece);
    }

    pub(crate) fn tokens(&self) -> Option<Tokens> {
        in_answer(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_usage_at_the_end_of_much() {
        let end = br#","usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
        for size in [1, 7, 1000, 100_000] {
            let mut tail = Tail::default();
            for piece in [&vec![b'x'; 50_000][..], end].concat().chunks(size) {
                tail.see(piece);
            }
            assert!(tail.0.len() <= 2 * KEPT_BYTES);
            let tokens = tail.tokens().unwrap();
            assert_eq!((tokens.input, tokens.output), (1, 2));
        }
    }
}
