//! Estimates and tests from a handful of blocks: pure functions of numbers.

mod aligned_ranks;
mod binomial;
mod bootstrap;
mod comparison;
mod holm;
mod location;
mod rank_sum;
mod signed_rank;

pub use aligned_ranks::aligned_ranks;
pub use binomial::binomial_interval;
pub use bootstrap::{CONFIDENCE, RESAMPLES, bootstrap_interval};
pub use comparison::{Comparison, log_ratios};
pub use holm::holm;
pub use location::{hodges_lehmann, hodges_lehmann_interval, mean, median};
pub use rank_sum::rank_sum;
pub use signed_rank::{least_blocks, signed_rank};

/// Below this many blocks nothing is ranked, and the range stands in the place
/// of an interval.
pub const MIN_BLOCKS_TO_RANK: usize = 6;
