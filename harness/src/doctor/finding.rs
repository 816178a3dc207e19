//! A thing found, and what to make of it.

use serde::Serialize;

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// Whether it can spoil figures.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What that means for the figures.
    pub meaning: String,
    /// What to do about it, where there is something.
    pub advice: Option<String>,
}

/// Whether a finding can spoil figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It cannot.
    Good,
    /// It can.
    Beware,
    /// The machine does not tell.
    Unknown,
}

impl Verdict {
    /// The word that tables show.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Beware => "beware",
            Self::Unknown => "unknown",
        }
    }
}

impl Finding {
    /// Nothing to worry about.
    pub(super) fn good(
        subject: &str,
        found: impl Into<String>,
        meaning: impl Into<String>,
    ) -> Self {
        Self::new(subject, Verdict::Good, found.into(), meaning.into(), None)
    }

    /// Something to know before figures are read.
    pub(super) fn beware(
        subject: &str,
        found: impl Into<String>,
        meaning: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let advice = Some(advice.into());
        Self::new(
            subject,
            Verdict::Beware,
            found.into(),
            meaning.into(),
            advice,
        )
    }

    /// Something that this machine does not tell.
    pub(super) fn unknown(
        subject: &str,
        found: impl Into<String>,
        meaning: impl Into<String>,
    ) -> Self {
        Self::new(
            subject,
            Verdict::Unknown,
            found.into(),
            meaning.into(),
            None,
        )
    }

    fn new(
        subject: &str,
        verdict: Verdict,
        found: String,
        meaning: String,
        advice: Option<String>,
    ) -> Self {
        Self {
            subject: subject.to_owned(),
            verdict,
            found,
            meaning,
            advice,
        }
    }
}
