//! One metric of two sides, block by block.

use serde::Serialize;

use super::{Block, Metric, Side};
use crate::stats::{aligned_ranks, hodges_lehmann, log_ratios, median, signed_rank};

/// How a side stands to base in one metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// Median of base over the blocks, in the metric's unit.
    pub base: f64,
    /// Median of the other side.
    pub other: f64,
    /// How much worse the other is: the Hodges–Lehmann estimate of the
    /// logarithm of the ratio over the blocks, positive where it is worse.
    pub worsening: f64,
    /// Two-sided p-value of the exact test that they are alike: the signed-rank
    /// test, and that of aligned ranks where head stands beside base and twin.
    pub p: f64,
    /// Blocks in which both have a figure.
    pub blocks: usize,
}

impl Compared {
    /// The change from base as a share: 0.092 is 9.2% more.
    pub fn change(&self, metric: Metric) -> f64 {
        let more = match metric.more_is_better() {
            true => -self.worsening,
            false => self.worsening,
        };
        more.exp() - 1.0
    }
}

/// Compares `other` with `side`, and head with base and its twin together: what
/// is measured twice is known better. Where a block that has base and head lacks
/// the twin, head is compared with base alone. `None` where no block has both.
pub fn compare(metric: Metric, blocks: &[Block], side: Side, other: Side) -> Option<Compared> {
    let pairs = pairs(metric, blocks, side, other);
    let worse = Worsenings::of(metric, blocks, side, other)?;
    let of = |pick: fn(&(f64, f64)) -> f64| median(&pairs.iter().map(pick).collect::<Vec<_>>());
    Some(Compared {
        base: of(|pair| pair.0)?,
        other: of(|pair| pair.1)?,
        worsening: hodges_lehmann(&worse.of_each())?,
        p: worse.p()?,
        blocks: pairs.len(),
    })
}

/// How much worse head is than base and its twin in each block, in logarithms.
/// `None` where a figure makes no sense.
pub fn worsenings_of_head(metric: Metric, blocks: &[Block]) -> Option<Vec<f64>> {
    Some(Worsenings::of(metric, blocks, Side::Base, Side::Head)?.of_each())
}

/// The one-sided p-value of the signed-rank test that head is worse than base
/// and its twin by `tolerance` (a logarithm) or more: small where it can be told
/// that it is not. `None` where no block has both.
///
/// Not the test of aligned ranks: a head that is worse is another program, and
/// may vary more from block to block than base does. The signed-rank test is
/// exact wherever the differences are symmetric.
pub(super) fn p_worse_by_less(metric: Metric, blocks: &[Block], tolerance: f64) -> Option<f64> {
    let shifted: Vec<f64> = worsenings_of_head(metric, blocks)?
        .into_iter()
        .map(|one| one - tolerance)
        .collect();
    let p = signed_rank(&shifted)?;
    // The statistic's distribution is symmetric: below zero the one-sided
    // value is half of the two-sided.
    Some(match hodges_lehmann(&shifted)? < 0.0 {
        true => p / 2.0,
        false => 1.0 - p / 2.0,
    })
}

/// Both figures of each block that has both.
pub(super) fn pairs(metric: Metric, blocks: &[Block], side: Side, other: Side) -> Vec<(f64, f64)> {
    blocks
        .iter()
        .filter_map(|block| figure(metric, block, side).zip(figure(metric, block, other)))
        .collect()
}

fn figure(metric: Metric, block: &Block, side: Side) -> Option<f64> {
    block.of(side).values.get(&metric).copied()
}

/// How much worse one side is than others in each block, in logarithms.
enum Worsenings {
    /// Than one.
    One(Vec<f64>),
    /// Than two: its own figures, and theirs.
    Two(Vec<[f64; 3]>),
}

impl Worsenings {
    fn of(metric: Metric, blocks: &[Block], side: Side, other: Side) -> Option<Self> {
        let is_of_head = (side, other) == (Side::Base, Side::Head);
        match is_of_head.then(|| beside_twins(metric, blocks)).flatten() {
            Some(all) => Some(Self::Two(all)),
            None => worsenings(metric, &pairs(metric, blocks, side, other)).map(Self::One),
        }
    }

    /// One number of each block; beside two, from their mean.
    fn of_each(&self) -> Vec<f64> {
        match self {
            Self::One(all) => all.clone(),
            Self::Two(all) => {
                let beside = |[one, base, twin]: &[f64; 3]| one - (base + twin) / 2.0;
                all.iter().map(beside).collect()
            }
        }
    }

    /// The two-sided p-value of the exact test that all are alike.
    fn p(&self) -> Option<f64> {
        match self {
            Self::One(all) => signed_rank(all),
            Self::Two(all) => Some(aligned_ranks(all)?.two_sided()),
        }
    }
}

/// Head, base and its twin in each block that has base and head, in logarithms,
/// larger where it is worse; `None` where one of these blocks has no twin.
fn beside_twins(metric: Metric, blocks: &[Block]) -> Option<Vec<[f64; 3]>> {
    // One by one, not as ratios: what is equal must stay so to the last digit.
    let log = |value: f64| match metric.more_is_better() {
        true => -value.ln(),
        false => value.ln(),
    };
    let all: Option<Vec<[f64; 3]>> = blocks
        .iter()
        .filter_map(|block| {
            let head = figure(metric, block, Side::Head)?;
            let base = figure(metric, block, Side::Base)?;
            let twin = figure(metric, block, Side::Twin);
            Some(twin.map(|twin| [head, base, twin].map(log)))
        })
        .collect();
    all.filter(|all| all.iter().flatten().all(|one| one.is_finite()))
}

fn worsenings(metric: Metric, pairs: &[(f64, f64)]) -> Option<Vec<f64>> {
    let more = log_ratios(&pairs.iter().map(|(a, b)| (*b, *a)).collect::<Vec<_>>())?;
    Some(match metric.more_is_better() {
        true => more.into_iter().map(|one| -one).collect(),
        false => more,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(base: f64, head: f64, metric: Metric) -> Block {
        let mut block = Block::default();
        block.base.values.insert(metric, base);
        block.head.values.insert(metric, head);
        block
    }

    #[test]
    fn worse_is_more_time_and_less_rate() {
        let memory = Metric::MemoryPeak;
        let capacity = Metric::primary()[1];
        for (metric, head) in [(memory, 11.0), (capacity, 1.0 / 0.11)] {
            let blocks = vec![block(10.0, head, metric); 8];
            let found = compare(metric, &blocks, Side::Base, Side::Head).unwrap();
            assert!((found.worsening - 1.1_f64.ln()).abs() < 1e-12, "{metric}");
            assert_eq!((found.base, found.blocks), (10.0, 8));
        }
        let blocks = vec![block(10.0, 9.0, capacity); 8];
        let found = compare(capacity, &blocks, Side::Base, Side::Head).unwrap();
        assert!((found.change(capacity) + 0.1).abs() < 1e-12);
    }

    /// Base alone would say half as much.
    #[test]
    fn head_stands_beside_base_and_its_twin() {
        let metric = Metric::MemoryPeak;
        let mut blocks = vec![block(10.0, 12.0, metric); 8];
        for block in &mut blocks {
            block.twin.values.insert(metric, 10.0 * 1.2 * 1.2);
        }
        let head = |blocks: &[Block]| compare(metric, blocks, Side::Base, Side::Head).unwrap();
        let found = head(&blocks);
        assert!(found.worsening.abs() < 1e-12, "{found:?}");
        assert_eq!(found.p, 1.0);
        let twin = compare(metric, &blocks, Side::Base, Side::Twin).unwrap();
        assert!((twin.worsening - 1.44_f64.ln()).abs() < 1e-12);
        assert_eq!(twin.p, 2.0 * 0.5_f64.powi(8));
        // Where one has no twin, all are judged without.
        blocks[3].twin.values.clear();
        assert!((head(&blocks).worsening - 1.2_f64.ln()).abs() < 1e-12);
        // A block without head counts for nothing.
        blocks[3].head.values.clear();
        assert!(head(&blocks).worsening.abs() < 1e-12);
        assert_eq!(head(&blocks).blocks, 7);
    }

    /// Twelve blocks that are all better than the tolerance: 1 of 2^12 choices
    /// of signs. None that is worse can be told to be better.
    #[test]
    fn told_to_be_within() {
        let metric = Metric::MemoryPeak;
        let blocks: Vec<Block> = (0..12)
            .map(|index| block(10.0, 10.0 + f64::from(index) / 100.0, metric))
            .collect();
        let p = |tolerance| p_worse_by_less(metric, &blocks, tolerance).unwrap();
        assert!((p(0.05) - 0.5_f64.powi(12)).abs() < 1e-15);
        assert!(p(0.0) > 0.9);
        let mut twins = blocks.clone();
        for block in &mut twins {
            block.twin.values.insert(metric, 10.0);
        }
        let p_beside_twins = p_worse_by_less(metric, &twins, 0.05).unwrap();
        assert!((p_beside_twins - 0.5_f64.powi(12)).abs() < 1e-15);
        assert_eq!(p_worse_by_less(metric, &[], 0.05), None);
    }
}
