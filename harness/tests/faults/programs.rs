//! The project's programs as processes, stopped when dropped.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use workload::BENCH_API_KEY;

/// A program of the project, stopped when dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts `command`, which says where it listens in a line that ends in its URL.
    pub(crate) fn start(command: &mut Command, says_on_stderr: bool) -> Self {
        let mut child = command
            .env("BENCH_API_KEY", BENCH_API_KEY)
            .stdin(Stdio::null())
            .stdout(if says_on_stderr {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stderr(if says_on_stderr {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .spawn()
            .expect("it starts");
        let says: Box<dyn Read> = match (child.stdout.take(), child.stderr.take()) {
            (Some(says), _) => Box::new(says),
            (_, Some(says)) => Box::new(says),
            _ => panic!("one of them is piped"),
        };
        let address = BufReader::new(says)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.rsplit_once("listening on http://")?.1.parse().ok())
            .expect("it says where it listens");
        Self { child, address }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program `name`, built beside the harness.
pub(crate) fn program(name: &str) -> Command {
    let beside = Path::new(env!("CARGO_BIN_EXE_harness")).with_file_name(name);
    assert!(
        beside.exists(),
        "{} is not built; run `cargo test --workspace`",
        beside.display()
    );
    Command::new(beside)
}
