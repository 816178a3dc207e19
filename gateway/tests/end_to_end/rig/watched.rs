//! A gateway whose log and metrics are looked at.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::{Gateway, PATIENCE, ask};

/// A gateway with one provider `p`, which speaks all three dialects, and the model `fast`.
pub(crate) struct Watched {
    pub(crate) gateway: Gateway,
    folder: tempfile::TempDir,
}

impl Watched {
    /// `top` and `end` are what the configuration says besides, before the tables and after.
    pub(crate) fn before(
        provider: SocketAddr,
        top: &str,
        end: &str,
        environment: &[(&str, &str)],
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let this = |folder: &tempfile::TempDir| folder.path().join("gateway.toml");
        std::fs::write(this(&folder), config(&folder, provider, top, end)).expect("it is written");
        let mut gateway = Gateway::with_config_at(&this(&folder), environment);
        gateway.log = Some(folder.path().join("log"));
        Self { gateway, folder }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.gateway.address
    }

    /// Writes another configuration, without having it read.
    pub(crate) fn configure(&self, provider: SocketAddr, top: &str, end: &str) {
        let text = config(&self.folder, provider, top, end);
        std::fs::write(self.folder.path().join("gateway.toml"), text).expect("it is written");
    }

    pub(crate) fn signal(&self, signal: &str) {
        let id = self.gateway.process.id().to_string();
        let status = Command::new("kill").args([signal, &id]).status();
        assert!(status.expect("kill runs").success());
    }

    pub(crate) fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    pub(crate) fn log_text(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// The lines of requests at endpoints, once there are `count` of them.
    pub(crate) fn log(&self, count: usize) -> Vec<serde_json::Value> {
        let begun = Instant::now();
        loop {
            let text = self.log_text();
            let lines: Vec<serde_json::Value> = text
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .filter(|line: &serde_json::Value| {
                    line["dialect"].is_string() && line["dialect"] != "other"
                })
                .collect();
            if lines.len() >= count {
                return lines;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{count} lines expected:\n{text}"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn metrics(&self) -> String {
        ask(self.address(), "GET /metrics", &[], "").body
    }

    /// What the process holds in memory.
    pub(crate) fn resident_kib(&self) -> usize {
        let path = format!("/proc/{}/status", self.gateway.process.id());
        let status = std::fs::read_to_string(path).expect("the process is there");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        size.expect("its size")
    }

    /// How many files and sockets it has open.
    pub(crate) fn descriptors(&self) -> usize {
        let path = format!("/proc/{}/fd", self.gateway.process.id());
        std::fs::read_dir(path)
            .expect("the process is there")
            .count()
    }

    /// The sum of the samples of `name` that have all of `labels`.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> u64 {
        sum(&self.metrics(), name, labels)
    }

    /// Waits until [`Watched::sum`] is `expected`.
    pub(crate) fn awaits(&self, name: &str, labels: &[&str], expected: u64) {
        let begun = Instant::now();
        while self.sum(name, labels) != expected {
            let page = self.metrics();
            assert!(
                begun.elapsed() < PATIENCE,
                "{name} {labels:?} {expected}\n{page}"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn sum(page: &str, name: &str, labels: &[&str]) -> u64 {
    page.lines()
        .filter(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with([' ', '{']))
                && labels.iter().all(|label| line.contains(label))
        })
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

fn config(folder: &tempfile::TempDir, provider: SocketAddr, top: &str, end: &str) -> String {
    let log = folder.path().join("log");
    format!(
        "{top}\n[log]\nto = \"{}\"\n\n[providers.p]\ndialects = [\"chat\", \"responses\", \"messages\"]\n\
         base_url = \"http://{provider}/v1\"\n\n[[models]]\nname = \"fast\"\nprovider = \"p\"\n\
         upstream = \"gpt\"\n\n{end}\n",
        log.display()
    )
}
