//! The text of every answer: what the mock says and the judges expect.

use crate::stamp;

/// Chunks of a streamed answer unless another number is asked for.
pub const DEFAULT_CHUNKS: usize = 32;
/// The most chunks an answer may have: the index of a stamp has five digits.
pub const MAX_CHUNKS: usize = stamp::MAX_INDEX + 1;

/// The pieces that a stamped answer repeats in turn.
const PIECES: [&str; 32] = [
    "A ",
    "gateway ",
    "sits ",
    "between ",
    "every ",
    "client ",
    "and ",
    "its ",
    "model, ",
    "as ",
    "a ",
    "café ",
    "stands ",
    "between ",
    "the ",
    "street ",
    "and ",
    "the ",
    "kitchen: ",
    "each ",
    "order ",
    "passes ",
    "through ",
    "it, ",
    "and ",
    "each ",
    "pays ",
    "a ",
    "small ",
    "toll ",
    "🚦 ",
    "twice. ",
];

/// What a piece is filled up with: one byte, which JSON does not escape.
const PADDING: char = '.';

/// The text of the published benchmark, cut into its 31 words.
const PUBLISHED: &str = "This is a benchmark response from the mock backend server. It contains \
     enough text to be representative of a typical short AI response that would be returned in \
     production use cases.";

/// A fixed choice of answer and of how it is framed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Stamped pieces, in the providers' full event sequences.
    #[default]
    Stamped,
    /// Text, sizes and number of events of the benchmark published in June
    /// 2026: no stamps, so no overhead can be read from it.
    Published202606,
}

impl Preset {
    /// The preset's name on the command line, where it has one.
    pub const PUBLISHED_NAME: &'static str = "published-2026-06";
}

/// The text of an answer in its pieces, one a streamed chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    preset: Preset,
    pieces: Vec<String>,
}

impl Script {
    /// A stamped answer of `chunks` pieces, held between 1 and
    /// [`MAX_CHUNKS`].
    pub fn stamped(chunks: usize) -> Self {
        Self {
            preset: Preset::Stamped,
            pieces: PIECES
                .into_iter()
                .cycle()
                .take(chunks.clamp(1, MAX_CHUNKS))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Like [`Script::stamped`], but with each streamed chunk's text, its stamp
    /// included, filled up with dots to at least `chunk_bytes` bytes.
    pub fn stamped_padded(chunks: usize, chunk_bytes: usize) -> Self {
        let mut script = Self::stamped(chunks);
        for piece in &mut script.pieces {
            let missing = chunk_bytes.saturating_sub(stamp::LEN + piece.len());
            piece.extend(std::iter::repeat_n(PADDING, missing));
        }
        script
    }

    /// The answer of the benchmark published in June 2026.
    pub fn published_2026_06() -> Self {
        Self {
            preset: Preset::Published202606,
            pieces: PUBLISHED.split_inclusive(' ').map(str::to_owned).collect(),
        }
    }

    /// Which preset it is.
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// Number of content chunks in a stream.
    pub fn chunks(&self) -> usize {
        self.pieces.len()
    }

    /// The text of each streamed chunk, its stamp blank.
    pub fn chunk_texts(&self) -> impl Iterator<Item = String> + '_ {
        self.pieces
            .iter()
            .enumerate()
            .map(|(index, piece)| self.stamp(index) + piece)
    }

    /// The text of a whole answer, its one stamp blank.
    pub fn whole_text(&self) -> String {
        self.stamp(0) + &self.pieces.concat()
    }

    /// The text of all streamed chunks together, their stamps blank.
    pub fn stream_text(&self) -> String {
        self.chunk_texts().collect()
    }

    fn stamp(&self, index: usize) -> String {
        match self.preset {
            Preset::Stamped => stamp::blank(index),
            Preset::Published202606 => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamped_text_is_not_ascii_alone() {
        let text = Script::stamped(DEFAULT_CHUNKS).whole_text();
        assert!(text.starts_with("[i=00000 r=0000000000000000000 s=0000000000000000000]A gate"));
        assert!(text.contains('é') && text.contains('🚦'));
    }

    #[test]
    fn the_published_text_has_31_pieces_and_no_stamp() {
        let script = Script::published_2026_06();
        assert_eq!(script.chunks(), 31);
        assert_eq!(script.whole_text(), PUBLISHED);
        assert_eq!(script.stream_text(), PUBLISHED);
    }

    #[test]
    fn chunks_are_filled_up_but_never_cut() {
        let script = Script::stamped_padded(40, 70);
        assert!(script.chunk_texts().all(|text| text.len() == 70));
        assert!(script.stream_text().contains("café ...") && script.stream_text().contains("🚦 ."));
        assert_eq!(Script::stamped_padded(40, 10), Script::stamped(40));
        assert_eq!(Script::stamped_padded(40, 0), Script::stamped(40));
    }

    #[test]
    fn chunks_are_numbered() {
        let script = Script::stamped(40);
        let last = script.chunk_texts().last().unwrap();
        assert!(last.starts_with("[i=00039 "), "{last}");
        assert!(last.ends_with(PIECES[7]));
    }
}
