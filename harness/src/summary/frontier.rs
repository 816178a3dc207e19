//! Figures of the frontier: the highest rates within limits of overhead.

use std::collections::BTreeMap;

use super::{Coverage, Estimate, Figure, Metric, why_no_samples};
use crate::journal::{EntrantRecord, Journal, Phase};
use crate::measured::{Measured, Reason};

/// The limits of loadgen's searches, in milliseconds of p99 overhead.
pub(crate) const LIMITS_MS: [u32; 4] = [1, 5, 10, 50];

/// A figure for each limit of each workload of the plan.
pub(super) fn figures(
    journal: &Journal,
    entrant: &EntrantRecord,
    seen: &[Coverage],
) -> Vec<Figure> {
    let Some(plan) = &journal.run.profile.frontier else {
        return Vec::new();
    };
    let is_planned = |one: &&Coverage| plan.workloads.iter().any(|w| w == one.workload.name());
    let mut figures = Vec::new();
    for coverage in seen.iter().filter(is_planned) {
        for limit in LIMITS_MS {
            let metric = Metric::FrontierRate;
            figures.push(Figure {
                entrant: entrant.name.clone(),
                key: coverage.key(Phase::Frontier, Some(limit), metric),
                value: rate(journal, entrant, coverage, limit),
            });
        }
    }
    figures
}

/// The rate within a limit. Where a block found none, there is no figure: the
/// others would be the best blocks.
fn rate(
    journal: &Journal,
    entrant: &EntrantRecord,
    coverage: &Coverage,
    limit_ms: u32,
) -> Measured<Estimate> {
    let mut rates = BTreeMap::new();
    for sample in journal.counted_samples() {
        let is_of_workload = sample.workload.as_deref() == Some(coverage.workload.name());
        if sample.entrant != entrant.name || sample.phase != Phase::Frontier || !is_of_workload {
            continue;
        }
        for limit in &sample.frontier {
            if limit.p99_overhead_ms != limit_ms {
                continue;
            }
            let Some(rate) = limit.rate_rps else {
                let why = limit.absent.clone().unwrap_or_default();
                return Measured::absent(Reason::NotAvailable(format!(
                    "no rate was carried within {limit_ms} ms: {why}"
                )));
            };
            rates.insert(sample.block, rate);
        }
    }
    if rates.is_empty() {
        return Measured::absent(match &coverage.served {
            Err(reason) => reason.clone(),
            Ok(()) => why_no_samples(journal, entrant, Phase::Frontier),
        });
    }
    Estimate::of_blocks(rates, journal.run.seed)
}
