//! Measuring the blocks of a gate: each side once, in an order of its own, in
//! a fresh process or container.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use super::{Block, Metric, Observed, Side};
use crate::journal::{Journal, JournalWriter, TrialEnd};
use crate::measured::Reason;
use crate::plan::{Profile, Slot, schedule};
use crate::process::Programs;
use crate::trial::{self, Contestant, Progress, Rig, TrialError};

/// What blocks are measured with.
pub struct Bench<'a> {
    /// Where the other programs are.
    pub programs: &'a Programs,
    /// How much of everything is measured.
    pub profile: &'a Profile,
    /// What is read from it.
    pub metrics: &'a [Metric],
    /// What every shuffle depends on.
    pub seed: u64,
    /// Who takes part.
    pub contestants: &'a BTreeMap<Side, Contestant>,
    /// What shows the progress.
    pub progress: &'a Progress,
    /// A folder for what trials need on disk.
    pub scratch: &'a std::path::Path,
}

/// Why a block is not whole.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// The user ended it.
    #[error("interrupted")]
    Interrupted,
    /// The journal cannot be written.
    #[error("cannot write the journal: {0}")]
    Journal(std::io::Error),
    /// One side, or the rig under it, failed.
    #[error("{side} failed in block {block}: {reason}")]
    Side {
        /// Which side.
        side: Side,
        /// In which block.
        block: u32,
        /// How.
        reason: Reason,
    },
}

impl Bench<'_> {
    /// Measures a block, counted from 1. `attempt` tells it from earlier ones
    /// that were cut off.
    ///
    /// # Errors
    /// See [`BlockError`]; what was measured is in the journal.
    pub fn block(
        &self,
        journal: &mut JournalWriter,
        number: u32,
        attempt: usize,
    ) -> Result<Block, BlockError> {
        let names: Vec<String> = self
            .contestants
            .keys()
            .map(|side| side.name().to_owned())
            .collect();
        let mut block = Block::default();
        // The shuffle of a block does not depend on those before it.
        for slot in schedule(&names, number, self.seed) {
            if slot.block != number {
                continue;
            }
            if let Some(side) = Side::named(&slot.entrant) {
                *block.of_mut(side) = self.side(journal, side, &slot, attempt)?;
            }
        }
        Ok(block)
    }

    fn side(
        &self,
        journal: &mut JournalWriter,
        side: Side,
        slot: &Slot,
        attempt: usize,
    ) -> Result<Observed, BlockError> {
        let floor = Err(Reason::NotAvailable(
            "a gate does not measure it".to_owned(),
        ));
        let rig = Rig {
            programs: self.programs,
            profile: self.profile,
            seed: self.seed,
            mock_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            floor: &floor,
            scratch: self.scratch,
            progress: self.progress,
        };
        let mut tries = ["", "b"].into_iter();
        loop {
            let suffix = tries.next().unwrap_or_default();
            let trial_id = format!("{}-{side}-{attempt}{suffix}", slot.block);
            journal.keep_samples();
            let ended =
                trial::run_recorded(&rig, journal, &self.contestants[&side], slot, &trial_id);
            let samples = journal.take_samples();
            let reason = match ended {
                Ok(ended) => match ended.end {
                    TrialEnd::Done => {
                        return Ok(Observed::of(
                            &samples.iter().collect::<Vec<_>>(),
                            self.metrics,
                        ));
                    }
                    TrialEnd::Failed(reason) => reason,
                    TrialEnd::Interrupted => return Err(BlockError::Interrupted),
                    TrialEnd::Skipped(why) => Reason::HarnessFault(why),
                },
                Err(TrialError::Interrupted) => return Err(BlockError::Interrupted),
                Err(TrialError::Journal(error)) => return Err(BlockError::Journal(error)),
                Err(other) => Reason::HarnessFault(other.to_string()),
            };
            // A port that was taken in between says nothing of anybody.
            if matches!(reason, Reason::HarnessFault(_)) && tries.len() > 0 {
                self.progress
                    .note(&format!("{side}: {reason}; trying again"));
                continue;
            }
            return Err(BlockError::Side {
                side,
                block: slot.block,
                reason,
            });
        }
    }
}

/// The whole blocks of a journal, from the first to the last before one that is
/// not whole. Of several attempts at a block the last one counts.
pub fn blocks_of(journal: &Journal, metrics: &[Metric], sides: &[Side]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for number in 1.. {
        let mut block = Block::default();
        for side in sides {
            let done = journal.trials.iter().rev().find(|trial| {
                trial.block == number && trial.entrant == side.name() && trial.end == TrialEnd::Done
            });
            let Some(trial) = done else {
                return blocks;
            };
            let samples: Vec<_> = journal
                .samples
                .iter()
                .filter(|sample| sample.trial_id == trial.trial_id)
                .collect();
            *block.of_mut(*side) = Observed::of(&samples, metrics);
        }
        blocks.push(block);
    }
    blocks
}
