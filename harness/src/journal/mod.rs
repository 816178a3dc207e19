//! The journal: one line of JSON a record, appended while a run goes on.
//!
//! Everything that is reported is computed from it, so a table can be made
//! again offline, and a run that was cut off goes on from it.

mod guard;
mod reader;
mod record;
mod writer;

pub use reader::{Journal, JournalError};
pub use record::{
    End, EntrantRecord, FrontierLimit, Histogram, LoadPoint, Phase, Record, Resources, Run, Sample,
    Trial, TrialEnd, VERSION,
};
pub use writer::{Append, JournalWriter};

/// The journal's name in a run's folder.
pub const FILE: &str = "journal.jsonl";
