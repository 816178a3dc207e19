//! From one observation a block to an estimate.

use std::collections::BTreeMap;

use crate::measured::{Measured, Reason};
use crate::stats::{MIN_BLOCKS_TO_RANK, bootstrap_interval, hodges_lehmann, log_ratios};

/// A figure with its uncertainty.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate, in the metric's unit.
    pub value: f64,
    /// Lower end of the 95% interval, or the least block where there are few.
    pub low: f64,
    /// Upper end of the 95% interval, or the largest block.
    pub high: f64,
    /// Observations it stands on: blocks, or samples where it is pooled.
    pub n: u64,
    /// All blocks' samples were put together, because each had too few.
    pub pooled: bool,
    /// The observation of each block, by the block's number; none of a figure
    /// that is not estimated from blocks.
    pub blocks: BTreeMap<u32, f64>,
}

impl Estimate {
    /// The Hodges–Lehmann estimate of one observation a block; with its
    /// bootstrap interval from six blocks on, with the range below that.
    pub fn of_blocks(blocks: BTreeMap<u32, f64>, seed: u64) -> Measured<Self> {
        let observations: Vec<f64> = blocks.values().copied().collect();
        let Some(value) = hodges_lehmann(&observations) else {
            return Measured::absent(Reason::TooFewSamples { have: 0, need: 1 });
        };
        let interval = if observations.len() < MIN_BLOCKS_TO_RANK {
            None
        } else {
            bootstrap_interval(&observations, seed)
        };
        let (low, high) = interval.unwrap_or_else(|| range(&observations));
        Measured::Value(Self {
            value,
            low,
            high,
            n: observations.len() as u64,
            pooled: false,
            blocks,
        })
    }

    /// The observations of this one and of another, in the blocks that both
    /// have.
    pub fn paired_with(&self, other: &Self) -> BTreeMap<u32, (f64, f64)> {
        let blocks = self.blocks.iter();
        blocks
            .filter_map(|(block, value)| Some((*block, (*value, *other.blocks.get(block)?))))
            .collect()
    }

    /// The ratio of the first to the second of each block's pair, estimated on
    /// logarithms, so that twice as much and half as much are equally far from
    /// the same; `None` of no pair, or where a value is not positive.
    pub fn of_ratios(pairs: &BTreeMap<u32, (f64, f64)>, seed: u64) -> Option<Self> {
        let values: Vec<(f64, f64)> = pairs.values().copied().collect();
        let logs = pairs.keys().copied().zip(log_ratios(&values)?).collect();
        let of_logs = Self::of_blocks(logs, seed).into_result().ok()?;
        let ratios = of_logs.blocks.iter();
        Some(Self {
            value: of_logs.value.exp(),
            low: of_logs.low.exp(),
            high: of_logs.high.exp(),
            blocks: ratios.map(|(block, log)| (*block, log.exp())).collect(),
            ..of_logs
        })
    }

    /// A percentile of the samples of all blocks put together; `blocks` are
    /// the same percentile of each block, and give the range.
    pub fn pooled(value: f64, blocks: BTreeMap<u32, f64>, samples: u64) -> Self {
        let observations: Vec<f64> = blocks.values().copied().collect();
        let (low, high) = range(&observations);
        Self {
            value,
            low: low.min(value),
            high: high.max(value),
            n: samples,
            pooled: true,
            blocks,
        }
    }

    /// A count or another figure that has no spread.
    pub fn exact(value: f64, n: u64) -> Self {
        Self {
            value,
            low: value,
            high: value,
            n,
            pooled: false,
            blocks: BTreeMap::new(),
        }
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (least, largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(observations: &[f64]) -> Measured<Estimate> {
        let blocks = (1..).zip(observations.iter().copied()).collect();
        Estimate::of_blocks(blocks, 1)
    }

    #[test]
    fn few_blocks_have_a_range_and_many_an_interval() {
        let few = estimate(&[1.0, 2.0, 9.0]);
        let few = few.value().unwrap();
        assert_eq!((few.low, few.high, few.n), (1.0, 9.0, 3));
        assert_eq!(few.blocks, BTreeMap::from([(1, 1.0), (2, 2.0), (3, 9.0)]));
        let many = estimate(&[1.0, 2.0, 3.0, 4.0, 5.0, 99.0]);
        let many = many.value().unwrap();
        assert!(many.high < 99.0 && many.low > 1.0, "{many:?}");
        assert!(estimate(&[]).reason().is_some());
    }
}
