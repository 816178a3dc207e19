//! Entrants held against a plain proxy, block by block.

use workload::Workload;

use super::{Estimate, Figure, Key, Metric, NGINX, Summary, common_rate};
use crate::journal::Phase;
use crate::measured::{Measured, Reason};
use crate::plan::LoadPlan;

/// How two figures of the same block are held against each other.
#[derive(Clone, Copy)]
enum Against {
    /// The entrant's as a part of nginx's.
    Ratio,
    /// The entrant's without nginx's.
    Difference,
}

/// A figure, what of it is held against nginx's, and how.
type Comparison = (Key, Metric, Against);

impl Summary {
    /// Whether nginx took part, so that others can be held against it.
    pub fn has_nginx(&self) -> bool {
        let mut entrants = self.run.entrants.iter();
        entrants.any(|one| one.name == NGINX && one.absent.is_none())
    }
}

/// Every entrant against nginx: at a pace in any run that has both, the rest
/// where there are blocks enough for an interval.
pub(super) fn figures(summary: &Summary) -> Vec<Figure> {
    if !summary.has_nginx() {
        return Vec::new();
    }
    let mut comparisons = paced(summary);
    if summary.is_ranked() {
        comparisons.extend(load(summary));
    }
    let entrants = summary.run.entrants.iter().map(|one| &one.name);
    entrants
        .filter(|entrant| *entrant != NGINX)
        .flat_map(|entrant| {
            let one = |(key, metric, against): &Comparison| Figure {
                entrant: entrant.clone(),
                key: Key {
                    metric: *metric,
                    ..key.clone()
                },
                value: compared(summary, entrant, key, *against).into(),
            };
            comparisons.iter().map(one).collect::<Vec<_>>()
        })
        .collect()
}

fn compared(
    summary: &Summary,
    entrant: &str,
    key: &Key,
    against: Against,
) -> Result<Estimate, Reason> {
    let one = summary.get(entrant, key).into_result()?;
    let nginx = summary.get(NGINX, key).into_result().map_err(|reason| {
        Reason::NotAvailable(format!(
            "nothing to hold it against: of {NGINX} it is {reason}"
        ))
    })?;
    let pairs = one.paired_with(&nginx);
    let seed = summary.run.seed;
    let estimate = match against {
        Against::Ratio => Estimate::of_ratios(&pairs, seed),
        Against::Difference => {
            let blocks = pairs
                .into_iter()
                .map(|(block, (one, nginx))| (block, one - nginx));
            match Estimate::of_blocks(blocks.collect(), seed) {
                Measured::Value(estimate) => Some(estimate),
                Measured::Absent { .. } => None,
            }
        }
    };
    let none = || Reason::NotAvailable(format!("no block has both it and {NGINX}"));
    estimate.ok_or_else(none)
}

fn paced(summary: &Summary) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for plan in &summary.run.profile.paced {
        for workload in named(&plan.workloads) {
            let key = |metric| Key::of_paced(workload, plan.concurrency, plan.gap_ms, metric);
            comparisons.push((
                key(Metric::ChunkOverheadP50),
                Metric::ChunkOverheadBesideNginx,
                Against::Difference,
            ));
        }
    }
    comparisons
}

fn load(summary: &Summary) -> Vec<Comparison> {
    let profile = &summary.run.profile;
    let mut comparisons = Vec::new();
    let mut closed = |phase, plan: &LoadPlan| {
        for workload in named(&plan.workloads) {
            for &level in &plan.concurrency {
                let key = |metric| Key::of_load(phase, workload, Some(level), metric);
                let all = [
                    (Metric::Rate, Metric::RateBesideNginx),
                    (Metric::CpuPerRequest, Metric::CpuBesideNginx),
                ];
                comparisons.extend(all.map(|(of, metric)| (key(of), metric, Against::Ratio)));
            }
        }
    };
    closed(Phase::Latency, &profile.latency);
    closed(Phase::Capacity, &profile.capacity);
    for workload in Workload::ALL {
        let Some(rate) = common_rate(profile, workload) else {
            continue;
        };
        let key = |metric| Key::of_load(Phase::Ladder, workload, Some(rate), metric);
        comparisons.extend([
            (
                key(Metric::OverheadP50),
                Metric::OverheadP50BesideNginx,
                Against::Difference,
            ),
            (
                key(Metric::OverheadP99),
                Metric::OverheadP99BesideNginx,
                Against::Ratio,
            ),
        ]);
    }
    comparisons
}

fn named(names: &[String]) -> impl Iterator<Item = Workload> + '_ {
    let is_named = |one: &Workload| names.iter().any(|name| name == one.name());
    Workload::ALL.into_iter().filter(is_named)
}
