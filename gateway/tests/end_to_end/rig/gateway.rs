//! The program as a process.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{PATIENCE, secrets};

/// A running gateway; stopped when dropped, and what it told searched for secrets.
pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    pub(crate) process: Child,
    /// Where its log is, if not on standard output.
    pub(crate) log: Option<PathBuf>,
    /// With one of these its metrics are told, where that takes a key.
    keys: Vec<String>,
    /// Its standard output and standard error.
    told: tempfile::TempDir,
    _config: Option<tempfile::NamedTempFile>,
}

/// The program with `arguments` and only the given environment.
fn program(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    command
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied());
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    program(arguments, environment)
        .output()
        .expect("the program runs")
}

impl Gateway {
    /// With the environment alone, both providers being at `provider`.
    pub(crate) fn before(provider: SocketAddr) -> Self {
        Self::with_environment(&[
            ("OPENAI_BASE_URL", &format!("http://{provider}/v1")),
            ("ANTHROPIC_BASE_URL", &format!("http://{provider}")),
        ])
    }

    pub(crate) fn with_environment(environment: &[(&str, &str)]) -> Self {
        Self::with_arguments(&["--listen", "127.0.0.1:0"], environment)
    }

    /// With these arguments and no configuration file.
    pub(crate) fn with_arguments(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start(arguments, environment, None)
    }

    /// With a configuration file.
    pub(crate) fn with_config(toml: &str, environment: &[(&str, &str)]) -> Self {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(toml.as_bytes()).expect("it is writable");
        let path = file.path().to_str().expect("a path in UTF-8").to_owned();
        let arguments = ["--listen", "127.0.0.1:0", "--config", &path];
        Self::start(&arguments, environment, Some(file))
    }

    /// With a configuration file that is the test's.
    pub(crate) fn with_config_at(path: &std::path::Path, environment: &[(&str, &str)]) -> Self {
        let path = path.to_str().expect("a path in UTF-8");
        Self::with_arguments(&["--listen", "127.0.0.1:0", "--config", path], environment)
    }

    fn start(
        arguments: &[&str],
        environment: &[(&str, &str)],
        config: Option<tempfile::NamedTempFile>,
    ) -> Self {
        let keys: Vec<String> = environment
            .iter()
            .filter(|(name, _)| name.contains("KEY"))
            .map(|(_, key)| (*key).to_owned())
            .collect();
        keys.iter().for_each(|key| secrets::uses(key));
        let told = tempfile::tempdir().expect("a temporary folder");
        let file = |name| Stdio::from(File::create(told.path().join(name)).expect("a file"));
        let mut process = program(arguments, environment)
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .expect("the program starts");
        let begun = Instant::now();
        let address = loop {
            let ended = process.try_wait().expect("it is ours").is_some();
            let said = std::fs::read_to_string(told.path().join("stderr")).expect("a file");
            // A last line that is not all there yet may be cut in its address.
            let whole = said.rfind('\n').map_or("", |end| &said[..end]);
            let address = whole.lines().find_map(|line| {
                let address = line.strip_prefix("gateway: listening on http://")?;
                address.parse().ok()
            });
            if let Some(address) = address {
                break address;
            }
            assert!(!ended && begun.elapsed() < PATIENCE, "it listens: {said}");
            thread::sleep(Duration::from_millis(2));
        };
        Self {
            address,
            process,
            log: None,
            keys,
            told,
            _config: config,
        }
    }

    /// What it told on standard output or standard error.
    fn tells(&self, name: &str) -> String {
        let path = self.told.path().join(name);
        std::fs::read(path).map_or(String::new(), |bytes| {
            String::from_utf8_lossy(&bytes).into_owned()
        })
    }

    /// Its page of metrics, unless it has ended or wants a key that is not known here.
    fn page(&self) -> Option<String> {
        let keys = std::iter::once("none").chain(self.keys.iter().map(String::as_str));
        keys.filter_map(|key| {
            let mut tcp = TcpStream::connect(self.address).ok()?;
            tcp.set_read_timeout(Some(PATIENCE)).ok()?;
            let request = format!(
                "GET /metrics HTTP/1.1\r\nhost: g\r\nconnection: close\r\nx-api-key: {key}\r\n\r\n"
            );
            tcp.write_all(request.as_bytes()).ok()?;
            let mut answer = String::new();
            tcp.read_to_string(&mut answer).ok()?;
            Some(answer)
        })
        .find(|answer| answer.starts_with("HTTP/1.1 200 "))
    }

    /// Stops it, so that all of its log is written.
    fn stop(&mut self) {
        let pid = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw);
        // The second signal cuts off what takes too long to finish.
        for patience in [Duration::from_millis(300), Duration::from_secs(2)] {
            let begun = Instant::now();
            if let (Some(pid), Ok(None)) = (pid, self.process.try_wait()) {
                let _ = kill_process(pid, Signal::TERM);
            }
            while begun.elapsed() < patience && matches!(self.process.try_wait(), Ok(None)) {
                thread::sleep(Duration::from_millis(2));
            }
        }
        // It may have ended already, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let page = self.page();
        let has_ended = !matches!(self.process.try_wait(), Ok(None));
        self.stop();
        if thread::panicking() {
            return;
        }
        assert!(page.is_some() || has_ended, "nothing was searched");
        let log = self.log.as_ref().and_then(|log| std::fs::read(log).ok());
        let log = log.unwrap_or_default();
        secrets::assert_untold("the log", &String::from_utf8_lossy(&log));
        secrets::assert_untold("standard output", &self.tells("stdout"));
        secrets::assert_untold("standard error", &self.tells("stderr"));
        secrets::assert_untold("the page of metrics", &page.unwrap_or_default());
    }
}
