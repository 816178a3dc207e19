//! What a run will do: the profile's numbers and the shuffled order.

mod estimate;
mod paced;
mod profile;
mod schedule;
mod translation;

pub use paced::PacedPlan;
pub use profile::{FrontierPlan, LadderPlan, LoadLimit, LoadPlan, Profile, UnknownProfile};
pub use schedule::{Slot, schedule, workload_order};
pub use translation::TranslationPlan;
