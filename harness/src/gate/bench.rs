//! Measuring the blocks of a gate: each side once, in a fresh process or
//! container. The sides of a block take turns, in an order of the block's own;
//! where they can listen on one port only, one side follows the other.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{Block, Metric, Observed, Side};
use crate::journal::{Append, Journal, JournalWriter, Record, Sample, TrialEnd};
use crate::measured::Reason;
use crate::plan::{Profile, Slot, schedule};
use crate::process::Programs;
use crate::trial::{self, Contestant, Part, Progress, Rig, TrialError, Turns};

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
        match self.all_sides(journal, number, &attempt.to_string()) {
            // A port that was taken in between says nothing of anybody.
            Err(BlockError::Side { side, reason, .. })
                if matches!(reason, Reason::HarnessFault(_)) =>
            {
                self.progress
                    .note(&format!("{side}: {reason}; trying again"));
                self.all_sides(journal, number, &format!("{attempt}b"))
            }
            measured => measured,
        }
    }

    /// Measures all sides, side by side and turn by turn where they can be up at
    /// once.
    fn all_sides(
        &self,
        journal: &mut JournalWriter,
        number: u32,
        attempt: &str,
    ) -> Result<Block, BlockError> {
        let names: Vec<String> = self
            .contestants
            .keys()
            .map(|side| side.name().to_owned())
            .collect();
        // The shuffle of a block does not depend on those before it.
        let mut slots = schedule(&names, number, self.seed);
        slots.retain(|slot| slot.block == number);
        for slot in &mut slots {
            // All go through the same loads in the same order.
            "every side".clone_into(&mut slot.shuffled_as);
        }
        let journal = Mutex::new(journal);
        let measured = match can_be_up_at_once(self.contestants) {
            true => self.side_by_side(&journal, &slots, attempt),
            false => (slots.iter())
                .map(|slot| self.side(&journal, slot, attempt, None))
                .collect(),
        };
        let mut block = Block::default();
        // That the user ended it is told before what failed for it.
        if (measured.iter()).any(|one| matches!(one, Err(BlockError::Interrupted))) {
            return Err(BlockError::Interrupted);
        }
        for one in measured {
            let (side, observed) = one?;
            *block.of_mut(side) = observed;
        }
        Ok(block)
    }

    fn side_by_side(
        &self,
        journal: &Mutex<&mut JournalWriter>,
        slots: &[Slot],
        attempt: &str,
    ) -> Vec<Result<(Side, Observed), BlockError>> {
        let turns = Turns::of(slots.len());
        thread::scope(|scope| {
            let sides: Vec<_> = slots
                .iter()
                .enumerate()
                .map(|(place, slot)| {
                    let turns = &turns;
                    scope.spawn(move || {
                        let part = turns.part(place);
                        self.side(journal, slot, attempt, Some(&part))
                    })
                })
                .collect();
            let joined = sides.into_iter().map(|side| side.join());
            joined
                .map(|side| side.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    }

    fn side(
        &self,
        journal: &Mutex<&mut JournalWriter>,
        slot: &Slot,
        attempt: &str,
        turns: Option<&Part<'_>>,
    ) -> Result<(Side, Observed), BlockError> {
        let fault = |side: Side, reason| BlockError::Side {
            side,
            block: slot.block,
            reason,
        };
        let Some(side) = Side::named(&slot.entrant) else {
            let reason = Reason::HarnessFault(format!("no side is called {}", slot.entrant));
            return Err(fault(Side::Base, reason));
        };
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
            turns,
        };
        let trial_id = format!("{}-{side}-{attempt}", slot.block);
        let mut records = OfSide {
            journal,
            samples: Vec::new(),
        };
        let ended = trial::run_recorded(
            &rig,
            &mut records,
            &self.contestants[&side],
            slot,
            &trial_id,
        );
        let reason = match ended {
            Ok(ended) => match ended.end {
                TrialEnd::Done => {
                    let samples: Vec<&Sample> = records.samples.iter().collect();
                    return Ok((side, Observed::of(&samples, self.metrics)));
                }
                TrialEnd::Failed(reason) => reason,
                TrialEnd::Interrupted => return Err(BlockError::Interrupted),
                TrialEnd::Skipped(why) => Reason::HarnessFault(why),
            },
            Err(TrialError::Interrupted) => return Err(BlockError::Interrupted),
            Err(TrialError::Journal(error)) => return Err(BlockError::Journal(error)),
            Err(other) => Reason::HarnessFault(other.to_string()),
        };
        Err(fault(side, reason))
    }
}

/// Whether the sides of a block run side by side: each can be told on which
/// port to listen.
pub fn can_be_up_at_once(contestants: &BTreeMap<Side, Contestant>) -> bool {
    let mut all = contestants.values();
    all.all(|one| one.runner.takes_a_port(&one.entrant))
}

/// The journal, as one of several sides writes it that are measured side by
/// side; keeps its samples.
struct OfSide<'a, 'j> {
    journal: &'a Mutex<&'j mut JournalWriter>,
    samples: Vec<Sample>,
}

impl Append for OfSide<'_, '_> {
    fn append(&mut self, record: &Record) -> io::Result<()> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.append(record)?;
        if let Record::Sample(sample) = record {
            self.samples.push(Sample::clone(sample));
        }
        Ok(())
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
