//! The project's programs, stopped when dropped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// A running program.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its configuration, kept as long as it runs.
    _config: Option<tempfile::NamedTempFile>,
}

impl Program {
    /// The mock, strict and with its journal.
    pub fn mock(arguments: &[&str]) -> Self {
        let mut command = program("mockbackend");
        command.args(["--listen", "127.0.0.1:0", "--strict", "--journal"]);
        command.args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the mock starts");
        let says = child.stdout.take().expect("it is piped");
        Self::ready(child, says, None)
    }

    /// The gateway before providers `c` (Chat), `r` (Responses), `m` (Messages) and `g` (Gemini),
    /// all of them at `mock`; `more` is what its configuration says besides.
    pub fn gateway(mock: SocketAddr, more: &str) -> Self {
        let mut config = tempfile::NamedTempFile::new().expect("a temporary file");
        let mut text = format!("log = {{ to = \"off\" }}\nretries = {{ max = 0 }}\n{more}\n");
        for (name, dialect, path) in [
            ("c", "chat", "/v1"),
            ("r", "responses", "/v1"),
            ("m", "messages", ""),
            ("g", "gemini", "/v1beta"),
        ] {
            text.push_str(&format!(
                "[providers.{name}]\ndialects = [\"{dialect}\"]\n\
                 base_url = \"http://{mock}{path}\"\napi_key_env = \"PROVIDER_KEY\"\n"
            ));
        }
        config.write_all(text.as_bytes()).expect("it is written");
        let mut command = program("gateway");
        command.args(["--listen", "127.0.0.1:0", "--config"]);
        command.arg(config.path()).stderr(Stdio::piped());
        let mut child = command
            .env("PROVIDER_KEY", "providers-key")
            .stdout(Stdio::null())
            .spawn()
            .expect("the gateway starts");
        let says = child.stderr.take().expect("it is piped");
        Self::ready(child, says, Some(config))
    }

    /// Its process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn ready(child: Child, says: impl Read, config: Option<tempfile::NamedTempFile>) -> Self {
        let address = BufReader::new(says)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.rsplit_once("listening on http://")?.1.parse().ok())
            .expect("it says where it listens");
        Self {
            child,
            address,
            _config: config,
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that was built beside the tests.
fn program(name: &str) -> Command {
    let test = std::env::current_exe().expect("a test has a path");
    let beside = test
        .parent()
        .and_then(std::path::Path::parent)
        .map(|folder| folder.join(name))
        .filter(|path| path.exists());
    let Some(path) = beside else {
        panic!("{name} is not built; run `cargo test --workspace`");
    };
    Command::new(path)
}
