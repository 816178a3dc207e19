//! The gate: is head slower, heavier or wrong, beside base on this machine?
//!
//! Metrics, policy, the rule when to look and the verdict are pure; recorded
//! blocks give the same verdict again.

mod block;
mod comparison;
mod judge;
mod metric;
mod policy;
pub mod spending;
mod verdict;
mod wrong;

pub use block::{Block, Observed, Side};
pub use comparison::{Compared, compare};
pub use judge::{Ahead, Step, judge};
pub use metric::{Metric, UnknownMetric};
pub use policy::{MOST_PRIMARY, Policy, PolicyError, Tolerance};
pub use verdict::{Finding, Outcome, State, Verdict};
