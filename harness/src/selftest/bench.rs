//! The programs of a self-test and how they are driven.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use workload::{DEFAULT_MODEL, Workload};

use crate::entrant::{Secrets, Target};
use crate::interrupt;
use crate::journal::LoadPoint;
use crate::plan::LoadLimit;
use crate::process::Programs;
use crate::trial::{LoadError, LoadRequest, Loadgen, Mock, MockError, Pace};

/// Why an observation could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The mock or the relay did not start.
    #[error(transparent)]
    Mock(#[from] MockError),
    /// The generator failed.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Something else of the machine failed.
    #[error("{0}")]
    Machine(String),
    /// The user ended it.
    #[error("interrupted")]
    Interrupted,
}

impl From<std::io::Error> for BenchError {
    fn from(error: std::io::Error) -> Self {
        Self::Machine(error.to_string())
    }
}

/// How much is measured, and with what.
pub struct Bench {
    /// Where the programs are.
    pub programs: Programs,
    /// A folder for configuration files.
    pub scratch: tempfile::TempDir,
    /// Blocks of relays to record.
    pub blocks: u32,
    /// Pairs of each interleaved comparison.
    pub pairs: u32,
    /// Says what is going on.
    pub say: Box<dyn Fn(&str)>,
}

/// What the relay prints when it ends.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct RelayLog {
    /// What it added to each request.
    pub(super) added_ns: Added,
}

/// A distribution of what a relay added.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Added {
    /// Its median, in nanoseconds.
    pub(super) p50: u64,
}

impl Bench {
    /// A mock on a free port.
    pub(super) fn mock(&self) -> Result<Mock, BenchError> {
        Ok(Mock::start(&self.programs, any_port(), false)?)
    }

    /// A relay in front of `mock`.
    pub(super) fn relay(
        &self,
        mock: &Mock,
        delay: Duration,
        stall: Option<&str>,
    ) -> Result<Mock, BenchError> {
        let programs = &self.programs;
        Ok(Mock::relay(programs, mock.address(), delay, stall, false)?)
    }

    /// A relay that never sleeps, so that what its being awake does to others
    /// is the same at every delay.
    pub(super) fn awake_relay(&self, mock: &Mock, delay: Duration) -> Result<Mock, BenchError> {
        let programs = &self.programs;
        Ok(Mock::relay(programs, mock.address(), delay, None, true)?)
    }

    /// Sends chat requests to `address`.
    pub(super) fn load(
        &self,
        address: SocketAddr,
        pace: Pace,
        limit: LoadLimit,
        warmup: u64,
    ) -> Result<LoadPoint, BenchError> {
        if interrupt::requested() {
            return Err(BenchError::Interrupted);
        }
        let target = Target {
            base_url: format!("http://{address}"),
            model: DEFAULT_MODEL.to_owned(),
            headers: Vec::new(),
            paths: Vec::new(),
            crossings: Vec::new(),
            secrets: Secrets::default(),
        };
        let point = Loadgen::new(&self.programs, &target, false).measure(&LoadRequest {
            workload: Workload::ALL[0],
            pace,
            limit,
            warmup,
            max_wall: None,
        });
        match point {
            Err(LoadError::Interrupted) => Err(BenchError::Interrupted),
            point => Ok(point?),
        }
    }

    /// Writes a file into the scratch folder.
    pub(super) fn file(&self, name: &str, text: &str) -> Result<std::path::PathBuf, BenchError> {
        let path: &Path = self.scratch.path();
        let path = path.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }
}

/// Ends a relay and reads what it added.
pub(super) fn added_p50_ns(relay: Mock) -> Result<u64, BenchError> {
    let said = relay.stop();
    let log: RelayLog = serde_json::from_str(said.trim())
        .map_err(|error| BenchError::Machine(format!("the relay's log: {error}: {said}")))?;
    Ok(log.added_ns.p50)
}

/// A percentile of a metric that must be there.
pub(super) fn percentile(
    point: &LoadPoint,
    metric: &str,
    of: fn(&crate::journal::Histogram) -> Option<u64>,
) -> Result<u64, BenchError> {
    let missing = || {
        let reasons: Vec<String> = point
            .absent
            .iter()
            .filter(|(name, _)| name.starts_with(metric))
            .map(|(name, why)| format!("{name}: {why}"))
            .collect();
        BenchError::Machine(format!("no {metric} was measured; {}", reasons.join("; ")))
    };
    point
        .histograms
        .get(metric)
        .and_then(of)
        .ok_or_else(missing)
}

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}
