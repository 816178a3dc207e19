//! Whether the gate keeps its promises: recorded blocks of conditions whose
//! truth is known, whole gates resampled from them, and real gates beside.

mod condition;
mod judged;
mod neighbour;
mod records;

pub use condition::Condition;
pub use judged::{BUDGET, RESAMPLED, gate_over, judge};
pub use neighbour::Neighbour;
pub use records::{RealGate, Recorded, Records};
