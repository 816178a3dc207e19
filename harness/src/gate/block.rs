//! What one block of a gate showed: the figures of base, head and base's twin,
//! and what they answered.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use workload::Workload;

use super::Metric;
use crate::journal::{Phase, Sample};
use crate::measured::Measured;
use crate::resources::Usage;
use crate::stats::mean;
use crate::summary::entrant_cpu_ns;

/// Who is measured in each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// What was.
    Base,
    /// What is to be.
    Head,
    /// What was, again: where it differs from [`Side::Base`], the machine or
    /// the method is to blame.
    Twin,
}

impl Side {
    /// All of a block.
    pub const ALL: [Self; 3] = [Self::Base, Self::Head, Self::Twin];

    /// Its name in journals.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Head => "head",
            Self::Twin => "twin",
        }
    }

    /// What stands on this side.
    pub fn of<T>(self, base: T, head: T) -> T {
        match self {
            Self::Base | Self::Twin => base,
            Self::Head => head,
        }
    }

    /// The side of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.name() == name)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One side in one block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// What was measured; what was not is not in it.
    pub values: BTreeMap<Metric, f64>,
    /// The names of the workloads that were answered rightly.
    pub served: Vec<String>,
    /// Requests under load that were not answered rightly, by outcome.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub wrong: BTreeMap<String, u64>,
    /// The first of each, in words; by the workload's name, why it is not
    /// served.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<String, String>,
}

/// One block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// What was.
    pub base: Observed,
    /// What is to be.
    pub head: Observed,
    /// What was, again.
    pub twin: Observed,
}

impl Block {
    /// One side of it.
    pub fn of(&self, side: Side) -> &Observed {
        match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
            Side::Twin => &self.twin,
        }
    }

    /// One side of it, to be filled.
    pub fn of_mut(&mut self, side: Side) -> &mut Observed {
        match side {
            Side::Base => &mut self.base,
            Side::Head => &mut self.head,
            Side::Twin => &mut self.twin,
        }
    }
}

/// An outcome that says nothing of the gateway: the generator had no more ports.
/// `capped` is none: an answer that has not come seconds after the load ended
/// is the gateway's.
const OF_THE_RIG: [&str; 1] = ["exhausted"];

impl Observed {
    /// What the samples of one trial show of these metrics.
    pub fn of(samples: &[&Sample], metrics: &[Metric]) -> Self {
        let mut observed = Self::default();
        for metric in metrics {
            if let Some(value) = value(*metric, samples).filter(|value| *value > 0.0) {
                observed.values.insert(*metric, value);
            }
        }
        for sample in samples {
            let Some(point) = &sample.point else {
                continue;
            };
            if sample.phase == Phase::Coverage {
                if point.ok() == point.total() && point.total() > 0 {
                    observed.served.push(point.workload.clone());
                } else {
                    let why = point.wrong_in_words();
                    observed.examples.insert(point.workload.clone(), why);
                }
                continue;
            }
            for (outcome, count) in &point.outcomes {
                if outcome != "ok" && !OF_THE_RIG.contains(&outcome.as_str()) && *count > 0 {
                    let name = format!("{outcome} in {}", point.workload);
                    if let Some(example) = point.examples.get(outcome) {
                        let examples = &mut observed.examples;
                        examples.entry(name.clone()).or_insert(example.clone());
                    }
                    *observed.wrong.entry(name).or_default() += count;
                }
            }
        }
        observed.served.sort_unstable();
        observed
    }
}

fn value(metric: Metric, samples: &[&Sample]) -> Option<f64> {
    // One a turn; a side that missed one has no figure.
    let turns = |phase: Phase, workload: Workload, of_turn: fn(&Sample) -> Option<f64>| {
        let turns: Option<Vec<f64>> = samples
            .iter()
            .filter(|one| one.phase == phase && one.workload.as_deref() == Some(workload.name()))
            .map(|one| of_turn(one))
            .collect();
        turns.as_deref().and_then(mean)
    };
    match metric {
        Metric::Overhead(workload) => turns(Phase::Capacity, workload, |one| {
            let p50_ns = one.point.as_ref()?.histograms.get("overhead_ns")?.p50?;
            Some(p50_ns as f64 / 1e3)
        }),
        Metric::Capacity(workload) => turns(Phase::Latency, workload, |one| {
            one.point.as_ref()?.achieved_rps
        }),
        Metric::Cpu(workload) => turns(Phase::Latency, workload, |one| {
            entrant_cpu_ns(one)?.value().map(|ns| ns / 1e3)
        }),
        Metric::MemoryPeak => samples
            .iter()
            .filter(|one| matches!(one.phase, Phase::Latency | Phase::Capacity))
            .filter_map(|one| anon_mb(one))
            .reduce(f64::max),
        Metric::MemoryIdle => samples
            .iter()
            .find(|one| one.phase == Phase::Idle)
            .and_then(|one| anon_mb(one)),
        Metric::ColdStart => samples
            .iter()
            .filter(|one| one.phase == Phase::Cold)
            .find_map(|one| match one.cold_start_ns {
                Some(Measured::Value(ns)) => Some(ns as f64 / 1e6),
                _ => None,
            }),
    }
}

fn anon_mb(sample: &Sample) -> Option<f64> {
    let usage: &Usage = sample.resources.as_ref()?.entrant.value()?;
    Some(*usage.peak_anon_shmem_bytes.value()? as f64 / 1e6)
}
