//! The phase of a trial that looks for the frontier.

use workload::Workload;

use super::TrialError;
use super::run::Trial;
use super::stage::Stage;
use crate::journal::Phase;
use crate::plan::FrontierPlan;

impl Trial<'_, '_> {
    /// The highest rates within limits of overhead.
    pub(super) fn frontier(
        &mut self,
        stage: &mut Stage,
        plan: &FrontierPlan,
        served: &[Workload],
    ) -> Result<(), TrialError> {
        if !plan.is_in(self.slot.block) {
            return Ok(());
        }
        for &workload in served {
            if !plan.workloads.iter().any(|name| name == workload.name()) {
                continue;
            }
            self.part(&format!("{}, {workload}", Phase::Frontier.name()));
            let mut sample = self.sample(Phase::Frontier);
            sample.workload = Some(workload.name().to_owned());
            sample.frontier = self.loadgen(stage).frontier(workload, plan)?;
            self.append(sample)?;
            self.still_there(stage)?;
        }
        Ok(())
    }
}
