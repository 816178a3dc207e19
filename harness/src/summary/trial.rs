//! Figures of whole trials: cold start, memory, and what failed.

use std::collections::BTreeMap;

use super::{Estimate, Figure, Key, Metric, why_no_samples};
use crate::journal::{EntrantRecord, Journal, Phase, Sample, TrialEnd};
use crate::measured::{Measured, Reason};
use crate::resources::Usage;
use crate::stats::median;

const BYTES_PER_MB: f64 = 1e6;
const NS_PER_MS: f64 = 1e6;

/// Cold start and memory of an entrant.
pub(super) fn figures(journal: &Journal, entrant: &EntrantRecord) -> Vec<Figure> {
    let of_blocks = |phase: Phase, metric: Metric, observe: &dyn Fn(&Sample) -> Observed| Figure {
        entrant: entrant.name.clone(),
        key: Key::of_trial(phase, metric),
        value: blocks(journal, entrant, phase, metric, observe),
    };
    vec![
        of_blocks(Phase::Cold, Metric::ColdStart, &|sample| {
            Some(
                sample
                    .cold_start_ns
                    .clone()?
                    .map(|ns| ns as f64 / NS_PER_MS),
            )
        }),
        of_blocks(Phase::Idle, Metric::MemoryIdle, &|sample| {
            memory(sample, |usage| usage.peak_anon_shmem_bytes.clone())
        }),
        of_blocks(Phase::Idle, Metric::PssIdle, &|sample| {
            Some(
                sample
                    .pss_bytes
                    .clone()?
                    .map(|bytes| bytes as f64 / BYTES_PER_MB),
            )
        }),
        of_blocks(Phase::Latency, Metric::MemoryPeak, &|sample| {
            memory(sample, |usage| usage.peak_anon_shmem_bytes.clone())
        }),
        of_blocks(Phase::Latency, Metric::RssPeak, &|sample| {
            memory(sample, |usage| usage.peak_rss_bytes.clone())
        }),
    ]
}

/// What one sample says: nothing of this kind, a value, or why not.
type Observed = Option<Measured<f64>>;

fn memory(sample: &Sample, figure: impl Fn(&Usage) -> Measured<u64>) -> Observed {
    let usage = sample.resources.as_ref()?.entrant.clone();
    Some(match usage {
        Measured::Value(usage) => figure(&usage).map(|bytes| bytes as f64 / BYTES_PER_MB),
        Measured::Absent { absent } => Measured::absent(absent),
    })
}

/// The estimate over blocks. A block's observation is the median of its cold
/// starts, and of memory the most of all its phases under load.
fn blocks(
    journal: &Journal,
    entrant: &EntrantRecord,
    phase: Phase,
    metric: Metric,
    observe: &dyn Fn(&Sample) -> Observed,
) -> Measured<Estimate> {
    let under_load = [Phase::Latency, Phase::Capacity, Phase::Resources];
    let mut by_block: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    let mut absent = None;
    for sample in journal.counted_samples() {
        let wanted = if phase == Phase::Latency {
            under_load.contains(&sample.phase)
        } else {
            sample.phase == phase
        };
        if !wanted || sample.entrant != entrant.name {
            continue;
        }
        match observe(sample) {
            Some(Measured::Value(value)) => by_block.entry(sample.block).or_default().push(value),
            Some(Measured::Absent { absent: reason }) => absent = Some(reason),
            None => {}
        }
    }
    let starts: usize = by_block.values().map(Vec::len).sum();
    let observations: BTreeMap<u32, f64> = by_block
        .into_iter()
        .filter_map(|(block, values)| {
            let value = match metric {
                Metric::ColdStart => median(&values),
                _ => values.into_iter().reduce(f64::max),
            };
            Some((block, value?))
        })
        .collect();
    if observations.is_empty() {
        return Measured::absent(absent.unwrap_or_else(|| why_no_samples(journal, entrant, phase)));
    }
    Estimate::of_blocks(observations, journal.run.seed).map(|estimate| match metric {
        Metric::ColdStart => Estimate {
            n: starts as u64,
            ..estimate
        },
        _ => estimate,
    })
}

/// Why a trial of an entrant failed, if one did.
pub(super) fn failure(journal: &Journal, entrant: &str) -> Option<Reason> {
    journal
        .trials
        .iter()
        .filter(|trial| trial.entrant == entrant)
        .find_map(|trial| match &trial.end {
            TrialEnd::Failed(reason) => Some(reason.clone()),
            TrialEnd::Done | TrialEnd::Interrupted => None,
        })
}

/// All trials that failed, in words.
pub(super) fn failures(journal: &Journal) -> Vec<String> {
    journal
        .trials
        .iter()
        .filter_map(|trial| match &trial.end {
            TrialEnd::Failed(reason) => Some(format!(
                "block {}, {}: {reason}",
                trial.block, trial.entrant
            )),
            TrialEnd::Done | TrialEnd::Interrupted => None,
        })
        .collect()
}
