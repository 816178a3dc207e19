//! The program as a process.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};

/// A running gateway; killed when dropped.
pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    pub(crate) process: Child,
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
        Self::start(program(&["--listen", "127.0.0.1:0"], environment), None)
    }

    /// With these arguments and no configuration file.
    pub(crate) fn with_arguments(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start(program(arguments, environment), None)
    }

    /// With a configuration file.
    pub(crate) fn with_config(toml: &str, environment: &[(&str, &str)]) -> Self {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(toml.as_bytes()).expect("it is writable");
        let path = file.path().to_str().expect("a path in UTF-8").to_owned();
        let arguments = ["--listen", "127.0.0.1:0", "--config", &path];
        Self::start(program(&arguments, environment), Some(file))
    }

    /// With a configuration file that is the test's.
    pub(crate) fn with_config_at(path: &std::path::Path, environment: &[(&str, &str)]) -> Self {
        let path = path.to_str().expect("a path in UTF-8");
        let arguments = ["--listen", "127.0.0.1:0", "--config", path];
        Self::start(program(&arguments, environment), None)
    }

    fn start(mut command: Command, config: Option<tempfile::NamedTempFile>) -> Self {
        let mut process = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = process.stderr.take().expect("its standard error is piped");
        let address = BufReader::new(stderr)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let address = line.strip_prefix("gateway: listening on http://")?;
                address.parse().ok()
            })
            .expect("it says where it listens");
        Self {
            address,
            process,
            _config: config,
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
