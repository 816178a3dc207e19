//! A trial with the record of its end.

use std::time::Instant;

use super::run::{Contestant, Ended, Rig, TrialError, run};
use crate::journal::{Append, Record, Trial, TrialEnd};
use crate::plan::Slot;
use crate::resources::HostCpu;

/// Runs one trial and appends the record of how it ended, also where the user
/// ended it.
///
/// # Errors
/// As [`run`].
pub fn run_recorded(
    rig: &Rig<'_>,
    journal: &mut dyn Append,
    contestant: &Contestant,
    slot: &Slot,
    trial_id: &str,
) -> Result<Ended, TrialError> {
    let began = Instant::now();
    let cpu = HostCpu::read();
    let ended = run(rig, journal, contestant, slot, trial_id);
    let end = match &ended {
        Ok(ended) => ended.end.clone(),
        Err(TrialError::Interrupted) => TrialEnd::Interrupted,
        Err(_) => return ended,
    };
    journal
        .append(&Record::Trial(Trial {
            trial_id: trial_id.to_owned(),
            block: slot.block,
            entrant: slot.entrant.clone(),
            end,
            elapsed_ms: began.elapsed().as_millis() as u64,
            stolen: HostCpu::read().zip(cpu).map(|(now, then)| now.since(then)),
        }))
        .map_err(TrialError::Journal)?;
    ended
}
