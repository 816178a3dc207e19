//! A running mock.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// The program, ended when this is dropped.
pub(crate) struct Mock {
    child: Child,
    out: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Mock {
    /// Starts it on any free port and waits until it is ready.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::spawn(command().args(["--listen", "127.0.0.1:0"]).args(arguments))
    }

    /// Starts the relay to `address` on any free port.
    pub(crate) fn relay(address: SocketAddr, arguments: &[&str]) -> Self {
        let to = format!("http://{address}");
        Self::spawn(
            command()
                .args(["relay", "--listen", "127.0.0.1:0", "--to", &to])
                .args(arguments),
        )
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        out.read_line(&mut ready).unwrap();
        let address = ready
            .strip_prefix("listening on http://")
            .and_then(|address| address.strip_suffix('\n'))
            .unwrap_or_else(|| panic!("not ready: {ready:?}"))
            .parse()
            .unwrap();
        Self {
            child,
            out,
            address,
        }
    }

    /// Sends a signal and waits for its end; gives what it then printed.
    pub(crate) fn stop_and_read(mut self, signal: Signal) -> (ExitStatus, String) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let mut printed = String::new();
        self.out.read_to_string(&mut printed).unwrap();
        (self.child.wait().unwrap(), printed)
    }

    /// Sends a signal and waits for its end.
    pub(crate) fn stop(mut self, signal: Signal) -> ExitStatus {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, not yet started.
pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mockbackend"))
}
