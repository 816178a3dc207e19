//! `harness selftest`: claim, measured, verdict.

mod gate;

use std::fs::{self, OpenOptions};
use std::io::Write;

use super::CommandError;
use crate::cli::{EntrantArgs, OtherSelftest, SelftestArgs};
use crate::process::Programs;
use crate::selftest::{Bench, BenchError, Check, Claim, Observed, RECORDS, Verdict, read, table};
use crate::{interrupt, machine};

/// Runs the checks asked for, or judges the records of an earlier run again,
/// and prints the table.
///
/// # Errors
/// Failure when a claim does not hold or could not be measured.
pub fn selftest(entrants: &EntrantArgs, args: &SelftestArgs) -> Result<(), CommandError> {
    if let Some(OtherSelftest::Gate(args)) = &args.other {
        return gate::gate(entrants, args);
    }
    let observed = match &args.judge {
        Some(folder) => read(folder).map_err(CommandError::usage)?,
        None => observe(args)?,
    };
    let claims: Vec<Claim> = observed.iter().flat_map(Observed::judge).collect();
    super::print(&format!("{}\n", table(&claims, false)))?;
    if let (Some(folder), None) = (&args.out, &args.judge) {
        fs::write(folder.join("selftest.md"), table(&claims, true) + "\n")
            .map_err(CommandError::failure)?;
        super::print(&format!("records and table are in {}\n", folder.display()))?;
    }
    all_hold(&claims)
}

fn all_hold(claims: &[Claim]) -> Result<(), CommandError> {
    let failed = claims
        .iter()
        .filter(|claim| claim.verdict != Verdict::Holds)
        .count();
    if failed == 0 {
        return Ok(());
    }
    Err(CommandError::failure(format!(
        "{failed} of {} claims do not hold here",
        claims.len()
    )))
}

fn observe(args: &SelftestArgs) -> Result<Vec<Observed>, CommandError> {
    interrupt::watch().map_err(CommandError::failure)?;
    let bench = Bench {
        programs: Programs::new(),
        scratch: tempfile::tempdir().map_err(CommandError::failure)?,
        blocks: args.blocks,
        pairs: args.pairs,
        say: Box::new(|about| eprintln!("{about}")),
    };
    if let Some(folder) = &args.out {
        fs::create_dir_all(folder).map_err(CommandError::failure)?;
        let fingerprint = serde_json::to_string_pretty(&machine::fingerprint());
        let fingerprint = fingerprint.map_err(CommandError::failure)?;
        fs::write(folder.join("machine.json"), fingerprint + "\n")
            .map_err(CommandError::failure)?;
    }
    let mut observed = Vec::new();
    for (check, name) in Check::ALL.into_iter().zip(Check::NAMES) {
        if !args.only.is_empty() && !args.only.iter().any(|only| only == name) {
            continue;
        }
        let seen = check.observe(&bench).map_err(|error| match error {
            BenchError::Interrupted => CommandError::Interrupted,
            other => CommandError::failure(other),
        })?;
        if let Some(folder) = &args.out {
            let line = serde_json::to_string(&seen).map_err(CommandError::failure)?;
            let mut options = OpenOptions::new();
            options.create(true).append(true);
            options
                .open(folder.join(RECORDS))
                .and_then(|mut file| writeln!(file, "{line}"))
                .map_err(CommandError::failure)?;
        }
        observed.push(seen);
    }
    Ok(observed)
}
