//! Figures of whole trials: cold start, memory, and what failed.

use std::collections::BTreeMap;

use workload::Workload;

use super::{Coverage, Estimate, Figure, Key, Metric, why_no_samples};
use crate::journal::{EntrantRecord, Journal, Phase, Sample, TrialEnd};
use crate::measured::{Measured, Reason};
use crate::resources::{Counters, Usage};
use crate::stats::median;

const BYTES_PER_MB: f64 = 1e6;
const NS_PER_MS: f64 = 1e6;
/// The phases in which an entrant carries as much as it can.
const UNDER_LOAD: [Phase; 3] = [Phase::Latency, Phase::Capacity, Phase::Resources];

/// What one sample says: nothing of this kind, a value, or why not.
type Observed = Option<Measured<f64>>;

/// Makes one observation of those of a block; `None` of none.
type Combine = fn(&[f64]) -> Option<f64>;

/// Cold start, memory and control group of an entrant.
pub(super) fn figures(
    journal: &Journal,
    entrant: &EntrantRecord,
    seen: &[Coverage],
) -> Vec<Figure> {
    let trials = Trials { journal, entrant };
    let of_load = |metric, combine, observe: &dyn Fn(&Sample) -> Observed| {
        let key = Key::of_trial(Phase::Latency, metric);
        trials.figure(key, combine, &|sample| {
            UNDER_LOAD
                .contains(&sample.phase)
                .then(|| observe(sample))?
        })
    };
    let of_phase = |phase, metric, observe: &dyn Fn(&Sample) -> Observed| {
        trials.figure(Key::of_trial(phase, metric), most, &|sample| {
            (sample.phase == phase).then(|| observe(sample))?
        })
    };
    let mut figures = vec![
        trials.cold_start(Phase::Cold, Metric::ColdStart),
        trials.cold_start(Phase::ColdDropped, Metric::ColdStart),
        of_phase(Phase::Idle, Metric::MemoryIdle, &|sample| {
            used(sample, |usage| usage.peak_anon_shmem_bytes.clone())
        }),
        of_phase(Phase::Idle, Metric::PssIdle, &|sample| {
            Some(sample.pss_bytes.clone()?.map(mb))
        }),
        of_load(Metric::MemoryPeak, most, &|sample| {
            used(sample, |usage| usage.peak_anon_shmem_bytes.clone())
        }),
        of_load(Metric::RssPeak, most, &|sample| {
            used(sample, |usage| usage.peak_rss_bytes.clone())
        }),
        of_phase(Phase::After, Metric::MemoryAfter, &|sample| {
            used(sample, |usage| {
                let last = usage.last_anon_shmem_bytes.clone();
                last.unwrap_or_else(|| Measured::absent(not_recorded()))
            })
        }),
        of_load(Metric::KernelPeak, most, &|sample| {
            used(sample, |usage| {
                let peak = usage.peak_kernel_bytes.clone();
                peak.unwrap_or_else(|| trials.no_group())
            })
        }),
        of_load(Metric::GroupPeak, most, &|sample| {
            let peak = trials.counted(sample, |counters| counters.peak_bytes.clone());
            peak.map(|bytes| bytes.map(mb))
        }),
        of_load(Metric::Throttled, sum, &|sample| {
            let throttled = trials.counted(sample, |counters| counters.throttled_ns.clone());
            throttled.map(|ns| ns.map(|ns| ns as f64 / NS_PER_MS))
        }),
        of_load(Metric::OomKills, sum, &|sample| {
            let kills = trials.counted(sample, |counters| counters.oom_kills.clone());
            kills.map(|kills| kills.map(|kills| kills as f64))
        }),
    ];
    figures.extend(trials.memory_at_levels());
    figures.extend(trials.memory_paced(seen));
    figures
}

/// The trials of one entrant.
struct Trials<'a> {
    journal: &'a Journal,
    entrant: &'a EntrantRecord,
}

impl Trials<'_> {
    /// The estimate over blocks of what `observe` finds in samples, `combine`d
    /// to one observation a block.
    fn figure(&self, key: Key, combine: Combine, observe: &dyn Fn(&Sample) -> Observed) -> Figure {
        let (_, value) = self.estimate(key.phase, combine, observe);
        Figure {
            entrant: self.entrant.name.clone(),
            key,
            value,
        }
    }

    /// The same, with the number of observations that it stands on.
    fn estimate(
        &self,
        phase: Phase,
        combine: Combine,
        observe: &dyn Fn(&Sample) -> Observed,
    ) -> (usize, Measured<Estimate>) {
        let mut by_block: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        let mut absent = None;
        for sample in self.journal.counted_samples() {
            if sample.entrant != self.entrant.name {
                continue;
            }
            match observe(sample) {
                Some(Measured::Value(value)) => {
                    by_block.entry(sample.block).or_default().push(value);
                }
                Some(Measured::Absent { absent: reason }) => absent = Some(reason),
                None => {}
            }
        }
        let seen = by_block.values().map(Vec::len).sum();
        let observations: BTreeMap<u32, f64> = by_block
            .into_iter()
            .filter_map(|(block, values)| Some((block, combine(&values)?)))
            .collect();
        let value = if observations.is_empty() {
            Measured::absent(absent.unwrap_or_else(|| self.nothing_of(phase)))
        } else {
            Estimate::of_blocks(observations, self.journal.run.seed)
        };
        (seen, value)
    }

    /// A block's observation is the median of its cold starts; `n` counts
    /// starts.
    fn cold_start(&self, phase: Phase, metric: Metric) -> Figure {
        let (starts, value) = self.estimate(phase, median, &|sample| {
            let ns = (sample.phase == phase).then(|| sample.cold_start_ns.clone())??;
            Some(ns.map(|ns| ns as f64 / NS_PER_MS))
        });
        Figure {
            entrant: self.entrant.name.clone(),
            key: Key::of_trial(phase, metric),
            value: value.map(|estimate| Estimate {
                n: starts as u64,
                ..estimate
            }),
        }
    }

    /// The peak at each concurrency of the sweep, of chat.
    fn memory_at_levels(&self) -> Vec<Figure> {
        let plan = &self.journal.run.profile.capacity;
        let chat = Workload::ALL[0];
        if !plan.workloads.iter().any(|name| name == chat.name()) {
            return Vec::new();
        }
        let levels = plan.concurrency.iter();
        levels
            .map(|&level| {
                let key = Key::of_load(Phase::Capacity, chat, Some(level), Metric::MemoryPeak);
                self.figure(key, most, &|sample| {
                    let is_here = sample.phase == Phase::Capacity
                        && sample.level == Some(level)
                        && sample.workload.as_deref() == Some(chat.name());
                    is_here.then(|| used(sample, |usage| usage.peak_anon_shmem_bytes.clone()))?
                })
            })
            .collect()
    }

    /// The peak while streams are open whose pieces come at a pace.
    fn memory_paced(&self, seen: &[Coverage]) -> Vec<Figure> {
        let mut figures = Vec::new();
        for plan in &self.journal.run.profile.paced {
            let is_asked = |one: &&Coverage| {
                let name = one.workload.name();
                plan.workloads.iter().any(|asked| asked == name)
            };
            for coverage in seen.iter().filter(is_asked) {
                let workload = coverage.workload;
                let (streams, gap_ms) = (plan.concurrency, plan.gap_ms);
                let key = Key {
                    provider: coverage.translated_to,
                    ..Key::of_paced(workload, streams, gap_ms, Metric::MemoryPeak)
                };
                figures.push(self.figure(key, most, &|sample| {
                    let is_here = sample.phase == Phase::Paced
                        && sample.level == Some(streams)
                        && sample.gap_ms == Some(gap_ms)
                        && sample.workload.as_deref() == Some(workload.name());
                    is_here.then(|| used(sample, |usage| usage.peak_anon_shmem_bytes.clone()))?
                }));
            }
        }
        figures
    }

    /// What its control group counted during a sample.
    fn counted(
        &self,
        sample: &Sample,
        figure: impl Fn(&Counters) -> Measured<u64>,
    ) -> Option<Measured<u64>> {
        let usage = sample.resources.as_ref()?.entrant.clone();
        Some(match usage {
            Measured::Value(usage) => match &usage.counters {
                Some(counters) => figure(counters),
                None => self.no_group(),
            },
            Measured::Absent { absent } => Measured::absent(absent),
        })
    }

    fn no_group(&self) -> Measured<u64> {
        Measured::absent(if self.ran_as_process() {
            Reason::NotAvailable(
                "it ran as a process, which has no control group of its own".to_owned(),
            )
        } else {
            not_recorded()
        })
    }

    fn ran_as_process(&self) -> bool {
        self.journal.run.runner == "process" || self.entrant.image.is_none()
    }

    /// Why there is no sample of a phase that not every run has.
    fn nothing_of(&self, phase: Phase) -> Reason {
        let is_missing = |phase| {
            let samples = &self.journal.samples;
            samples.iter().all(|sample| sample.phase != phase)
        };
        match phase {
            Phase::ColdDropped if is_missing(phase) => Reason::NotAvailable(
                "the run did not ask for it: --drop-caches, as root".to_owned(),
            ),
            Phase::Latency
                if !self.journal.run.profile.ranks() && self.entrant.absent.is_none() =>
            {
                Reason::NotAvailable("this profile does not measure it".to_owned())
            }
            Phase::After if is_missing(phase) && self.entrant.absent.is_none() => not_recorded(),
            _ => why_no_samples(self.journal, self.entrant, phase),
        }
    }
}

fn not_recorded() -> Reason {
    Reason::NotAvailable("this run did not record it".to_owned())
}

fn used(sample: &Sample, figure: impl Fn(&Usage) -> Measured<u64>) -> Observed {
    let usage = sample.resources.as_ref()?.entrant.clone();
    Some(match usage {
        Measured::Value(usage) => figure(&usage).map(mb),
        Measured::Absent { absent } => Measured::absent(absent),
    })
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / BYTES_PER_MB
}

fn most(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}

fn sum(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(|one, other| one + other)
}

/// Why a trial of an entrant failed, if one did.
pub(super) fn failure(journal: &Journal, entrant: &str) -> Option<Reason> {
    journal
        .trials
        .iter()
        .filter(|trial| trial.entrant == entrant)
        .find_map(|trial| match &trial.end {
            TrialEnd::Failed(reason) => Some(reason.clone()),
            TrialEnd::Done | TrialEnd::Interrupted | TrialEnd::Skipped(_) => None,
        })
}

/// All trials that failed, in words.
pub(super) fn failures(journal: &Journal) -> Vec<String> {
    journal
        .trials
        .iter()
        // One that the rig spoilt, and that was made again, is none.
        .filter(|trial| trial.end.is_settled() || !journal.is_settled(trial.block, &trial.entrant))
        .filter_map(|trial| match &trial.end {
            TrialEnd::Failed(reason) => Some(format!(
                "block {}, {}: {reason}",
                trial.block, trial.entrant
            )),
            TrialEnd::Done | TrialEnd::Interrupted | TrialEnd::Skipped(_) => None,
        })
        .collect()
}
