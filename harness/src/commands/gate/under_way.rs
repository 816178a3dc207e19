//! Blocks that are being measured, how long they take, and when to stop.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use super::folder::Plan;
use crate::commands::CommandError;
use crate::commands::run::folder::RunFolder;
use crate::gate::{
    Ahead, Bench, Block, BlockError, Circumstances, Metric, Policy, Side, Step, Verdict,
    can_be_up_at_once, judge,
};
use crate::journal::{End, Journal, JournalWriter, Record};
use crate::plan::Profile;
use crate::process::Programs;
use crate::summary::stolen_share;
use crate::trial::{Contestant, Progress};

/// Blocks that are being measured.
pub(in crate::commands) struct UnderWay<'a> {
    programs: &'a Programs,
    profile: &'a Profile,
    metrics: &'a [Metric],
    seed: u64,
    contestants: &'a BTreeMap<Side, Contestant>,
    writer: JournalWriter,
    scratch: tempfile::TempDir,
    progress: Progress,
    budget: Duration,
    /// What was measured in earlier sittings.
    before: Duration,
    started: Instant,
    longest: Duration,
    attempts: usize,
    /// The whole blocks.
    pub(in crate::commands) blocks: Vec<Block>,
}

impl<'a> UnderWay<'a> {
    pub(in crate::commands) fn new(
        programs: &'a Programs,
        profile: &'a Profile,
        metrics: &'a [Metric],
        seed: u64,
        contestants: &'a BTreeMap<Side, Contestant>,
        writer: JournalWriter,
        budget: Duration,
    ) -> Result<Self, CommandError> {
        Ok(Self {
            programs,
            profile,
            metrics,
            seed,
            contestants,
            writer,
            scratch: tempfile::tempdir().map_err(CommandError::failure)?,
            progress: Progress::new(budget),
            budget,
            before: Duration::ZERO,
            started: Instant::now(),
            longest: Duration::ZERO,
            attempts: 1,
            blocks: Vec::new(),
        })
    }

    /// Takes up the blocks of earlier sittings.
    pub(super) fn go_on_from(&mut self, journal: &Journal, blocks: Vec<Block>) {
        self.before = took(journal, can_be_up_at_once(self.contestants));
        let next = u32::try_from(blocks.len() + 1).unwrap_or(u32::MAX);
        let names = Side::ALL.iter();
        let attempts = names.map(|side| journal.attempts(next, side.name()));
        self.attempts = 1 + attempts.max().unwrap_or(0);
        self.progress.note(&format!(
            "goes on after {} blocks, measured in {:.0?}",
            blocks.len(),
            self.before
        ));
        self.progress.advance(self.before);
        self.blocks = blocks;
    }

    /// Measures until the verdict is clear or the budget is used up.
    pub(super) fn judged(&mut self, policy: &Policy) -> Result<Verdict, BlockError> {
        loop {
            let no_more = !self.has_time();
            match judge(policy, &self.blocks, no_more) {
                Step::Ended(verdict) => {
                    self.progress.finish();
                    return Ok(*verdict);
                }
                Step::Measure(ahead) => {
                    let left = self.left(ahead);
                    self.one_more(&left)?;
                }
            }
        }
    }

    /// Measures one more of so many blocks.
    pub(in crate::commands) fn one_more_of(&mut self, blocks: u32) -> Result<(), BlockError> {
        let have = u32::try_from(self.blocks.len()).unwrap_or(u32::MAX);
        let left = match have {
            0 => String::new(),
            have => {
                let mean = self.elapsed() / have;
                let left = mean * blocks.saturating_sub(have);
                format!(", about {} s left", left.as_secs())
            }
        };
        self.one_more(&format!(" of {blocks}{left}"))
    }

    /// Measures one more block; `left` tells how long it will go on.
    fn one_more(&mut self, left: &str) -> Result<(), BlockError> {
        let number = u32::try_from(self.blocks.len() + 1).unwrap_or(u32::MAX);
        self.progress.trial(&format!("block {number}{left}"));
        let bench = Bench {
            programs: self.programs,
            profile: self.profile,
            metrics: self.metrics,
            seed: self.seed,
            contestants: self.contestants,
            progress: &self.progress,
            scratch: self.scratch.path(),
        };
        let began = Instant::now();
        let block = bench.block(&mut self.writer, number, self.attempts)?;
        self.attempts = 1;
        self.longest = self.longest.max(began.elapsed());
        self.progress.advance(began.elapsed());
        self.blocks.push(block);
        Ok(())
    }

    fn elapsed(&self) -> Duration {
        self.before + self.started.elapsed()
    }

    /// Whether another block will end within the budget; the first one is
    /// always measured.
    fn has_time(&self) -> bool {
        self.blocks.is_empty() || self.elapsed() + self.longest <= self.budget
    }

    /// How long it takes to the next look and to the last, in words.
    fn left(&self, ahead: Ahead) -> String {
        let what = match ahead.confirming {
            true => "confirming a suspicion, ",
            false => "",
        };
        let have = self.blocks.len();
        if have == 0 {
            return format!(" of at most {}", ahead.at_most);
        }
        let mean = self.elapsed() / u32::try_from(have).unwrap_or(u32::MAX);
        let time = |blocks: usize| {
            let planned = mean * u32::try_from(blocks - have.min(blocks)).unwrap_or(u32::MAX);
            planned
                .min(self.budget.saturating_sub(self.elapsed()))
                .as_secs()
        };
        format!(
            ": {what}about {} s to the look after {}, at most {} s in all",
            time(ahead.next_look),
            ahead.next_look,
            time(ahead.at_most)
        )
    }

    /// Closes the journal.
    pub(in crate::commands) fn end(&mut self, complete: bool) -> Result<(), CommandError> {
        self.progress.finish();
        self.writer
            .append(&Record::End(End {
                complete,
                over_budget: false,
                at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
                elapsed_ms: self.started.elapsed().as_millis() as u64,
            }))
            .map_err(|error| CommandError::failure(format!("cannot write the journal: {error}")))
    }

    pub(super) fn circumstances(
        &self,
        plan: Plan,
        folder: &RunFolder,
    ) -> Result<Circumstances, CommandError> {
        let journal = Journal::read(folder.path()).map_err(CommandError::failure)?;
        Ok(Circumstances {
            base: plan.base,
            head: plan.head,
            policy: plan.policy,
            elapsed_s: self.elapsed().as_secs_f64(),
            budget_s: self.budget.as_secs_f64(),
            seed: plan.seed,
            stolen_share: stolen_share(&journal),
            machine: journal.run.machine,
        })
    }
}

/// How long a gate has measured. Of sides that ran `at_once` a block took what
/// the longest of its trials did.
fn took(journal: &Journal, at_once: bool) -> Duration {
    if !at_once {
        let all = journal.trials.iter().map(|trial| trial.elapsed_ms);
        return Duration::from_millis(all.sum());
    }
    let mut blocks: BTreeMap<(u32, &str), u64> = BTreeMap::new();
    for trial in &journal.trials {
        let attempt = trial.trial_id.rsplit('-').next().unwrap_or_default();
        let longest = blocks.entry((trial.block, attempt)).or_default();
        *longest = trial.elapsed_ms.max(*longest);
    }
    Duration::from_millis(blocks.values().sum())
}
