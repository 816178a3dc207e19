//! Running loadgen and reading what it says.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use workload::{Preset, Workload};

use crate::entrant::Target;
use crate::interrupt;
use crate::journal::{FrontierLimit, LoadPoint};
use crate::plan::{FrontierPlan, LoadLimit};
use crate::process::{ChildTree, Programs, clean_environment};

/// How often a wait looks whether the user wants to end the run.
const LOOK: Duration = Duration::from_millis(50);

/// Why there is no point.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The program is not there.
    #[error("no loadgen beside the harness or on PATH; build it: cargo build --release -p loadgen")]
    NotFound,
    /// It could not be started.
    #[error("cannot start loadgen: {0}")]
    Start(#[from] std::io::Error),
    /// It failed, or said what is no report.
    #[error("loadgen failed: {0}")]
    Failed(String),
    /// The user ended the run.
    #[error("interrupted")]
    Interrupted,
}

/// When the requests of a point are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// When an answer has come, by so many workers.
    Closed(u32),
    /// At planned times.
    Open {
        /// Requests a second.
        rate_rps: f64,
        /// Connections that may be used.
        max_connections: u32,
    },
}

/// One point to be measured.
#[derive(Clone, Debug)]
pub struct LoadRequest {
    /// What to send.
    pub workload: Workload,
    /// When requests are sent.
    pub pace: Pace,
    /// When to stop sending.
    pub limit: LoadLimit,
    /// Requests before it that are not measured.
    pub warmup: u64,
    /// When to cut off what is under way.
    pub max_wall: Option<Duration>,
}

/// The load generator, aimed at one target.
#[derive(Debug)]
pub struct Loadgen<'a> {
    programs: &'a Programs,
    target: &'a Target,
    published_preset: bool,
}

#[derive(Deserialize)]
struct Report {
    points: Vec<LoadPoint>,
    #[serde(default)]
    frontier: Vec<Frontier>,
}

/// What a search for the frontier found.
#[derive(Deserialize)]
struct Frontier {
    limits: Vec<FrontierLimit>,
}

impl<'a> Loadgen<'a> {
    /// A generator aimed at `target`.
    pub fn new(programs: &'a Programs, target: &'a Target, published_preset: bool) -> Self {
        Self {
            programs,
            target,
            published_preset,
        }
    }

    /// Measures one point.
    ///
    /// # Errors
    /// See [`LoadError`]. A target that answers wrong is no error: its point
    /// says so.
    pub fn measure(&self, request: &LoadRequest) -> Result<LoadPoint, LoadError> {
        let mut command = self.command()?;
        self.arguments(&mut command, request);
        let report = Self::report(command)?;
        let nothing = || LoadError::Failed("its report has no point".to_owned());
        report.points.into_iter().next().ok_or_else(nothing)
    }

    /// Searches for the highest rate within each limit of p99 overhead.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn frontier(
        &self,
        workload: Workload,
        plan: &FrontierPlan,
    ) -> Result<Vec<FrontierLimit>, LoadError> {
        let mut command = self.command()?;
        self.target(&mut command, workload, plan.warmup);
        let levels: Vec<String> = plan.concurrency.iter().map(u32::to_string).collect();
        command
            .args(["--frontier", "--concurrency", &levels.join(",")])
            .args(["--duration", &format!("{}ms", plan.try_ms)])
            .args(["--max-wall", &format!("{}ms", plan.try_ms + 5_000)]);
        let report = Self::report(command)?;
        let nothing = || LoadError::Failed("its report has no frontier".to_owned());
        let found = report.frontier.into_iter().next().ok_or_else(nothing)?;
        Ok(found.limits)
    }

    fn command(&self) -> Result<Command, LoadError> {
        let program = self.programs.find("loadgen").ok_or(LoadError::NotFound)?;
        let mut command = Command::new(program);
        clean_environment(&mut command);
        Ok(command)
    }

    /// Runs it, and reads what it says.
    fn report(mut command: Command) -> Result<Report, LoadError> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = ChildTree::spawn(command)?;
        let output = child.child_mut().stdout.take();
        let errors = child.child_mut().stderr.take();
        let output = wait_for(output)?;
        let errors = wait_for(errors)?;
        child.finish()?;
        match serde_json::from_str(&output) {
            Ok(report) => Ok(report),
            Err(_) if !errors.trim().is_empty() => Err(LoadError::Failed(errors.trim().to_owned())),
            Err(error) => Err(LoadError::Failed(format!("its report is no JSON: {error}"))),
        }
    }

    fn arguments(&self, command: &mut Command, request: &LoadRequest) {
        self.target(command, request.workload, request.warmup);
        match request.pace {
            Pace::Closed(workers) => command.args(["--concurrency", &workers.to_string()]),
            Pace::Open {
                rate_rps,
                max_connections,
            } => command
                .args(["--rate", &rate_rps.to_string()])
                .args(["--max-connections", &max_connections.to_string()]),
        };
        match request.limit {
            LoadLimit::DurationMs(ms) => command.args(["--duration", &format!("{ms}ms")]),
            LoadLimit::Requests(requests) => command.args(["--requests", &requests.to_string()]),
        };
        if let Some(max_wall) = request.max_wall {
            command.args(["--max-wall", &format!("{}ms", max_wall.as_millis())]);
        }
    }

    /// What is sent, and where.
    fn target(&self, command: &mut Command, workload: Workload, warmup: u64) {
        let target = self.target;
        command
            .args(["--url", &target.base_url, "--model", &target.model])
            .args(["--workload", workload.name()])
            .args(["--warmup", &warmup.to_string(), "--json"]);
        if self.published_preset {
            command.args(["--preset", Preset::PUBLISHED_NAME]);
        }
        for (name, value) in &target.headers {
            command.args(["--header", &format!("{name}: {value}")]);
        }
        for (dialect, path) in &target.paths {
            command.args(["--path", &format!("{dialect}={path}")]);
        }
    }
}

/// All that a program prints until it closes its end, unless the user ends
/// the run before.
fn wait_for(output: Option<impl Read + Send + 'static>) -> Result<String, LoadError> {
    let Some(mut output) = output else {
        return Ok(String::new());
    };
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = output.read_to_string(&mut text).map(|_| text);
        // Nobody waits for it any more: then the run is over.
        let _ = sender.send(read);
    });
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok(read) => return Ok(read?),
            Err(RecvTimeoutError::Timeout) if interrupt::requested() => {
                return Err(LoadError::Interrupted);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(LoadError::Failed("its output was lost".to_owned()));
            }
        }
    }
}
