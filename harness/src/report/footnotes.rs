//! Reasons for what is absent, each told once.

/// Numbered notes.
#[derive(Debug, Default)]
pub(super) struct Footnotes(Vec<String>);

impl Footnotes {
    /// The mark of a note, which is added if it is new.
    pub(super) fn mark(&mut self, note: &str) -> String {
        let known = self.0.iter().position(|other| other == note);
        let index = known.unwrap_or_else(|| {
            self.0.push(note.to_owned());
            self.0.len() - 1
        });
        format!("[{}]", index + 1)
    }

    /// The notes in order.
    pub(super) fn into_notes(self) -> Vec<String> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_stands_once() {
        let mut notes = Footnotes::default();
        assert_eq!(notes.mark("a"), "[1]");
        assert_eq!(notes.mark("b"), "[2]");
        assert_eq!(notes.mark("a"), "[1]");
        assert_eq!(notes.into_notes(), ["a", "b"]);
    }
}
