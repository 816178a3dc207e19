//! Whether the instruments can be trusted, shown on the machine they stand on.
//!
//! Each check observes (drives real programs) and judges (a pure function of
//! what was observed), so that a verdict can be made again from the records.

mod bench;
mod blocks;
mod ceilings;
mod claim;
mod delays;
pub mod gate;
mod mistake;
mod stall;

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use bench::{Bench, BenchError};
pub use claim::{Claim, Verdict, table};

/// What one check observed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "kebab-case")]
pub enum Observed {
    /// Overhead through relays of known delay.
    Delays(delays::Delays),
    /// One stall of all connections.
    Stall(stall::Stall),
    /// Latency of a closed loop against its throughput.
    Mistake(mistake::Mistake),
    /// Relays side by side, block after block.
    Blocks(blocks::Blocks),
    /// The generator and the mock against wrk and nginx.
    Ceilings(ceilings::Ceilings),
}

/// A check by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// See [`Observed::Delays`].
    Delays,
    /// See [`Observed::Stall`].
    Stall,
    /// See [`Observed::Mistake`].
    Mistake,
    /// See [`Observed::Blocks`].
    Blocks,
    /// See [`Observed::Ceilings`].
    Ceilings,
}

impl Check {
    /// All, in the order in which they run.
    pub const ALL: [Self; 5] = [
        Self::Ceilings,
        Self::Delays,
        Self::Stall,
        Self::Mistake,
        Self::Blocks,
    ];

    /// The names on the command line, in the order of [`Self::ALL`].
    pub const NAMES: [&'static str; 5] = ["ceilings", "delays", "stall", "mistake", "blocks"];

    /// The check of a name.
    pub fn named(name: &str) -> Option<Self> {
        let index = Self::NAMES.iter().position(|known| *known == name)?;
        Self::ALL.get(index).copied()
    }

    /// Drives the programs and gives what was observed.
    ///
    /// # Errors
    /// A program is missing or failed, or the user interrupted.
    pub fn observe(self, bench: &Bench) -> Result<Observed, BenchError> {
        Ok(match self {
            Self::Delays => Observed::Delays(delays::observe(bench)?),
            Self::Stall => Observed::Stall(stall::observe(bench)?),
            Self::Mistake => Observed::Mistake(mistake::observe(bench)?),
            Self::Blocks => Observed::Blocks(blocks::observe(bench)?),
            Self::Ceilings => Observed::Ceilings(ceilings::observe(bench)?),
        })
    }
}

impl Observed {
    /// What the observations say of each claim.
    pub fn judge(&self) -> Vec<Claim> {
        match self {
            Self::Delays(observed) => delays::judge(observed),
            Self::Stall(observed) => stall::judge(observed),
            Self::Mistake(observed) => mistake::judge(observed),
            Self::Blocks(observed) => blocks::judge(observed),
            Self::Ceilings(observed) => ceilings::judge(observed),
        }
    }
}

/// Reads the records of a folder, one check a line.
///
/// # Errors
/// There are none, or they cannot be read.
pub fn read(folder: &Path) -> io::Result<Vec<Observed>> {
    let path = folder.join(RECORDS);
    std::fs::read_to_string(&path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?
        .lines()
        .map(|line| serde_json::from_str(line).map_err(io::Error::from))
        .collect()
}

/// The name of the records in a folder of results.
pub const RECORDS: &str = "selftest.jsonl";
