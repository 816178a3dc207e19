//! `harness run` and `harness report`, as a user runs them: the real programs,
//! as processes, against the real mock.

mod bad_input;
mod budget;
mod failing_entrants;
mod interruption;
mod translation;
mod whole_run;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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
    for needed in ["mockbackend", "loadgen", "gateway"] {
        let beside = program.with_file_name(needed);
        assert!(
            beside.exists(),
            "{} is not built; run `cargo test --workspace`",
            beside.display()
        );
    }
    let mut command = Command::new(program);
    command.stdin(std::process::Stdio::null());
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

/// The records of a run's journal.
fn records(folder: &Path) -> Vec<Value> {
    fs::read_to_string(folder.join("journal.jsonl"))
        .expect("a journal")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a record"))
        .collect()
}

fn of_type<'a>(records: &'a [Value], kind: &str) -> Vec<&'a Value> {
    records.iter().filter(|one| one["type"] == kind).collect()
}

/// A temporary folder, and the path of a run's folder in it.
fn out() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a run");
    (folder, path)
}

/// An entrant in a folder of entrants, started by a line of shell.
fn entrant(folder: &Path, name: &str, shell: &str, ready_timeout: &str) {
    let path = folder.join(name);
    fs::create_dir_all(&path).expect("a folder");
    let manifest = format!(
        "title = \"{name}\"\nruntime = \"sh\"\n\
         [process]\ncommand = [\"sh\", \"-c\", '''{shell}''']\n\
         [ready]\ntimeout = \"{ready_timeout}\"\n"
    );
    fs::write(path.join("entrant.toml"), manifest).expect("a manifest");
}

/// Processes that carry the label of the harness with this process id.
fn labelled(harness: u32) -> Vec<String> {
    let label = format!("TOLLGATE_RUN={harness}");
    fs::read_dir("/proc")
        .expect("/proc")
        .flatten()
        .filter(|entry| {
            fs::read(entry.path().join("environ")).is_ok_and(|environment| {
                environment
                    .split(|byte| *byte == 0)
                    .any(|variable| variable == label.as_bytes())
            })
        })
        .map(|entry| {
            let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&command).replace('\0', " ")
        })
        .collect()
}
