//! `harness selftest gate`: records blocks and gates of each condition, sitting
//! by sitting, and judges what there is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cli::{DescribedArgs, EntrantArgs, GateSelftestArgs};
use crate::commands::CommandError;
use crate::commands::gate::contender::{Contender, Finder};
use crate::commands::run::begin_cleanly;
use crate::entrant::Catalogue;
use crate::gate::{Bench, Block, BlockError, Metric, Side, Step, judge, plan, spending};
use crate::journal::JournalWriter;
use crate::plan::Profile;
use crate::process::Programs;
use crate::selftest::gate::{Condition, Neighbour, RealGate, Recorded, Records};
use crate::selftest::{Claim, gate as recorded, table};
use crate::summary::{REFERENCE, RELAY};
use crate::trial::{Contestant, Progress};
use crate::{machine, project};

/// The time of a default gate.
const BUDGET: Duration = Duration::from_secs(8 * 60);
/// About how long a block takes, until one was measured.
const BLOCK: Duration = Duration::from_secs(6);
/// What the shuffles of a condition depend on, beside its own number.
const SEED: u64 = 2_026;

/// Records what is missing, and prints what the records say.
///
/// # Errors
/// Failure when a promise is not kept or not yet measured.
pub(super) fn gate(entrants: &EntrantArgs, args: &GateSelftestArgs) -> Result<(), CommandError> {
    let conditions: Vec<Condition> = Condition::ALL
        .into_iter()
        .filter(|one| args.only.is_empty() || args.only.iter().any(|name| name == one.name()))
        .collect();
    if !args.judge {
        record(entrants, args, &conditions)?;
    }
    let mut claims: Vec<Claim> = Vec::new();
    for condition in conditions {
        let records = Records::read(&args.out, condition).map_err(CommandError::failure)?;
        claims.extend(recorded::judge(condition, &records));
    }
    crate::commands::print(&format!("{}\n", table(&claims, false)))?;
    if args.out.is_dir() && args.only.is_empty() {
        fs::write(args.out.join("selftest.md"), table(&claims, true) + "\n")
            .map_err(CommandError::failure)?;
    }
    super::all_hold(&claims)
}

fn record(
    entrants: &EntrantArgs,
    args: &GateSelftestArgs,
    conditions: &[Condition],
) -> Result<(), CommandError> {
    let catalogue = Catalogue::load(&entrants.dirs).map_err(CommandError::usage)?;
    let installs =
        project::installs(entrants.install_dir.as_deref()).map_err(CommandError::failure)?;
    let programs = Programs::new();
    let engine = begin_cleanly()?;
    let finder = Finder {
        catalogue: &catalogue,
        programs: &programs,
        installs: &installs,
        engine: engine.map(Arc::new),
    };
    keep_machine(&args.out)?;
    let ends = args.sitting.map(|sitting| Instant::now() + sitting);
    for condition in conditions {
        let Some((base, head)) = sides(*condition, &finder, args)? else {
            continue;
        };
        let contestants: BTreeMap<Side, Contestant> = Side::ALL
            .map(|side| match side {
                Side::Base | Side::Twin => (side, base.contestant()),
                Side::Head => (side, head.contestant()),
            })
            .into();
        let metrics: Vec<Metric> = condition.policy().primary.keys().copied().collect();
        let most = u32::try_from(2 * spending::MOST_BLOCKS).unwrap_or(u32::MAX);
        let profile = plan::profile("gate", &metrics, most, args.stretch);
        let records = Records::read(&args.out, *condition).map_err(CommandError::failure)?;
        let sitting = Sitting {
            condition: *condition,
            programs: &programs,
            profile: &profile,
            metrics: &metrics,
            contestants: &contestants,
            args,
            ends,
            mean: BLOCK,
            measured: 0,
        };
        if !sitting.record(records)? {
            eprintln!("the time of this sitting is up; go on with the same command");
            break;
        }
    }
    Ok(())
}

/// Says where the records come from; the first sitting's machine is kept.
fn keep_machine(out: &Path) -> Result<(), CommandError> {
    let path = out.join("machine.json");
    if path.exists() {
        return Ok(());
    }
    fs::create_dir_all(out).map_err(CommandError::usage)?;
    let fingerprint = serde_json::to_string_pretty(&machine::fingerprint());
    let fingerprint = fingerprint.map_err(CommandError::failure)?;
    fs::write(path, fingerprint + "\n").map_err(CommandError::failure)
}

/// Base and head of a condition; `None` where one is not there, which is said.
fn sides(
    condition: Condition,
    finder: &Finder<'_>,
    args: &GateSelftestArgs,
) -> Result<Option<(Contender, Contender)>, CommandError> {
    let described = DescribedArgs {
        like: REFERENCE.to_owned(),
        ..DescribedArgs::default()
    };
    let relay = |delay_us: u32| {
        let mut entrant = finder
            .catalogue
            .get(RELAY)
            .map_err(CommandError::usage)?
            .clone();
        if let Some(process) = &mut entrant.manifest.process {
            let delay = ["--delay".to_owned(), format!("{delay_us}us")];
            process.command.extend(delay);
        }
        finder.entrant(&format!("relay of {delay_us} µs"), entrant)
    };
    if let Some((base, head)) = condition.delays_us() {
        return Ok(Some((relay(base)?, relay(head)?)));
    }
    let reference = || finder.find(REFERENCE, &described);
    if condition != Condition::Cpu110 {
        return Ok(Some((reference()?, reference()?)));
    }
    let Some(burning) = finder.programs.find(&args.burning) else {
        eprintln!(
            "{}: not recorded: there is no {}; make it: cargo build --release -p gateway \
             --features burn-a-tenth --target-dir target/burning && cp \
             target/burning/release/gateway target/release/gateway-burning",
            condition.name(),
            args.burning
        );
        return Ok(None);
    };
    let head = finder.find(&format!("bin:{}", burning.display()), &described)?;
    let version = head.about.version.value().cloned().unwrap_or_default();
    if !version.contains("burns-a-tenth") {
        return Err(CommandError::usage(format!(
            "{}: its version, {version:?}, does not say that it burns a tenth",
            burning.display()
        )));
    }
    Ok(Some((reference()?, head)))
}

/// The recording of one condition.
struct Sitting<'a> {
    condition: Condition,
    programs: &'a Programs,
    profile: &'a Profile,
    metrics: &'a [Metric],
    contestants: &'a BTreeMap<Side, Contestant>,
    args: &'a GateSelftestArgs,
    ends: Option<Instant>,
    /// The mean time of a block so far.
    mean: Duration,
    measured: u32,
}

impl Sitting<'_> {
    /// Records what is missing; false where the sitting's time was up before.
    fn record(mut self, mut records: Records) -> Result<bool, CommandError> {
        let scratch = tempfile::tempdir().map_err(CommandError::failure)?;
        let mut journal = JournalWriter::create(scratch.path()).map_err(CommandError::failure)?;
        let progress = Progress::new(BUDGET);
        let number = Condition::ALL.iter().position(|one| *one == self.condition);
        let seed = SEED + number.unwrap_or_default() as u64;
        let _neighbour = (self.condition == Condition::Neighbour)
            .then(|| Neighbour::moves_in(seed + records.blocks.len() as u64));
        while records.blocks.len() < self.args.blocks as usize {
            if self.is_over() {
                return Ok(false);
            }
            let number = records.blocks.len() + 1;
            self.say(&format!("block {number} of {}", self.args.blocks), &records);
            let block = self.block(&mut journal, scratch.path(), &progress, seed, number)?;
            records.add_block(block).map_err(CommandError::failure)?;
        }
        while records.gates.len() < self.args.gates as usize {
            let seed = seed + 100 * (1 + records.gates.len() as u64);
            if !self.real_gate(&mut records, &mut journal, scratch.path(), &progress, seed)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Runs the next gate to its verdict; false where the time was up before.
    fn real_gate(
        &mut self,
        records: &mut Records,
        journal: &mut JournalWriter,
        scratch: &Path,
        progress: &Progress,
        seed: u64,
    ) -> Result<bool, CommandError> {
        let begun = records.under_way().map_err(CommandError::failure)?;
        let mut took_ms: u64 = begun.iter().map(|one| one.elapsed_ms).sum();
        let mut longest_ms = begun.iter().map(|one| one.elapsed_ms).max().unwrap_or(0);
        let mut blocks: Vec<Block> = begun.into_iter().map(|one| one.block).collect();
        let policy = self.condition.policy();
        let budget_ms = u64::try_from(BUDGET.as_millis()).unwrap_or(u64::MAX);
        loop {
            let no_more = !blocks.is_empty() && took_ms + longest_ms > budget_ms;
            if let Step::Ended(verdict) = judge(&policy, &blocks, no_more) {
                records
                    .add_gate(RealGate {
                        gate: u32::try_from(records.gates.len() + 1).unwrap_or(u32::MAX),
                        outcome: verdict.outcome,
                        screening: verdict.screening,
                        confirmation: verdict.confirmation,
                        suspected: verdict.suspected,
                        twins_differ: verdict.twins_differ,
                        elapsed_ms: took_ms,
                    })
                    .map_err(CommandError::failure)?;
                return Ok(true);
            }
            if self.is_over() {
                return Ok(false);
            }
            let number = blocks.len() + 1;
            let gate = records.gates.len() + 1;
            self.say(
                &format!("gate {gate} of {}, block {number}", self.args.gates),
                records,
            );
            let block = self.block(journal, scratch, progress, seed, number)?;
            records.add_to_gate(&block).map_err(CommandError::failure)?;
            took_ms += block.elapsed_ms;
            longest_ms = longest_ms.max(block.elapsed_ms);
            blocks.push(block.block);
        }
    }

    fn block(
        &mut self,
        journal: &mut JournalWriter,
        scratch: &Path,
        progress: &Progress,
        seed: u64,
        number: usize,
    ) -> Result<Recorded, CommandError> {
        let bench = Bench {
            programs: self.programs,
            profile: self.profile,
            metrics: self.metrics,
            seed,
            contestants: self.contestants,
            progress,
            scratch,
        };
        let began = Instant::now();
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let block = bench
            .block(journal, number, 1)
            .map_err(|error| match error {
                BlockError::Interrupted => CommandError::Interrupted,
                other => CommandError::failure(format!("{}: {other}", self.condition.name())),
            })?;
        let elapsed = began.elapsed();
        self.measured += 1;
        self.mean = match self.measured {
            1 => elapsed,
            n => (self.mean * (n - 1) + elapsed) / n,
        };
        Ok(Recorded {
            block,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn is_over(&self) -> bool {
        self.ends.is_some_and(|ends| Instant::now() >= ends)
    }

    /// What is measured now, and about how long this condition will take.
    fn say(&self, about: &str, records: &Records) {
        let left = |wanted: u32, have: usize| {
            wanted.saturating_sub(u32::try_from(have).unwrap_or(u32::MAX))
        };
        let blocks = left(self.args.blocks, records.blocks.len())
            + left(self.args.gates, records.gates.len()) * self.condition.blocks_of_a_gate();
        let minutes = (self.mean * blocks).as_secs_f64() / 60.0;
        eprintln!(
            "{}: {about}, about {minutes:.0} min left",
            self.condition.name()
        );
    }
}
