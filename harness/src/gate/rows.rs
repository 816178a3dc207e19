//! One metric of two sides as a line in benchstat's manner.

use serde::Serialize;

use super::comparison::{Compared, compare, pairs};
use super::{Block, Metric, Side};
use crate::stats::{bootstrap_interval, median};

/// Above this p-value a line shows `~` and no change.
const LEVEL: f64 = 0.05;

/// A line: `0.142 ms ± 1% → 0.155 ms ± 1%  +9.2% (p=0.002 n=12)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What is compared.
    pub metric: Metric,
    /// The first side.
    pub base: Spread,
    /// The second.
    pub head: Spread,
    /// How they stand to each other.
    pub compared: Compared,
}

/// A middle and how far its 95% interval reaches, as a share.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The median over the blocks, in the metric's unit.
    pub median: f64,
    /// The larger distance of the interval's ends from it, as a share of it;
    /// none of fewer than six blocks.
    pub plus_minus: Option<f64>,
}

impl Row {
    /// The line of a metric; `None` where no block has both sides.
    pub fn of(metric: Metric, blocks: &[Block], seed: u64) -> Option<Self> {
        let (first, second): (Vec<f64>, Vec<f64>) = pairs(metric, blocks, Side::Base, Side::Head)
            .into_iter()
            .unzip();
        Some(Self {
            metric,
            base: Spread::of(&first, seed)?,
            head: Spread::of(&second, seed)?,
            compared: compare(metric, blocks, Side::Base, Side::Head)?,
        })
    }

    /// `+9.2%`, or `~` where the two do not differ at 5%.
    pub fn change(&self) -> String {
        if self.compared.p > LEVEL {
            return "~".to_owned();
        }
        format!("{:+.1}%", 100.0 * self.compared.change(self.metric))
    }

    /// `(p=0.002 n=12)`.
    pub fn evidence(&self) -> String {
        evidence(self.compared.p, &self.compared.blocks.to_string())
    }

    /// One side's middle with its unit and reach.
    pub fn side(&self, spread: Spread) -> String {
        spread.show(self.metric.unit())
    }
}

/// `(p=0.002 n=12)`; a p-value is never shown as 0.
pub fn evidence(p: f64, n: &str) -> String {
    if p < 0.001 {
        format!("(p<0.001 n={n})")
    } else {
        format!("(p={p:.3} n={n})")
    }
}

impl Spread {
    /// Of the values of one side.
    pub fn of(values: &[f64], seed: u64) -> Option<Self> {
        let median = median(values)?;
        let plus_minus = (values.len() >= crate::stats::MIN_BLOCKS_TO_RANK)
            .then(|| bootstrap_interval(values, seed))
            .flatten()
            .map(|(low, high)| (median - low).max(high - median) / median);
        Some(Self { median, plus_minus })
    }

    /// `0.142 ms ± 1%`.
    pub fn show(self, unit: &str) -> String {
        let (value, unit) = match unit {
            "µs" if self.median >= 1_000.0 => (self.median / 1_000.0, "ms"),
            "ms" if self.median >= 10_000.0 => (self.median / 1_000.0, "s"),
            unit => (self.median, unit),
        };
        let digits = match value {
            value if value >= 100.0 => 0,
            value if value >= 10.0 => 1,
            value if value >= 1.0 => 2,
            _ => 3,
        };
        let reach = self.plus_minus.map_or_else(
            || " ± ∞".to_owned(),
            |share| format!(" ± {:.0}%", (100.0 * share).ceil()),
        );
        format!("{value:.digits$} {unit}{reach}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(count: usize, factor: f64) -> Vec<Block> {
        let metric = Metric::primary()[0];
        (0..count)
            .map(|index| {
                let mut block = Block::default();
                let base = 142.0 + index as f64 / 10.0;
                block.base.values.insert(metric, base);
                block.head.values.insert(metric, base * factor);
                block
            })
            .collect()
    }

    #[test]
    fn reads_like_benchstat() {
        let row = Row::of(Metric::primary()[0], &blocks(12, 1.092), 1).unwrap();
        assert_eq!(row.side(row.base), "143 µs ± 1%");
        assert_eq!(row.change(), "+9.2%");
        assert_eq!(row.evidence(), "(p<0.001 n=12)");
    }

    #[test]
    fn no_difference_is_a_tilde_and_few_blocks_have_no_interval() {
        let row = Row::of(Metric::primary()[0], &blocks(4, 1.5), 1).unwrap();
        assert_eq!(row.change(), "~", "four blocks show nothing");
        assert_eq!(row.evidence(), "(p=0.125 n=4)");
        assert_eq!(row.side(row.base), "142 µs ± ∞");
        assert_eq!(Row::of(Metric::MemoryPeak, &blocks(4, 1.5), 1), None);
    }

    #[test]
    fn large_values_take_the_larger_unit() {
        let spread = |median| Spread {
            median,
            plus_minus: Some(0.004),
        };
        assert_eq!(spread(1_060.0).show("µs"), "1.06 ms ± 1%");
        assert_eq!(spread(24_300.0).show("/s"), "24300 /s ± 1%");
        assert_eq!(spread(0.5).show("MB"), "0.500 MB ± 1%");
    }
}
