//! `harness run` with containers of the engine of this machine, and with
//! images that are made here. Without an engine these tests say that they were
//! left out; with `TOLLGATE_REQUIRE_DOCKER` set they fail instead.

mod by_hand;
mod choice;
mod cost;
mod engine_gone;
mod failing;
mod gate;
mod image;
mod interruption;
mod limits;
mod reference_image;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bollard::query_parameters::ListContainersOptions;
use serde_json::Value;
use tempfile::TempDir;

/// What a command printed and how it ended.
struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

fn harness() -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_harness"));
    for needed in ["mockbackend", "loadgen"] {
        let beside = program.with_file_name(needed);
        assert!(
            beside.exists(),
            "{} is not built; run `cargo test --workspace`",
            beside.display()
        );
    }
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Ran {
    ran(harness().args(args).output().expect("the harness starts"))
}

fn ran(output: Output) -> Ran {
    Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A temporary folder for a test: `entrants` and `run` are paths in it.
struct Folder {
    keep: TempDir,
}

impl Folder {
    fn new() -> Self {
        let keep = tempfile::tempdir().expect("a temporary folder");
        Self { keep }
    }

    fn entrants(&self) -> PathBuf {
        self.keep.path().join("entrants")
    }

    fn run(&self) -> PathBuf {
        self.keep.path().join("run")
    }

    /// Adds an entrant that is a container of `faulty.rs` in `mode`.
    fn entrant(&self, name: &str, image: &str, mode: &str, ready_timeout: &str) {
        let path = self.entrants().join(name);
        fs::create_dir_all(&path).expect("a folder");
        let manifest = format!(
            "title = \"{name}\"\nruntime = \"Rust\"\n\
             [container]\nimage = \"{image}\"\nport = 8080\n\
             command = [\"{mode}\", \"{{host}}:{{port}}\", \"{{mock_host}}:{{mock_port}}\"]\n\
             [ready]\ntimeout = \"{ready_timeout}\"\n"
        );
        fs::write(path.join("entrant.toml"), manifest).expect("a manifest");
    }

    /// `harness run` in one block, as quick as it can be.
    fn command(&self, names: &str, more: &[&str]) -> Command {
        let mut command = harness();
        command
            .args(["run", "--profile", "smoke", "--runner", "docker"])
            .args(["--entrants", names, "--out"])
            .arg(self.run())
            .arg("--entrants-dir")
            .arg(self.entrants())
            .args(more);
        command
    }

    fn measure(&self, names: &str, more: &[&str]) -> Ran {
        let mut command = self.command(names, more);
        ran(command.output().expect("the harness starts"))
    }

    fn resume(&self) -> Ran {
        let mut command = harness();
        command.args(["run", "--resume"]).arg(self.run());
        command.arg("--entrants-dir").arg(self.entrants());
        ran(command.output().expect("the harness starts"))
    }

    /// The records of the run's journal.
    fn records(&self) -> Vec<Value> {
        fs::read_to_string(self.run().join("journal.jsonl"))
            .expect("a journal")
            .lines()
            .map(|line| serde_json::from_str(line).expect("a record"))
            .collect()
    }

    /// How the trials of each entrant ended, in turn.
    fn ends(&self) -> HashMap<String, Vec<Value>> {
        let mut ends: HashMap<String, Vec<Value>> = HashMap::new();
        for record in self.records() {
            if record["type"] == "trial" {
                let entrant = record["entrant"].as_str().expect("a name").to_owned();
                ends.entry(entrant).or_default().push(record["end"].clone());
            }
        }
        ends
    }
}

/// The names of the containers that the harness of this process id has made
/// and that are still there, whether they run or not.
fn containers_of(harness: u32) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let docker = bollard::Docker::connect_with_defaults().expect("an engine");
        let docker = docker.negotiate_version().await.expect("an engine");
        let label = format!("{}={harness}", harness::docker::HARNESS_LABEL);
        let options = ListContainersOptions {
            all: true,
            filters: Some(HashMap::from([("label".to_owned(), vec![label])])),
            ..ListContainersOptions::default()
        };
        let found = docker.list_containers(Some(options)).await.expect("a list");
        let names = found.into_iter().flat_map(|one| one.names);
        names.flatten().collect()
    })
}
