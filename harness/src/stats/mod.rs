//! Estimates from a handful of blocks: pure functions of numbers.

mod bootstrap;
mod hodges_lehmann;

pub use bootstrap::{CONFIDENCE, RESAMPLES, bootstrap_interval};
pub use hodges_lehmann::{hodges_lehmann, median};

/// Below this many blocks nothing is ranked, and the range stands in the place
/// of an interval.
pub const MIN_BLOCKS_TO_RANK: usize = 6;
