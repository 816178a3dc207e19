//! What was recorded of a condition: a line a block. What the real gates said
//! follows from their blocks, by the rule as it is. The blocks of real gates
//! count among those that gates are resampled from: each was measured before
//! anybody knew what it would show.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Condition, gate_over};
use crate::gate::{Block, Outcome, Policy};

/// A block, and how long it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// The real gate that it was measured for, from 1; none where it was
    /// measured to have enough of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<u32>,
    /// With both sides and the twin.
    pub block: Block,
    /// Milliseconds.
    pub elapsed_ms: u64,
}

/// A gate that was measured from its first block to its verdict, which follows
/// from its blocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RealGate {
    /// What it said.
    pub outcome: Outcome,
    /// After how many blocks.
    pub blocks: usize,
    /// Milliseconds of measuring.
    pub elapsed_ms: u64,
}

/// The records of one condition.
pub struct Records {
    folder: PathBuf,
    policy: Policy,
    /// The blocks that gates are resampled from.
    pub blocks: Vec<Recorded>,
    /// The gates that were run, as far as they have a verdict; the next one may
    /// be under way.
    pub gates: Vec<RealGate>,
}

impl Records {
    /// Those in the folder of a self-test; none where there is no file.
    ///
    /// # Errors
    /// A file cannot be read, or holds what is no record.
    pub fn read(folder: &Path, condition: Condition) -> io::Result<Self> {
        let folder = folder.join(condition.name());
        let mut records = Self {
            policy: condition.policy(),
            blocks: lines(&folder.join("blocks.jsonl"))?,
            gates: Vec::new(),
            folder,
        };
        records.end_gates();
        Ok(records)
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a block.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn add_block(&mut self, block: Recorded) -> io::Result<()> {
        append(&self.folder.join("blocks.jsonl"), &block)?;
        self.blocks.push(block);
        self.end_gates();
        Ok(())
    }

    /// The number of the gate that is under way, or the next.
    pub fn next_gate(&self) -> u32 {
        u32::try_from(self.gates.len() + 1).unwrap_or(u32::MAX)
    }

    /// The blocks of a real gate, in the order in which they were measured.
    pub fn blocks_of(&self, gate: u32) -> impl Iterator<Item = &Recorded> {
        let is_its = move |one: &&Recorded| one.gate == Some(gate);
        self.blocks.iter().filter(is_its)
    }

    /// Those after the one under way may have enough blocks already: the rule
    /// by which they were measured may have been another.
    fn end_gates(&mut self) {
        while let Some(gate) = self.verdict_of_next() {
            self.gates.push(gate);
        }
    }

    /// What the gate that is under way says, if its blocks are enough.
    fn verdict_of_next(&self) -> Option<RealGate> {
        let blocks: Vec<&Recorded> = self.blocks_of(self.next_gate()).collect();
        let (outcome, count) = gate_over(&self.policy, &blocks, false)?;
        Some(RealGate {
            outcome,
            blocks: count,
            elapsed_ms: blocks[..count].iter().map(|one| one.elapsed_ms).sum(),
        })
    }
}

/// The records of a file. A last line that was cut off is removed from it.
fn lines<T: DeserializeOwned>(path: &Path) -> io::Result<Vec<T>> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(named(error)),
    };
    let whole = text.rfind('\n').map_or(0, |last| last + 1);
    if whole < text.len() {
        fs::write(path, &text[..whole]).map_err(named)?;
    }
    text[..whole]
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|error| named(error.into())))
        .collect()
}

fn append(path: &Path, record: &impl Serialize) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut line = serde_json::to_string(record)?;
    line.push('\n');
    let mut options = OpenOptions::new();
    let mut file = options.create(true).append(true).open(path)?;
    file.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Metric, Side};

    #[test]
    fn goes_on_after_a_line_that_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let mut records = Records::read(folder.path(), Condition::Same).unwrap();
        let block = || Recorded {
            gate: None,
            block: Block::default(),
            elapsed_ms: 7,
        };
        records.add_block(block()).unwrap();
        records.add_block(block()).unwrap();
        let path = folder.path().join("same/blocks.jsonl");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.len() - 5]).unwrap();
        let mut again = Records::read(folder.path(), Condition::Same).unwrap();
        assert_eq!(again.blocks.len(), 1);
        again.add_block(block()).unwrap();
        let mut third = Records::read(folder.path(), Condition::Same).unwrap();
        assert_eq!(third.blocks.len(), 2);
        assert_eq!((third.next_gate(), third.blocks_of(1).count()), (1, 0));
        let of_first = Recorded {
            gate: Some(1),
            ..block()
        };
        third.add_block(of_first).unwrap();
        let fourth = Records::read(folder.path(), Condition::Same).unwrap();
        assert_eq!((fourth.blocks.len(), fourth.blocks_of(1).count()), (3, 1));
        fs::write(&path, "nonsense\n").unwrap();
        assert!(Records::read(folder.path(), Condition::Same).is_err());
    }

    /// A block in which all sides have the same figures.
    fn even(gate: u32) -> Recorded {
        let mut block = Block::default();
        for metric in Metric::primary() {
            for side in Side::ALL {
                block.of_mut(side).values.insert(metric, 100.0);
            }
        }
        Recorded {
            gate: Some(gate),
            block,
            elapsed_ms: 3_000,
        }
    }

    /// The first gate lacks a block; the second has more than it needs.
    #[test]
    fn gates_end_with_the_block_that_is_enough() {
        let folder = tempfile::tempdir().unwrap();
        let mut records = Records::read(folder.path(), Condition::Same).unwrap();
        for (gate, blocks) in [(2, 15), (3, 12), (4, 11), (1, 11)] {
            for _ in 0..blocks {
                records.add_block(even(gate)).unwrap();
            }
        }
        assert_eq!((records.next_gate(), records.gates.len()), (1, 0));
        records.add_block(even(1)).unwrap();
        assert_eq!(records.next_gate(), 4);
        let of_one = RealGate {
            outcome: Outcome::Pass,
            blocks: 12,
            elapsed_ms: 36_000,
        };
        assert_eq!(records.gates, [of_one; 3]);
        let again = Records::read(folder.path(), Condition::Same).unwrap();
        assert_eq!(again.gates, records.gates);
    }
}
