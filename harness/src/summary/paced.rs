//! Figures of streams whose pieces come at a pace.

use super::load::Stretches;
use super::{Coverage, Figure};
use crate::journal::{EntrantRecord, Journal, Phase};

/// Every figure of an entrant's paced streams, but for memory.
pub(super) fn figures(
    journal: &Journal,
    entrant: &EntrantRecord,
    seen: &[Coverage],
) -> Vec<Figure> {
    let mut figures = Vec::new();
    for plan in &journal.run.profile.paced {
        let is_asked = |one: &&Coverage| {
            plan.workloads
                .iter()
                .any(|name| name == one.workload.name())
        };
        for coverage in seen.iter().filter(is_asked) {
            let stretches = Stretches {
                journal,
                entrant,
                phase: Phase::Paced,
                coverage,
                asked: None,
                gap_ms: Some(plan.gap_ms),
            };
            figures.extend(stretches.figures(&[plan.concurrency]));
        }
    }
    figures
}
