//! How much of everything a block of a gate measures.

use std::time::Duration;

use workload::Workload;

use super::Metric;
use crate::plan::{LoadLimit, LoadPlan, Profile};

/// How long each sort of load is in a block, unless the user says otherwise:
/// short, for many blocks tell more than long ones.
pub const STRETCH: Duration = Duration::from_millis(200);
/// Turns that it is taken in: the sides alternate, and what disturbs the machine
/// for a second hits all of them.
const TURNS: u32 = 2;
/// Workers of the closed loop that capacity and CPU are read from.
const WORKERS: u32 = 10;

/// The profile that measures these metrics, once a block, in at most `blocks`
/// blocks.
pub fn profile(name: &str, metrics: &[Metric], blocks: u32, stretch: Duration) -> Profile {
    let ms = u64::try_from((stretch / TURNS).as_millis()).unwrap_or(u64::MAX);
    let plan = |workloads: Vec<Workload>, workers: u32| LoadPlan {
        workloads: workloads.iter().map(|one| one.name().to_owned()).collect(),
        concurrency: vec![workers],
        limit: LoadLimit::DurationMs(ms),
        warmup: 20,
        max_wall_ms: ms.saturating_add(5_000),
        blocks: None,
        turns: Some(TURNS),
    };
    let of = |pick: fn(Metric) -> Option<Workload>| -> Vec<Workload> {
        let picked: Vec<Workload> = metrics.iter().filter_map(|one| pick(*one)).collect();
        let all = Workload::ALL.into_iter();
        all.filter(|workload| picked.contains(workload)).collect()
    };
    let mut busy = of(|metric| match metric {
        Metric::Capacity(workload) | Metric::Cpu(workload) => Some(workload),
        _ => None,
    });
    if busy.is_empty() && metrics.contains(&Metric::MemoryPeak) {
        busy.push(Workload::ALL[0]);
    }
    let alone = of(|metric| match metric {
        Metric::Overhead(workload) => Some(workload),
        _ => None,
    });
    Profile {
        name: name.to_owned(),
        blocks,
        published_preset: false,
        cold_starts: 1,
        cold_start_budget_ms: 1_000,
        dropped_cold_starts: 0,
        slow_start: None,
        coverage_requests: 2,
        idle_ms: match metrics.contains(&Metric::MemoryIdle) {
            true => 100,
            // A gate has no time for what it does not judge.
            false => 0,
        },
        after_ms: 0,
        process_warmup: 100,
        latency: plan(busy, WORKERS),
        capacity: plan(alone, 1),
        resources: None,
        ladder: None,
        frontier: None,
        paced: Vec::new(),
        translation: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_judged_is_measured_and_no_more() {
        let profile = profile("gate", &Metric::primary(), 80, STRETCH);
        assert_eq!(profile.latency.workloads, ["chat", "chat-stream"]);
        assert_eq!(profile.capacity.workloads, ["chat"]);
        assert_eq!(profile.capacity.concurrency, [1]);
        assert_eq!(profile.latency.limit, LoadLimit::DurationMs(100));
        let memory = super::profile("gate", &[Metric::MemoryPeak], 80, STRETCH);
        assert_eq!(memory.latency.workloads, ["chat"]);
        assert!(memory.capacity.workloads.is_empty());
    }
}
