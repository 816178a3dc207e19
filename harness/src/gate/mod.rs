//! The gate: is head slower, heavier or wrong, beside base on this machine?
//!
//! Metrics, policy, the rule when to look and the verdict are pure; recorded
//! blocks give the same verdict again.

mod about;
mod bench;
mod block;
mod comparison;
pub mod instructions;
mod judge;
mod metric;
pub mod plan;
mod policy;
mod report;
mod rows;
pub mod spending;
mod verdict;
mod wrong;

pub use about::About;
pub use bench::{Bench, BlockError, blocks_of, can_be_up_at_once};
pub use block::{Block, Observed, Side};
pub use comparison::{Compared, compare, worsenings_of_head};
pub use judge::{Ahead, RULE, Step, judge};
pub use metric::{Metric, UnknownMetric};
pub use policy::{MOST_PRIMARY, Policy, PolicyError, Tolerance};
pub use report::{Circumstances, MARKER, Report};
pub use rows::{Row, Spread, evidence};
pub use verdict::{Finding, Outcome, State, Verdict};
