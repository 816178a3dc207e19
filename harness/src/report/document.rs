//! The document that the readable forms show.

use super::deployment;
use super::grid::Section;
use super::sections::Sections;
use crate::stats::{CONFIDENCE, MIN_BLOCKS_TO_RANK, RESAMPLES};
use crate::summary::Summary;

/// A report before it has a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The run's name.
    pub title: String,
    /// What the reader must know before any figure.
    pub intro: Vec<String>,
    /// The tables.
    pub sections: Vec<Section>,
    /// The numbered notes that tables refer to.
    pub notes: Vec<String>,
    /// What went wrong.
    pub failures: Vec<String>,
}

impl Document {
    /// The document of a summary.
    pub fn of(summary: &Summary) -> Self {
        let (sections, notes) = Sections::new(summary).all();
        Self {
            title: format!("Run {}", summary.run.run),
            intro: intro(summary),
            sections,
            notes,
            failures: summary.failures.clone(),
        }
    }
}

fn intro(summary: &Summary) -> Vec<String> {
    let run = &summary.run;
    let profile = &run.profile;
    let machine = |name: &str| match &run.machine[name] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "unknown".to_owned(),
        other => other.to_string(),
    };
    let uncertainty = if summary.is_ranked() {
        format!(
            "±: {:.0}% bootstrap interval ({RESAMPLES} resamples) of the Hodges–Lehmann estimate \
             over {} blocks.",
            CONFIDENCE * 100.0,
            summary.blocks
        )
    } else {
        format!(
            "±: the range over {} block{}; under {MIN_BLOCKS_TO_RANK} blocks nothing is ranked.",
            summary.blocks,
            if summary.blocks == 1 { "" } else { "s" }
        )
    };
    let mut lines = vec![
        format!(
            "{} · profile {} · {} of {} blocks · seed {} · runner {} · harness {}",
            run.started_at,
            profile.name,
            summary.blocks,
            profile.blocks,
            run.seed,
            run.runner,
            run.harness
        ),
        format!(
            "Machine: {}, {} cores, kernel {}.",
            machine("cpu_model"),
            machine("cores"),
            machine("kernel")
        ),
        format!(
            "{uncertainty} –: absent, the note tells why. ᵖ: percentile of all blocks' samples put together. ‡: within 20% of what the rig reaches without a gateway."
        ),
    ];
    lines.splice(2..2, deployment::lines(run));
    if profile.published_preset {
        lines.push(
            "The mock answers as that of the benchmark published in June 2026: no stamps, so no \
             overhead."
                .to_owned(),
        );
    }
    lines
}
