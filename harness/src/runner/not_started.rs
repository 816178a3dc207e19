//! What load can be sent to without the harness having started anything.

use std::time::{Duration, Instant};

use super::{Exited, Running, StopError};
use crate::entrant::Target;
use crate::measured::Reason;
use crate::process::Stopped;
use crate::resources::Meter;

/// The mock itself, or a gateway that somebody else has started.
pub(super) struct NotStarted {
    target: Target,
    /// Why nothing can be said of its CPU time and memory.
    unmetered: &'static str,
    began_at: Instant,
}

impl NotStarted {
    pub(super) fn new(target: Target, unmetered: &'static str) -> Self {
        Self {
            target,
            unmetered,
            began_at: Instant::now(),
        }
    }
}

impl Running for NotStarted {
    fn target(&self) -> &Target {
        &self.target
    }

    fn started_at(&self) -> Instant {
        self.began_at
    }

    fn pid(&self) -> Option<u32> {
        None
    }

    fn exited(&mut self) -> Option<Exited> {
        None
    }

    fn log_tail(&self, _lines: usize) -> String {
        String::new()
    }

    fn meter(&self) -> Result<Box<dyn Meter>, Reason> {
        Err(Reason::NotAvailable(self.unmetered.to_owned()))
    }

    fn stop(self: Box<Self>, _grace: Duration) -> Result<Stopped, StopError> {
        Ok(Stopped {
            took: Duration::ZERO,
            killed: 0,
        })
    }
}
