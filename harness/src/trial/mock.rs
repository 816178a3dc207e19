//! The mock backend and its null proxy, each as a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use workload::Preset;

use super::page::{page, post};
use crate::process::{ChildTree, Programs, clean_environment};
use crate::resources::ProcessMeter;
use crate::route::Received;
use crate::runner::{PortTaken, check_free};

/// How long the mock may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How long it may take to stop before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(2);
/// What it says when it listens; its address follows.
const LISTENING: &str = "listening on http://";

/// Why there is no mock.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    /// The program is not there.
    #[error(
        "no mockbackend beside the harness or on PATH; build it: cargo build --release -p mockbackend"
    )]
    NotFound,
    /// It could not be started.
    #[error("cannot start mockbackend: {0}")]
    Start(#[from] std::io::Error),
    /// Somebody else listens there.
    #[error("the mock cannot listen: {0}")]
    Port(#[from] PortTaken),
    /// It did not say that it listens.
    #[error("mockbackend did not begin to listen on {listen}; its last words are above")]
    Silent {
        /// Where it was to listen.
        listen: SocketAddr,
    },
}

/// A mock that listens.
#[derive(Debug)]
pub struct Mock {
    child: ChildTree,
    address: SocketAddr,
    /// Kept open, so that nothing it may print can end it.
    output: BufReader<ChildStdout>,
}

impl Mock {
    /// Starts one. Port 0 in `listen` lets the kernel choose.
    ///
    /// # Errors
    /// See [`MockError`].
    pub fn start(
        programs: &Programs,
        listen: SocketAddr,
        published_preset: bool,
    ) -> Result<Self, MockError> {
        let mut arguments = Vec::new();
        if published_preset {
            arguments.extend(["--preset", Preset::PUBLISHED_NAME].map(str::to_owned));
        }
        Self::spawn(programs, listen, &arguments)
    }

    /// Starts the null proxy in front of `to`, which adds `delay` to each
    /// request, holds everything still once, as `stall` says
    /// (`AFTER:LENGTH`), where it says anything, and never sleeps with `spin`.
    ///
    /// # Errors
    /// See [`MockError`].
    pub fn relay(
        programs: &Programs,
        to: SocketAddr,
        delay: Duration,
        stall: Option<&str>,
        spin: bool,
    ) -> Result<Self, MockError> {
        let mut arguments = vec![
            "relay".to_owned(),
            "--to".to_owned(),
            format!("http://{to}"),
            "--delay".to_owned(),
            format!("{}us", delay.as_micros()),
        ];
        if let Some(stall) = stall {
            arguments.extend(["--stall".to_owned(), stall.to_owned()]);
        }
        if spin {
            arguments.push("--spin".to_owned());
        }
        Self::spawn(programs, SocketAddr::from(([127, 0, 0, 1], 0)), &arguments)
    }

    fn spawn(
        programs: &Programs,
        listen: SocketAddr,
        arguments: &[String],
    ) -> Result<Self, MockError> {
        let program = programs.find("mockbackend").ok_or(MockError::NotFound)?;
        if listen.port() != 0 {
            check_free(listen.port())?;
        }
        let mut command = Command::new(program);
        command
            .args(arguments)
            .args(["--listen", &listen.to_string()]);
        clean_environment(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = ChildTree::spawn(command)?;
        let stdout = child.child_mut().stdout.take();
        let silent = || MockError::Silent { listen };
        let (line, output) = stdout
            .and_then(|stdout| first_line(BufReader::new(stdout)))
            .ok_or_else(silent)?;
        let address = line
            .trim()
            .strip_prefix(LISTENING)
            .and_then(|address| address.parse().ok())
            .ok_or_else(silent)?;
        Ok(Self {
            child,
            address,
            output,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a mock that listens at `address` received so far.
    ///
    /// # Errors
    /// It did not tell; in words.
    pub fn received(address: SocketAddr) -> Result<Received, String> {
        let path = "/__received";
        let fault = |why: String| format!("GET {path} at the mock, {address}: {why}");
        let counts = page(address, path, &[]).map_err(|error| fault(error.to_string()))?;
        serde_json::from_str(&counts).map_err(|error| fault(error.to_string()))
    }

    /// Sets the pace of all answers of a mock that listens at `address`;
    /// `pace` is JSON, as its help has it.
    ///
    /// # Errors
    /// It did not take it; in words.
    pub fn set_pace(address: SocketAddr, pace: &str) -> Result<(), String> {
        let path = "/__pace";
        post(address, path, pace)
            .map(drop)
            .map_err(|error| format!("POST {path} at the mock, {address}: {error}"))
    }

    /// A meter of its process.
    pub fn meter(&self) -> ProcessMeter {
        ProcessMeter::of_process(self.child.pid())
    }

    /// Ends it, and gives what it had to say at the end.
    pub fn stop(mut self) -> String {
        // Dropping the tree kills whatever is left of it.
        let _ = self.child.stop(STOP_LIMIT);
        let mut said = String::new();
        // What it could not say is missing, and whoever wants it will see.
        let _ = self.output.read_to_string(&mut said);
        said
    }
}

/// The first line of what a program prints, and the rest to be kept open.
fn first_line(mut output: BufReader<ChildStdout>) -> Option<(String, BufReader<ChildStdout>)> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        if output.read_line(&mut line).is_ok() {
            // Nobody waits for it any more: then it came too late.
            let _ = sender.send((line, output));
        }
    });
    receiver.recv_timeout(START_LIMIT).ok()
}
