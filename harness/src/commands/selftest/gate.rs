//! `harness selftest gate`: records gates and blocks of each condition, sitting
//! by sitting, and judges what there is.

mod sides;
mod sitting;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sitting::Sitting;

use crate::cli::{EntrantArgs, GateSelftestArgs};
use crate::commands::CommandError;
use crate::commands::gate::contender::Finder;
use crate::commands::run::begin_cleanly;
use crate::entrant::Catalogue;
use crate::process::Programs;
use crate::selftest::gate::{Condition, Records};
use crate::selftest::{Claim, gate as recorded, table};
use crate::{machine, project};

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
    let mut sittings = Vec::new();
    for condition in conditions {
        if let Some((base, head)) = sides::sides(*condition, &finder, args)? {
            let records = Records::read(&args.out, *condition).map_err(CommandError::failure)?;
            sides::keep(records.folder(), &base, &head, args.stretch)?;
            let sitting = Sitting::new(*condition, records, &programs, [&base, &head], args)?;
            sittings.push(sitting);
        }
    }
    if !record_all(&mut sittings, args, ends)? {
        eprintln!("the time of this sitting is up; go on with the same command");
    }
    Ok(())
}

/// Records what is missing of each condition; false where the time was up
/// before.
fn record_all(
    sittings: &mut [Sitting<'_>],
    args: &GateSelftestArgs,
    ends: Option<Instant>,
) -> Result<bool, CommandError> {
    // A gate of each in turn: what the machine does over an hour hits all alike.
    for number in 1..=args.gates {
        for index in 0..sittings.len() {
            let of_others = left_of_others(sittings, index);
            if !sittings[index].gates(number, ends, of_others)? {
                return Ok(false);
            }
        }
    }
    for index in 0..sittings.len() {
        let of_others = left_of_others(sittings, index);
        if !sittings[index].blocks(args.blocks, ends, of_others)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn left_of_others(sittings: &[Sitting<'_>], index: usize) -> Duration {
    let others = sittings.iter().enumerate().filter(|(at, _)| *at != index);
    others.map(|(_, sitting)| sitting.left()).sum()
}

/// Says where the records come from. Records of another machine are not mixed
/// with them.
fn keep_machine(out: &Path) -> Result<(), CommandError> {
    let path = out.join("machine.json");
    let now = serde_json::to_value(machine::fingerprint()).map_err(CommandError::failure)?;
    if path.exists() {
        let text = fs::read_to_string(&path).map_err(CommandError::failure)?;
        let before: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))?;
        let differs = ["cpu_model", "cpus", "kernel"]
            .into_iter()
            .find(|field| before[field] != now[field]);
        return differs.map_or(Ok(()), |field| {
            Err(CommandError::usage(format!(
                "{} holds records of another machine: its {field} was {}, and this one's is {}; \
                 begin in another folder",
                out.display(),
                before[field],
                now[field]
            )))
        });
    }
    fs::create_dir_all(out).map_err(CommandError::usage)?;
    let fingerprint = serde_json::to_string_pretty(&now).map_err(CommandError::failure)?;
    fs::write(path, fingerprint + "\n").map_err(CommandError::failure)
}
