//! The few figures that entrants are judged by.

use std::fmt;

use workload::Workload;

use super::{Estimate, Figure, Key, Metric};
use crate::journal::Phase;
use crate::plan::Profile;

/// A metric that decides. Every further one would make each of them harder to
/// tell from chance, so they are five.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primary {
    /// Median time on the way.
    OverheadP50,
    /// 99th percentile of the time on the way.
    OverheadP99,
    /// The highest rate of right answers.
    Capacity,
    /// CPU time of the entrant for one request.
    Cpu,
    /// The most memory under load.
    MemoryPeak,
}

/// A primary metric of a workload, or of the whole trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What is judged.
    pub metric: Primary,
    /// Of which workload; memory is of all.
    pub workload: Option<Workload>,
}

impl Primary {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::OverheadP50,
        Self::OverheadP99,
        Self::Capacity,
        Self::Cpu,
        Self::MemoryPeak,
    ];

    /// What reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OverheadP50 => "overhead p50",
            Self::OverheadP99 => "overhead p99",
            Self::Capacity => "capacity",
            Self::Cpu => "CPU a request",
            Self::MemoryPeak => "memory peak",
        }
    }

    /// Whether more is better.
    pub fn more_is_better(self) -> bool {
        self == Self::Capacity
    }

    /// The figure that it is read from; none where the profile measures none.
    pub fn key(self, profile: &Profile, workload: Workload) -> Option<Key> {
        let of_load = |plan: &crate::plan::LoadPlan, phase, level, metric| {
            let is_measured = plan.workloads.iter().any(|name| name == workload.name());
            is_measured.then(|| Key::of_load(phase, workload, level, metric))
        };
        let open_loop =
            |rate, metric| Some(Key::of_load(Phase::Ladder, workload, Some(rate), metric));
        let (latency, capacity) = (&profile.latency, &profile.capacity);
        match self {
            Self::OverheadP50 => match common_rate(profile, workload) {
                Some(rate) => open_loop(rate, Metric::OverheadP50),
                None => {
                    let has_stamps = !profile.published_preset;
                    let has_one_worker = capacity.concurrency.contains(&1);
                    (has_stamps && has_one_worker)
                        .then(|| of_load(capacity, Phase::Capacity, Some(1), Metric::OverheadP50))?
                }
            },
            // A closed loop says nothing of tails: a slow answer holds back
            // the requests that would have waited behind it.
            Self::OverheadP99 => open_loop(common_rate(profile, workload)?, Metric::OverheadP99),
            Self::Capacity => of_load(capacity, Phase::Capacity, None, Metric::PeakRate),
            Self::Cpu => {
                let level = latency.concurrency.first().copied()?;
                of_load(latency, Phase::Latency, Some(level), Metric::CpuPerRequest)
            }
            Self::MemoryPeak => profile
                .ranks()
                .then(|| Key::of_trial(Phase::Latency, Metric::MemoryPeak)),
        }
    }
}

/// The rung at which entrants are compared: the highest up to a thousand a
/// second.
pub(crate) fn common_rate(profile: &Profile, workload: Workload) -> Option<u32> {
    const HIGHEST: u32 = 1_000;
    let ladder = profile.ladder.as_ref()?;
    let is_measured = ladder.workloads.iter().any(|name| name == workload.name());
    let rates = ladder.rates.iter().copied();
    is_measured.then(|| rates.filter(|rate| *rate <= HIGHEST).max())?
}

impl Cell {
    /// Every cell that a run of `profile` measures.
    pub fn all(profile: &Profile) -> Vec<Self> {
        let mut cells = Vec::new();
        for metric in Primary::ALL {
            let workloads: Vec<Option<Workload>> = match metric {
                Primary::MemoryPeak => vec![None],
                // Of one workload: with more cells, twelve blocks could never
                // show that twins differ.
                Primary::OverheadP99 => vec![Some(Workload::ALL[0])],
                _ => Workload::ALL.into_iter().map(Some).collect(),
            };
            let cell = |workload| Self { metric, workload };
            let is_measured = |cell: &Self| cell.key(profile).is_some();
            cells.extend(workloads.into_iter().map(cell).filter(is_measured));
        }
        cells
    }

    /// The figure that the cell is read from.
    pub fn key(self, profile: &Profile) -> Option<Key> {
        let workload = self.workload.unwrap_or(Workload::ALL[0]);
        self.metric.key(profile, workload)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.metric.name())?;
        match self.workload {
            Some(workload) => write!(f, " of {}", workload.name()),
            None => Ok(()),
        }
    }
}

/// The figure of an entrant, if it has a value.
pub(super) fn estimate_of<'a>(
    figures: &'a [Figure],
    entrant: &str,
    key: &Key,
) -> Option<&'a Estimate> {
    figures
        .iter()
        .find(|figure| figure.entrant == entrant && figure.key == *key)
        .and_then(|figure| figure.value.value())
}

/// The observations of two estimates in the blocks that both have.
pub(super) fn pairs(a: &Estimate, b: &Estimate) -> Vec<(f64, f64)> {
    a.paired_with(b).into_values().collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The full profile, in which every cell is measured.
    pub(in super::super) fn profile() -> Profile {
        Profile::named("full").unwrap()
    }

    /// The figures of an entrant in every cell, as `observe` has each block.
    pub(in super::super) fn figures_of(
        entrant: &str,
        blocks: u32,
        observe: impl Fn(Cell, u32) -> f64,
    ) -> Vec<Figure> {
        Cell::all(&profile())
            .into_iter()
            .map(|cell| {
                let blocks = (1..=blocks).map(|block| (block, observe(cell, block)));
                Figure {
                    entrant: entrant.to_owned(),
                    key: cell.key(&profile()).unwrap(),
                    value: Estimate::of_blocks(blocks.collect(), 1),
                }
            })
            .collect()
    }

    #[test]
    fn the_cells_of_a_profile() {
        let full = Cell::all(&Profile::named("full").unwrap());
        // Three metrics of six workloads, the tail of one, and memory.
        assert_eq!(full.len(), 20);
        let published = Cell::all(&Profile::named("published").unwrap());
        assert!(
            published
                .iter()
                .all(|cell| cell.metric != Primary::OverheadP50)
        );
        let capacity = published
            .iter()
            .filter(|cell| cell.metric == Primary::Capacity);
        assert_eq!(capacity.count(), 1, "the published sweep is of chat alone");
    }

    #[test]
    fn a_cell_in_words() {
        let cells = Cell::all(&Profile::named("full").unwrap());
        assert_eq!(cells[1].to_string(), "overhead p50 of chat-stream");
        assert_eq!(cells[19].to_string(), "memory peak");
    }
}
