//! Figures that the rig itself may have limited.

use workload::Workload;

use super::{DIRECT, Estimate, Key, Metric, Summary};
use crate::journal::Phase;

/// A rate that reaches this part of the rig's own is marked.
const NEAR: f64 = 0.8;

impl Summary {
    /// Whether a rate of an entrant is within 20% of what the rig reaches
    /// without a gateway.
    pub fn is_near_ceiling(&self, entrant: &str, key: &Key, estimate: &Estimate) -> bool {
        if entrant == DIRECT || !matches!(key.metric, Metric::Rate | Metric::PeakRate) {
            return false;
        }
        // Without a gateway nothing is translated.
        let own = Key {
            provider: None,
            ..key.clone()
        };
        let ceiling = self.get(DIRECT, &own);
        ceiling
            .value()
            .is_some_and(|ceiling| estimate.value >= NEAR * ceiling.value)
    }

    /// The entrants with a capacity near the rig's own, and on which workloads.
    pub fn capacities_near_ceiling(&self) -> Vec<(&str, Vec<Workload>)> {
        let mut near: Vec<(&str, Vec<Workload>)> = Vec::new();
        for figure in &self.figures {
            let key = &figure.key;
            let (Some(workload), Some(estimate)) = (key.workload, figure.value.value()) else {
                continue;
            };
            let is_capacity = key.phase == Phase::Capacity && key.metric == Metric::PeakRate;
            if !is_capacity || !self.is_near_ceiling(&figure.entrant, key, estimate) {
                continue;
            }
            match near.last_mut() {
                Some((entrant, workloads)) if *entrant == figure.entrant => {
                    workloads.push(workload);
                }
                _ => near.push((&figure.entrant, vec![workload])),
            }
        }
        near
    }
}
