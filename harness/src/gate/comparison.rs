//! One metric of two sides, block by block.

use serde::Serialize;

use super::{Block, Metric, Side};
use crate::stats::{hodges_lehmann, log_ratios, median, signed_rank};

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
    /// Two-sided p-value of the exact signed-rank test that they are alike.
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

/// Compares `other` with `side`. `None` where no block has both.
pub fn compare(metric: Metric, blocks: &[Block], side: Side, other: Side) -> Option<Compared> {
    let pairs = pairs(metric, blocks, side, other);
    let worse = worsenings(metric, &pairs)?;
    let of = |pick: fn(&(f64, f64)) -> f64| median(&pairs.iter().map(pick).collect::<Vec<_>>());
    Some(Compared {
        base: of(|pair| pair.0)?,
        other: of(|pair| pair.1)?,
        worsening: hodges_lehmann(&worse)?,
        p: signed_rank(&worse)?,
        blocks: pairs.len(),
    })
}

/// The one-sided p-value of the exact signed-rank test that head is worse than
/// base by `tolerance` (a logarithm) or more: small where it can be told that
/// it is not. `None` where no block has both.
pub(super) fn p_worse_by_less(metric: Metric, blocks: &[Block], tolerance: f64) -> Option<f64> {
    let pairs = pairs(metric, blocks, Side::Base, Side::Head);
    let shifted: Vec<f64> = worsenings(metric, &pairs)?
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
    let of = |block: &Block, side| block.of(side).values.get(&metric).copied();
    blocks
        .iter()
        .filter_map(|block| of(block, side).zip(of(block, other)))
        .collect()
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
        assert_eq!(p_worse_by_less(metric, &[], 0.05), None);
    }
}
