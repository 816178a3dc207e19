//! The phase of a trial that asks what is served, and in which dialect the
//! provider is asked for it.

use std::time::Duration;

use workload::Workload;

use super::run::{Trial, TrialError};
use super::stage::Stage;
use super::{LoadRequest, Mock, Pace};
use crate::journal::Phase;
use crate::plan::LoadLimit;
use crate::route::Received;

/// How long one request of the coverage check may take: some gateways load a
/// dialect's code when its first request comes.
pub(super) const COVERAGE_WALL: Duration = Duration::from_secs(30);

/// What the mock received so far.
pub(super) fn received(stage: &Stage) -> Result<Received, TrialError> {
    Mock::received(stage.mock_address).map_err(TrialError::Rig)
}

impl Trial<'_, '_> {
    /// Sends a few requests of every workload; gives those that are served.
    pub(super) fn coverage(&mut self, stage: &mut Stage) -> Result<Vec<Workload>, TrialError> {
        let mut served = Vec::new();
        for workload in Workload::ALL {
            self.part(&format!("coverage, {workload}"));
            let before = received(stage)?;
            let point = self.loadgen(stage).measure(&LoadRequest {
                workload,
                pace: Pace::Closed(1),
                limit: LoadLimit::Requests(self.rig.profile.coverage_requests),
                warmup: 0,
                max_wall: Some(COVERAGE_WALL),
            })?;
            self.still_there(stage)?;
            if point.ok() == point.total() && point.total() > 0 {
                served.push(workload);
            }
            let mut sample = self.sample(Phase::Coverage);
            sample.workload = Some(workload.name().to_owned());
            sample.point = Some(point);
            sample.received = Some(received(stage)?.since(&before));
            self.append(sample)?;
        }
        Ok(served)
    }
}
