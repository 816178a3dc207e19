//! The control by twins: the reference gateway against itself.

use super::primary::{Cell, estimate_of, pairs};
use super::{Figure, REFERENCE, TWIN};
use crate::plan::Profile;
use crate::stats::{MIN_BLOCKS_TO_RANK, holm, least_blocks, log_ratios, signed_rank};

/// Twins that differ in any cell although nothing does: at most so often.
pub const TWIN_LEVEL: f64 = 0.01;

/// How alike the twins were.
#[derive(Clone, Debug, PartialEq)]
pub struct Twins {
    /// Every cell with blocks enough for a test.
    pub cells: Vec<TwinCell>,
}

/// A test of the twins in one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct TwinCell {
    /// What was compared.
    pub cell: Cell,
    /// Blocks in which both were measured.
    pub blocks: usize,
    /// The p-value of the signed-rank test over the blocks, by Holm adjusted
    /// for all cells.
    pub adjusted_p: f64,
}

impl Twins {
    /// The test of all cells. `None` where either twin has no figure in six
    /// blocks.
    pub(super) fn of(figures: &[Figure], profile: &Profile) -> Option<Self> {
        let tests: Vec<(Cell, usize, f64)> = Cell::all(profile)
            .into_iter()
            .filter_map(|cell| {
                let key = cell.key(profile)?;
                let one = estimate_of(figures, REFERENCE, &key)?;
                let other = estimate_of(figures, TWIN, &key)?;
                let pairs = pairs(one, other);
                if pairs.len() < MIN_BLOCKS_TO_RANK {
                    return None;
                }
                // Of a figure that was 0 in a block there is no ratio.
                let differences = log_ratios(&pairs)
                    .unwrap_or_else(|| pairs.iter().map(|(one, other)| one - other).collect());
                Some((cell, pairs.len(), signed_rank(&differences)?))
            })
            .collect();
        if tests.is_empty() {
            return None;
        }
        let p_values: Vec<f64> = tests.iter().map(|(.., p)| *p).collect();
        let cells = tests
            .into_iter()
            .zip(holm(&p_values))
            .map(|((cell, blocks, _), adjusted_p)| TwinCell {
                cell,
                blocks,
                adjusted_p,
            })
            .collect();
        Some(Self { cells })
    }

    /// The cells in which the twins differ: nothing is ranked there.
    pub fn failed(&self) -> impl Iterator<Item = &TwinCell> {
        self.cells.iter().filter(|one| one.adjusted_p < TWIN_LEVEL)
    }

    /// Whether the twins differ in `cell`.
    pub fn differ_in(&self, cell: Cell) -> bool {
        self.failed().any(|one| one.cell == cell)
    }

    /// The smallest adjusted p-value.
    pub fn smallest_p(&self) -> f64 {
        let all = self.cells.iter().map(|one| one.adjusted_p);
        all.fold(1.0, f64::min)
    }

    /// How many blocks the test needs before it can fail at all: with fewer,
    /// not even twins that differ the same way in every block would.
    pub fn blocks_to_fail(&self) -> usize {
        least_blocks(self.cells.len(), TWIN_LEVEL)
    }

    /// Whether some cell has blocks enough for the test to fail.
    pub fn can_fail(&self) -> bool {
        let needed = self.blocks_to_fail();
        self.cells.iter().any(|one| one.blocks >= needed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Primary;
    use super::super::primary::tests::{figures_of, profile};
    use super::*;

    /// The twins' figures in `blocks` blocks; the second has `factor` times
    /// the CPU of the first, and otherwise one is ahead as often as the other.
    fn twins(blocks: u32, factor: f64) -> Option<Twins> {
        let even = |block: u32| 100.0 + f64::from(block % 7);
        let odd = |block: u32| even(block) * if block.is_multiple_of(2) { 1.01 } else { 0.99 };
        let mut figures = figures_of(REFERENCE, blocks, |_, block| even(block));
        figures.extend(figures_of(TWIN, blocks, |cell, block| match cell.metric {
            Primary::Cpu => odd(block) * factor,
            _ => odd(block),
        }));
        Twins::of(&figures, &profile())
    }

    #[test]
    fn alike_twins_pass() {
        let twins = twins(13, 1.0).unwrap();
        assert_eq!(twins.cells.len(), 20);
        assert!(twins.can_fail());
        assert_eq!(twins.failed().count(), 0, "{twins:?}");
        assert!(twins.smallest_p() > 0.5);
    }

    #[test]
    fn twins_that_differ_fail_where_they_do() {
        let twins = twins(13, 1.1).unwrap();
        let failed: Vec<String> = twins.failed().map(|one| one.cell.to_string()).collect();
        assert_eq!(failed.len(), 6, "{failed:?}");
        assert!(failed.iter().all(|cell| cell.starts_with("CPU a request")));
        assert!(twins.differ_in(twins.cells[13].cell));
        assert!(!twins.differ_in(twins.cells[0].cell));
    }

    /// 20 × 2 / 2^12 is 0.0098, and 20 × 2 / 2^11 is 0.0195.
    #[test]
    fn too_few_blocks_cannot_fail_and_say_so() {
        let few = twins(11, 2.0).unwrap();
        assert_eq!(few.failed().count(), 0);
        assert_eq!((few.blocks_to_fail(), few.can_fail()), (12, false));
        assert!(twins(12, 2.0).unwrap().can_fail());
        assert_eq!(twins(5, 2.0), None);
    }

    #[test]
    fn one_twin_alone_is_no_control() {
        let figures = figures_of(REFERENCE, 12, |_, _| 1.0);
        assert_eq!(Twins::of(&figures, &profile()), None);
    }
}
