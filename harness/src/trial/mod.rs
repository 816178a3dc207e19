//! One trial: one entrant, started afresh, through all phases.

mod accounting;
mod cold;
mod coverage;
mod frontier;
mod load;
mod mock;
mod paced;
mod page;
mod probe;
mod progress;
mod recorded;
mod run;
mod stage;
mod translation;
mod turns;

pub use load::{LoadError, LoadRequest, Loadgen, Pace};
pub use mock::{Mock, MockError};
pub use probe::Probe;
pub use progress::Progress;
pub use recorded::run_recorded;
pub use run::{Contestant, Ended, Rig, TrialError, run};
pub use turns::{Part, Turn, Turns};

/// The entrant whose cold start is that of a program that answers at once.
pub const FLOOR: &str = "floor";
