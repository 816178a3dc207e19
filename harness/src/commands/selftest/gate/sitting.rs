//! Recording one condition.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::cli::GateSelftestArgs;
use crate::commands::CommandError;
use crate::commands::gate::contender::Contender;
use crate::gate::{Bench, BlockError, Metric, Side, plan, spending};
use crate::journal::JournalWriter;
use crate::plan::Profile;
use crate::process::Programs;
use crate::selftest::gate::{BUDGET, Condition, Neighbour, Recorded, Records};
use crate::trial::{Contestant, Progress};

/// About how long a block takes, until one was measured.
const BLOCK: Duration = Duration::from_secs(5);
/// What the shuffles of a condition depend on, beside its own number.
const SEED: u64 = 2_026;

/// The recording of one condition.
pub(super) struct Sitting<'a> {
    condition: Condition,
    records: Records,
    args: &'a GateSelftestArgs,
    programs: &'a Programs,
    profile: Profile,
    metrics: Vec<Metric>,
    contestants: BTreeMap<Side, Contestant>,
    seed: u64,
    progress: Progress,
    scratch: tempfile::TempDir,
    journal: JournalWriter,
    /// Blocks measured in this sitting, and how long they took.
    measured: u32,
    took: Duration,
}

impl<'a> Sitting<'a> {
    pub(super) fn new(
        condition: Condition,
        records: Records,
        programs: &'a Programs,
        [base, head]: [&Contender; 2],
        args: &'a GateSelftestArgs,
    ) -> Result<Self, CommandError> {
        let contestant = |side: Side| (side, side.of(base, head).contestant());
        let metrics: Vec<Metric> = condition.policy().primary.keys().copied().collect();
        let most = u32::try_from(2 * spending::MOST_BLOCKS).unwrap_or(u32::MAX);
        let scratch = tempfile::tempdir().map_err(CommandError::failure)?;
        let number = Condition::ALL.iter().position(|one| *one == condition);
        Ok(Self {
            condition,
            records,
            args,
            programs,
            profile: plan::profile("gate", &metrics, most, args.stretch),
            metrics,
            contestants: Side::ALL.map(contestant).into(),
            seed: SEED + number.unwrap_or_default() as u64,
            progress: Progress::new(BUDGET),
            journal: JournalWriter::create(scratch.path()).map_err(CommandError::failure)?,
            scratch,
            measured: 0,
            took: Duration::ZERO,
        })
    }

    /// Runs gates to their verdicts until there are so many; false where the
    /// time was up before. `of_others` is the time that other conditions take
    /// after that.
    pub(super) fn gates(
        &mut self,
        wanted: u32,
        ends: Option<Instant>,
        of_others: Duration,
    ) -> Result<bool, CommandError> {
        let _neighbour = self.neighbour();
        while self.records.next_gate() <= wanted {
            if !self.real_gate(ends, of_others)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Measures blocks until there are so many, those of gates counted; false
    /// where the time was up before.
    pub(super) fn blocks(
        &mut self,
        wanted: u32,
        ends: Option<Instant>,
        of_others: Duration,
    ) -> Result<bool, CommandError> {
        let _neighbour = self.neighbour();
        while self.records.blocks.len() < wanted as usize {
            if is_over(ends) {
                return Ok(false);
            }
            let number = self.records.blocks.len() + 1;
            self.say(&format!("block {number} of {wanted}"), of_others);
            self.block(self.seed, number, None)?;
        }
        Ok(true)
    }

    /// Runs the next gate to its verdict, or goes on with the one that was cut
    /// off.
    fn real_gate(
        &mut self,
        ends: Option<Instant>,
        of_others: Duration,
    ) -> Result<bool, CommandError> {
        let gate = self.records.next_gate();
        while self.records.next_gate() == gate {
            if is_over(ends) {
                return Ok(false);
            }
            let number = self.records.blocks_of(gate).count() + 1;
            let about = format!("gate {gate} of {}, block {number}", self.args.gates);
            self.say(&about, of_others);
            self.block(self.seed + 100 * u64::from(gate), number, Some(gate))?;
        }
        Ok(true)
    }

    /// Measures a block and keeps it.
    fn block(&mut self, seed: u64, number: usize, gate: Option<u32>) -> Result<(), CommandError> {
        let bench = Bench {
            programs: self.programs,
            profile: &self.profile,
            metrics: &self.metrics,
            seed,
            contestants: &self.contestants,
            progress: &self.progress,
            scratch: self.scratch.path(),
        };
        let began = Instant::now();
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let block = bench
            .block(&mut self.journal, number, 1)
            .map_err(|error| match error {
                BlockError::Interrupted => CommandError::Interrupted,
                other => CommandError::failure(format!("{}: {other}", self.condition.name())),
            })?;
        let elapsed = began.elapsed();
        self.measured += 1;
        self.took += elapsed;
        let recorded = Recorded {
            gate,
            block,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        };
        self.records
            .add_block(recorded)
            .map_err(CommandError::failure)
    }

    /// About how long it will take until everything is recorded.
    pub(super) fn left(&self) -> Duration {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let gates_left = self.args.gates.saturating_sub(self.records.next_gate() - 1);
        let begun = count(self.records.blocks_of(self.records.next_gate()).count());
        let of_gates = (gates_left * self.condition.blocks_of_a_gate()).saturating_sub(begun);
        let have = count(self.records.blocks.len()) + of_gates;
        let mean = match self.measured {
            0 => BLOCK,
            measured => self.took / measured,
        };
        mean * (of_gates + self.args.blocks.saturating_sub(have))
    }

    /// What is measured now, and about how long everything will take.
    fn say(&self, about: &str, of_others: Duration) {
        let minutes = (self.left() + of_others).as_secs_f64() / 60.0;
        eprintln!(
            "{}: {about}, about {minutes:.0} min left",
            self.condition.name()
        );
    }

    fn neighbour(&self) -> Option<Neighbour> {
        let seed = self.seed + self.records.blocks.len() as u64;
        (self.condition == Condition::Neighbour).then(|| Neighbour::moves_in(seed))
    }
}

fn is_over(ends: Option<Instant>) -> bool {
    ends.is_some_and(|ends| Instant::now() >= ends)
}
