//! Streams whose pieces come at a pace: what is added to the first piece and to
//! each, and the memory that the open streams take.

use workload::Workload;

use super::canvas::Drawn;
use super::figure::Figure;
use super::view::{Part, View};
use crate::plan::PacedPlan;
use crate::stats::MIN_BLOCKS_TO_RANK;
use crate::summary::{Key, Metric};

/// For each pace and workload three figures; none of a run that paces nothing.
pub(super) fn figures(view: View<'_>) -> Drawn<Vec<Figure>> {
    let mut figures = Vec::new();
    for (workload, plan) in points(view) {
        figures.extend(of_plan(view, workload, plan)?);
    }
    Ok(figures)
}

/// What is paced, and how.
pub(super) fn points(view: View<'_>) -> Vec<(Workload, &PacedPlan)> {
    let mut points = Vec::new();
    for plan in &view.summary.run.profile.paced {
        let is_asked = |one: &Workload| plan.workloads.iter().any(|name| name == one.name());
        let asked = Workload::ALL.into_iter().filter(is_asked);
        points.extend(asked.map(|workload| (workload, plan)));
    }
    points
}

/// What a figure of it is called.
pub(super) fn name(workload: Workload, plan: &PacedPlan) -> String {
    let streams = if plan.concurrency == 1 {
        "stream"
    } else {
        "streams"
    };
    format!("{workload}, {} {streams}", plan.concurrency)
}

/// Whether some of it is measured in too few blocks for an interval.
pub(super) fn is_of_few_blocks(view: View<'_>) -> bool {
    let mut plans = view.summary.run.profile.paced.iter();
    plans.any(|plan| {
        plan.blocks
            .is_some_and(|blocks| (blocks as usize) < MIN_BLOCKS_TO_RANK)
    })
}

fn of_plan(view: View<'_>, workload: Workload, plan: &PacedPlan) -> Drawn<[Figure; 3]> {
    let key = |metric| Key::of_paced(workload, plan.concurrency, plan.gap_ms, metric);
    let part = |name, metric| Part {
        name,
        key: key(metric),
    };
    let open = name(workload, plan);
    let pace = format!("A piece every {} ms in each stream.", plan.gap_ms);
    Ok([
        view.figure(
            &format!("{open}: overhead of a piece"),
            &format!("{pace} From the mock's write to the arrival, of every piece."),
            &[
                part("p50", Metric::ChunkOverheadP50),
                part("p90", Metric::ChunkOverheadP90),
                part("p99", Metric::ChunkOverheadP99),
                part("p99.9", Metric::ChunkOverheadP999),
            ],
        )?,
        view.figure(
            &format!("{open}: overhead of the first piece"),
            &format!(
                "{pace} Time on the way to the mock and back with the first piece, without what \
                 the mock waits."
            ),
            &[
                part("p50", Metric::OverheadP50),
                part("p90", Metric::OverheadP90),
                part("p99", Metric::OverheadP99),
                part("p99.9", Metric::OverheadP999),
            ],
        )?,
        view.figure(
            &format!("{open}: memory"),
            "The most anonymous + shared memory meanwhile, all processes.",
            &[Part::only(key(Metric::MemoryPeak))],
        )?,
    ])
}
