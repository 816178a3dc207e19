//! A started entrant with what watches it and the mock.

use std::net::SocketAddr;

use crate::journal::Resources;
use crate::measured::{Measured, Reason};
use crate::resources::{Mark, Sampler, Usage};
use crate::runner::Running;

/// A started entrant and what watches it.
pub(super) struct Stage {
    pub(super) running: Box<dyn Running>,
    /// Why there is no sampler, where there is none.
    pub(super) entrant: Result<Sampler, Reason>,
    pub(super) mock: Result<Sampler, Reason>,
    /// Where the mock listens.
    pub(super) mock_address: SocketAddr,
}

impl Stage {
    /// Begins a window of both.
    pub(super) fn mark(&self) -> (Option<Mark>, Option<Mark>) {
        let mark = |sampler: &Result<Sampler, Reason>| sampler.as_ref().ok().map(Sampler::mark);
        (mark(&self.entrant), mark(&self.mock))
    }

    /// What both used since.
    pub(super) fn since(&self, marks: &(Option<Mark>, Option<Mark>)) -> Resources {
        Resources {
            entrant: usage(&self.entrant, marks.0.as_ref()),
            mock_cpu_ns: match usage(&self.mock, marks.1.as_ref()) {
                Measured::Value(usage) => usage.cpu_ns,
                Measured::Absent { absent } => Measured::absent(absent),
            },
        }
    }
}

fn usage(sampler: &Result<Sampler, Reason>, mark: Option<&Mark>) -> Measured<Usage> {
    match (sampler, mark) {
        (Ok(sampler), Some(mark)) => Measured::Value(sampler.since(mark)),
        (Err(reason), _) => Measured::absent(reason.clone()),
        (Ok(_), None) => Measured::absent(Reason::HarnessFault("no mark was set".to_owned())),
    }
}
