//! `harness gate`: blocks of base, head and base again, judged as they come.

pub(super) mod contender;
mod folder;
pub(super) mod under_way;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use contender::Finder;
use folder::{Plan, begin, resume};
use under_way::UnderWay;

use super::CommandError;
use super::run::{begin_cleanly, seed_from};
use crate::cli::{EntrantArgs, GateArgs};
use crate::entrant::Catalogue;
use crate::gate::{
    About, BlockError, Outcome, Policy, RULE, Report, Side, blocks_of, plan, spending,
};
use crate::process::Programs;
use crate::project;

/// Says whether head is slower, heavier or wrong beside base.
///
/// # Errors
/// Regression and too noisy to tell are told so after the report was printed;
/// usage: a side or a policy that does not exist or makes no sense; failure: a
/// side or the harness failed, and what was measured is kept.
pub fn gate(entrants: &EntrantArgs, args: &GateArgs) -> Result<(), CommandError> {
    let policy = match &args.policy {
        Some(path) => Policy::read(path).map_err(CommandError::usage)?,
        None => Policy::default(),
    };
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
    let base = finder.find(&args.base, &args.described)?;
    let head = finder.find(&args.head, &args.described)?;
    let now = SystemTime::now();
    let wanted = Plan {
        base: base.about.clone(),
        head: head.about.clone(),
        rule: RULE.to_owned(),
        policy,
        seed: args.seed.unwrap_or_else(|| seed_from(now)),
        stretch_ms: u64::try_from(args.stretch.as_millis()).unwrap_or(u64::MAX),
    };
    warn_of_runners(&base.about, &head.about);
    if base.about.is_same(&head.about) {
        eprintln!("harness: base and head are the same: this is a self-check");
    }
    let records = Side::ALL.map(|side| (side, &side.of(&base, &head).record));
    let begun = match &args.resume {
        Some(path) => {
            let begun = resume(path, &wanted)?;
            if args.policy.is_some() && begun.plan.policy != wanted.policy {
                return Err(CommandError::usage("the gate began with another policy"));
            }
            begun
        }
        None => begin(args.out.as_deref(), wanted, &records, now)?,
    };
    let contestants =
        BTreeMap::from(Side::ALL.map(|side| (side, side.of(&base, &head).contestant())));
    let folder = begun.folder;
    let plan = begun.plan;
    let metrics: Vec<_> = plan.policy.primary.keys().copied().collect();
    let most = u32::try_from(2 * spending::MOST_BLOCKS).unwrap_or(u32::MAX);
    let profile = plan::profile("gate", &metrics, most, plan.stretch());
    let mut under_way = UnderWay::new(
        &programs,
        &profile,
        &metrics,
        plan.seed,
        &contestants,
        begun.writer,
        args.budget,
    )?;
    if let Some(journal) = &begun.journal {
        under_way.go_on_from(journal, blocks_of(journal, &metrics, &Side::ALL));
    }
    let judged = under_way.judged(&plan.policy);
    under_way.end(judged.is_ok())?;
    let where_it_is = format!(
        "what was measured is in {0}; to go on, give the same command --resume {0} in place of --out",
        folder.path().display()
    );
    let verdict = judged.map_err(|error| match error {
        BlockError::Interrupted => {
            eprintln!("harness: {where_it_is}");
            CommandError::Interrupted
        }
        other => CommandError::failure(format!("{other}\n{where_it_is}")),
    })?;
    let report = Report::new(
        verdict,
        &under_way.blocks,
        under_way.circumstances(plan, &folder)?,
    );
    folder::keep(&folder, &report)?;
    match args.json {
        true => {
            let text = serde_json::to_string_pretty(&report).map_err(CommandError::failure)?;
            super::print(&format!("{text}\n"))?;
        }
        false => super::print(&format!(
            "{}\ngate.json, gate.md and the journal are in {}\n",
            report.text(false),
            folder.path().display()
        ))?,
    }
    match report.verdict.outcome {
        Outcome::Pass => Ok(()),
        Outcome::Regression => Err(CommandError::Regression),
        Outcome::TooNoisy => Err(CommandError::TooNoisy),
    }
}

/// A process beside a container is a comparison of something else too.
pub(super) fn warn_of_runners(one: &About, other: &About) {
    if one.runner != other.runner {
        eprintln!(
            "harness: warning: {} runs as a {} and {} as a {}; memory and starts of the two cannot \
             be compared",
            one.asked, one.runner, other.asked, other.runner
        );
    }
}
