//! The mock backend, as a process of its own for each trial.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use workload::Preset;

use crate::process::{ChildTree, Programs, clean_environment};
use crate::resources::ProcessMeter;
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
    _output: BufReader<ChildStdout>,
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
        let program = programs.find("mockbackend").ok_or(MockError::NotFound)?;
        if listen.port() != 0 {
            check_free(listen.port())?;
        }
        let mut command = Command::new(program);
        command.args(["--listen", &listen.to_string()]);
        if published_preset {
            command.args(["--preset", Preset::PUBLISHED_NAME]);
        }
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
            _output: output,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A meter of its process.
    pub fn meter(&self) -> ProcessMeter {
        ProcessMeter::of_process(self.child.pid())
    }

    /// Ends it.
    pub fn stop(self) {
        // Dropping the tree kills whatever is left of it.
        let _ = self.child.stop(STOP_LIMIT);
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
