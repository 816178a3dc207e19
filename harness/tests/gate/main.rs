//! `harness gate`, `compare` and `instructions`, as a user runs them: the real
//! programs, against the real mock, with stretches of load too short to say
//! much of anything but what is obvious.

mod bad_input;
mod compare;
mod failing;
mod instructions;
mod recorded;
mod selftest;
mod verdicts;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a command printed and how it ended.
struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

/// A program that is built with the harness.
fn program(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_harness")).with_file_name(name);
    assert!(
        path.exists(),
        "{} is not built; run `cargo test --workspace`",
        path.display()
    );
    path
}

fn harness() -> Command {
    let mut command = Command::new(program("harness"));
    command.stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Ran {
    let output = harness().args(args).output().expect("the harness starts");
    Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

#[track_caller]
fn refused(args: &[&str], status: i32, message: &str) {
    let ran = run(args);
    assert_eq!(ran.status, status, "{args:?}: {}", ran.stderr);
    assert!(ran.stderr.contains(message), "{args:?}: {}", ran.stderr);
    assert_eq!(ran.stdout, "", "{args:?}");
}

/// A folder with manifests of null proxies and the like.
struct Sides(TempDir);

impl Sides {
    fn new() -> Self {
        program("mockbackend");
        program("loadgen");
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A manifest of a line of shell; gives the path of its file.
    fn shell(&self, name: &str, line: &str) -> String {
        let folder = self.0.path().join("sides").join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let manifest = format!(
            "title = \"{name}\"\nruntime = \"sh\"\n\
             [process]\ncommand = [\"sh\", \"-c\", '''{line}''']\n\
             [ready]\ntimeout = \"20s\"\n"
        );
        let path = folder.join("entrant.toml");
        fs::write(&path, manifest).expect("a manifest");
        path.to_str().expect("text").to_owned()
    }

    /// The null proxy with further arguments.
    fn relay(&self, name: &str, arguments: &str) -> String {
        let program = program("mockbackend");
        let program = program.display();
        self.shell(
            name,
            &format!(
                "exec {program} relay --listen {{host}}:{{port}} --to {{mock_url}} {arguments}"
            ),
        )
    }

    /// A provider that answers by itself, in place of a gateway.
    fn provider(&self, name: &str, arguments: &str) -> String {
        let program = program("mockbackend");
        let program = program.display();
        self.shell(
            name,
            &format!("exec {program} --listen {{host}}:{{port}} {arguments}"),
        )
    }

    /// The path of a folder that is not there yet.
    fn out(&self) -> String {
        self.path("a gate")
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("text").to_owned()
    }
}

fn json(folder: &str, name: &str) -> Value {
    let text = fs::read_to_string(Path::new(folder).join(name)).expect("it is there");
    serde_json::from_str(&text).expect("JSON")
}

/// The records of a gate's journal.
fn records(folder: &str, kind: &str) -> Vec<Value> {
    fs::read_to_string(Path::new(folder).join("journal.jsonl"))
        .expect("a journal")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a record"))
        .filter(|record: &Value| record["type"] == kind)
        .collect()
}
