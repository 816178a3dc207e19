//! Reasons for what is absent, each told once.

use super::number::significant;
use crate::measured::Reason;

/// A reason in words that are the same wherever it is the same: how many
/// samples there were, or by how much the rig was late, differs from figure
/// to figure; the CSV tells.
pub(super) fn reason_text(reason: &Reason) -> String {
    match reason {
        Reason::TooFewSamples { need, .. } => {
            format!("too few samples: fewer than {}", significant(*need as f64))
        }
        Reason::LimitedByRig(why) => {
            let what = why.split(':').next().unwrap_or_default();
            format!("limited by the rig: {what}")
        }
        other => other.to_string(),
    }
}

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
