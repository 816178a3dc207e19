//! What is claimed, what was measured, and whether it holds.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets};

/// Whether a claim holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does not.
    Fails,
    /// It could not be measured here; why.
    NotMeasured(String),
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holds => f.write_str("holds"),
            Self::Fails => f.write_str("FAILS"),
            Self::NotMeasured(why) => write!(f, "not measured: {why}"),
        }
    }
}

/// A claim with what was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed, with its limit.
    pub claim: String,
    /// What was measured, with n.
    pub measured: String,
    /// Whether it holds.
    pub verdict: Verdict,
}

impl Claim {
    /// A claim that was measured.
    pub fn new(
        claim: impl Into<String>,
        measured: impl Into<String>,
        verdict: impl Into<Verdict>,
    ) -> Self {
        Self {
            claim: claim.into(),
            measured: measured.into(),
            verdict: verdict.into(),
        }
    }
}

/// The claims as a table, for a terminal or for Markdown.
pub fn table(claims: &[Claim], markdown: bool) -> String {
    let mut table = Table::new();
    table.set_header(["claim", "measured", "verdict"]);
    if markdown {
        table.load_style(presets::ASCII_MARKDOWN);
    } else {
        table
            .load_style(presets::UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic);
    }
    for claim in claims {
        table.add_row([
            claim.claim.clone(),
            claim.measured.clone(),
            claim.verdict.to_string(),
        ]);
    }
    table.to_string()
}
