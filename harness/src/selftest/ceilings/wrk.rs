//! wrk as a driver: one thread, keep-alive, the request set once.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use workload::{BENCH_API_KEY, DEFAULT_MODEL, DEFAULT_PROMPT, RequestSpec, Workload};

use super::SECONDS;
use crate::interrupt;
use crate::selftest::{Bench, BenchError};

/// The program and its script.
pub(super) struct Wrk {
    program: PathBuf,
    script: PathBuf,
}

impl Wrk {
    /// None where it is not installed.
    pub(super) fn find(bench: &Bench) -> Result<Option<Self>, BenchError> {
        let Some(program) = bench.programs.find("wrk") else {
            return Ok(None);
        };
        let script = bench.file("post.lua", &lua())?;
        Ok(Some(Self { program, script }))
    }

    /// The rate that it reports, in requests a second.
    pub(super) fn rps(&self, address: SocketAddr, concurrency: u32) -> Result<f64, BenchError> {
        if interrupt::requested() {
            return Err(BenchError::Interrupted);
        }
        let output = Command::new(&self.program)
            .args([
                "-t1",
                &format!("-c{concurrency}"),
                &format!("-d{SECONDS}s"),
                "-s",
            ])
            .arg(&self.script)
            .arg(format!("http://{address}/v1/chat/completions"))
            .stdin(Stdio::null())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let failed = || BenchError::Machine(format!("wrk: {text}"));
        if text.contains("Non-2xx") || text.contains("Socket errors") {
            return Err(failed());
        }
        text.lines()
            .find_map(|line| line.strip_prefix("Requests/sec:"))
            .and_then(|rate| rate.trim().parse().ok())
            .ok_or_else(failed)
    }
}

/// The request as wrk sends it: set once, no `request()` function.
fn lua() -> String {
    let spec = RequestSpec::new(
        Workload::ALL[0],
        DEFAULT_MODEL,
        DEFAULT_PROMPT,
        BENCH_API_KEY,
    );
    let mut script = format!(
        "wrk.method = \"POST\"\nwrk.body = [[{}]]\n",
        String::from_utf8_lossy(&spec.body)
    );
    for (name, value) in &spec.headers {
        script += &format!("wrk.headers[\"{name}\"] = \"{value}\"\n");
    }
    script
}
