//! The highest rates within limits of overhead.

use workload::Workload;

use super::grid::Section;
use super::sections::{Sections, column};
use crate::journal::Phase;
use crate::summary::{FRONTIER_LIMITS_MS, Key, Metric};

impl Sections<'_> {
    /// A table for each workload that the profile searches.
    pub(super) fn frontier(&mut self) -> Vec<Section> {
        let Some(plan) = self.summary.run.profile.frontier.clone() else {
            return Vec::new();
        };
        let is_planned = |one: &Workload| plan.workloads.iter().any(|name| name == one.name());
        Workload::ALL
            .into_iter()
            .filter(is_planned)
            .map(|workload| {
                let columns = FRONTIER_LIMITS_MS.map(|limit| {
                    let metric = Metric::FrontierRate;
                    let key = Key::of_load(Phase::Frontier, workload, Some(limit), metric);
                    column(&format!("{limit} ms"), key)
                });
                self.section(
                    &format!("Frontier of {workload}, requests a second"),
                    "The highest rate of an open loop whose p99 overhead stays within the limit, \
                     every answer right.",
                    &columns,
                )
            })
            .collect()
    }
}
