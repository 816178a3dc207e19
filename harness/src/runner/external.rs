//! A gateway that somebody else has started: `--target NAME=URL`.

use super::not_started::NotStarted;
use super::{Runner, Running, Site, StartError};
use crate::entrant::{Entrant, Secrets, Target, Values};

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
            crossings: Vec::new(),
            secrets: Secrets::of(manifest, &Values::default()),
        };
        Ok(Box::new(NotStarted::new(
            target,
            "it was running already, so its processes are not known",
        )))
    }
}
