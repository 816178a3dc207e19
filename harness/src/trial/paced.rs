//! The phase of a trial in which streams come at a pace.

use std::time::Duration;

use workload::Workload;

use super::run::{Trial, TrialError};
use super::stage::Stage;
use super::{LoadRequest, Mock, Pace};
use crate::journal::Phase;
use crate::plan::{LoadLimit, PacedPlan};

/// What is posted for no pace.
const NO_PACE: &str = "{}";

impl Trial<'_, '_> {
    /// Streams at the paces of the profile; the mock has none before and after.
    pub(super) fn paced(
        &mut self,
        stage: &mut Stage,
        served: &[Workload],
    ) -> Result<(), TrialError> {
        let block = self.slot.block;
        let mut points: Vec<(Workload, &PacedPlan)> = Vec::new();
        for plan in &self.rig.profile.paced {
            let asked = served
                .iter()
                .filter(|one| plan.workloads.iter().any(|name| name == one.name()));
            if plan.is_in(block) {
                points.extend(asked.map(|workload| (*workload, plan)));
            }
        }
        let name = Phase::Paced.name();
        // In the plan's order: memory that the most streams have filled would
        // stand in the peak of fewer.
        for (workload, plan) in points {
            let (concurrency, gap_ms) = (plan.concurrency, plan.gap_ms);
            self.part(&format!("{name}, {workload}, c={concurrency}, {gap_ms} ms"));
            let mut sample = self.sample_of(Phase::Paced, workload, concurrency);
            sample.gap_ms = Some(gap_ms);
            set_pace(stage, &plan.pace())?;
            let mark = stage.mark();
            let point = self.loadgen(stage).measure(&LoadRequest {
                workload,
                pace: Pace::Closed(concurrency),
                limit: LoadLimit::Requests(plan.streams()),
                warmup: 0,
                max_wall: Some(Duration::from_millis(plan.max_wall_ms)),
            });
            let used = stage.since(&mark);
            set_pace(stage, NO_PACE)?;
            sample.point = Some(point?);
            sample.resources = Some(used);
            self.append(sample)?;
            self.still_there(stage)?;
        }
        Ok(())
    }
}

fn set_pace(stage: &Stage, pace: &str) -> Result<(), TrialError> {
    Mock::set_pace(stage.mock_address, pace).map_err(TrialError::Rig)
}
