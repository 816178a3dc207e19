//! A gateway that somebody else has started: `--target NAME=URL`.

use std::time::{Duration, Instant};

use super::{Runner, Running, Site, StartError};
use crate::entrant::{Entrant, Target};
use crate::measured::Reason;
use crate::process::{StopError, Stopped};
use crate::resources::Meter;

/// Starts nothing: what is measured listens at a URL already.
#[derive(Clone, Debug)]
pub struct ExternalRunner {
    base_url: String,
}

impl ExternalRunner {
    /// A runner of what listens at `base_url`.
    pub fn new(base_url: String) -> Self {
        Self { base_url }
    }
}

impl Runner for ExternalRunner {
    fn start(&self, entrant: &Entrant, _site: &Site) -> Result<Box<dyn Running>, StartError> {
        // Nothing of it is a template: it came from the command line.
        let manifest = &entrant.manifest;
        let target = Target {
            base_url: self.base_url.clone(),
            model: manifest.model.clone(),
            headers: manifest.headers.clone().into_iter().collect(),
            paths: manifest.paths.clone().into_iter().collect(),
        };
        Ok(Box::new(External {
            target,
            started_at: Instant::now(),
        }))
    }
}

struct External {
    target: Target,
    started_at: Instant,
}

impl Running for External {
    fn target(&self) -> &Target {
        &self.target
    }

    fn started_at(&self) -> Instant {
        self.started_at
    }

    fn pid(&self) -> Option<u32> {
        None
    }

    fn exited(&mut self) -> Option<String> {
        None
    }

    fn log_tail(&self, _lines: usize) -> String {
        String::new()
    }

    fn meter(&self) -> Result<Box<dyn Meter>, Reason> {
        Err(Reason::NotAvailable(
            "it was running already, so its processes are not known".to_owned(),
        ))
    }

    fn stop(self: Box<Self>, _grace: Duration) -> Result<Stopped, StopError> {
        Ok(Stopped {
            took: Duration::ZERO,
            killed: 0,
        })
    }
}
