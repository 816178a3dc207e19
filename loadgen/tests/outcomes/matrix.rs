//! Every fault of the mock, in every dialect and mode, is given its right
//! name: the expected one is written by hand in each cell, and no cell is left
//! out.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use workload::{DEFAULT_CHUNKS, Dialect, Workload};

use crate::generator::{IMPATIENT, run_loadgen};

/// The fault; then the outcomes of chat, responses and messages, whole; then
/// those of their streams.
type Row = (&'static str, [&'static str; 3], [&'static str; 3]);

/// A fault that only a stream can have is refused for a whole answer.
const REFUSED: [&str; 3] = ["http-400", "http-400", "http-400"];

#[rustfmt::skip]
const MATRIX: [Row; 21] = [
    ("status=401",     ["http-401", "http-401", "http-401"],       ["http-401", "http-401", "http-401"]),
    ("status=429",     ["http-429", "http-429", "http-429"],       ["http-429", "http-429", "http-429"]),
    ("status=500",     ["http-500", "http-500", "http-500"],       ["http-500", "http-500", "http-500"]),
    ("status=529",     ["http-529", "http-529", "http-529"],       ["http-529", "http-529", "http-529"]),
    ("delay=50ms",     ["ok", "ok", "ok"],                         ["ok", "ok", "ok"]),
    ("hang",           ["timeout", "timeout", "timeout"],          ["timeout", "timeout", "timeout"]),
    ("close",          ["closed", "closed", "closed"],             ["closed", "closed", "closed"]),
    ("cut=34",         ["truncated", "truncated", "truncated"],    ["no-terminal", "truncated", "truncated"]),
    ("cut=6",          ["truncated", "truncated", "truncated"],    ["truncated", "truncated", "truncated"]),
    ("stall=6",        ["stalled", "stalled", "stalled"],          ["stalled", "stalled", "stalled"]),
    ("error=6",        REFUSED,                                    ["error-event", "error-event", "error-event"]),
    ("truncated-json", ["wrong-body", "wrong-body", "wrong-body"], ["wrong-body", "wrong-body", "wrong-body"]),
    ("wrong-text",     ["wrong-body", "wrong-body", "wrong-body"], ["wrong-body", "wrong-body", "wrong-body"]),
    ("reorder",        REFUSED,                                    ["wrong-body", "wrong-body", "wrong-body"]),
    ("no-usage",       ["ok", "ok", "ok"],                         ["ok", "ok", "ok"]),
    ("no-terminal",    REFUSED,                                    ["no-terminal", "no-terminal", "no-terminal"]),
    ("comments",       REFUSED,                                    ["ok", "ok", "ok"]),
    ("crlf",           REFUSED,                                    ["ok", "ok", "ok"]),
    ("several-events-in-one-write", REFUSED,                       ["ok", "ok", "ok"]),
    ("split-utf8",     ["ok", "ok", "ok"],                         ["ok", "ok", "ok"]),
    ("one-byte-writes", ["ok", "ok", "ok"],                        ["ok", "ok", "ok"]),
];

/// The mock beside loadgen; cargo builds it with the workspace.
fn mockbackend() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_loadgen")).with_file_name("mockbackend");
    assert!(
        program.exists(),
        "{} is not built; run `cargo test --workspace`",
        program.display()
    );
    program
}

/// A mock that ends with the test.
struct Mock {
    child: Child,
    address: String,
}

impl Mock {
    fn start() -> Self {
        let mut child = Command::new(mockbackend())
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mock starts");
        let output = child.stdout.take().expect("its output");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("its first line");
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .expect("its address")
            .to_owned();
        Self { child, address }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_fault_has_its_name() {
    let mock = Mock::start();
    let mut wrong = Vec::new();
    for (fault, whole, stream) in MATRIX {
        for (expected, streamed) in [(whole, false), (stream, true)] {
            for (dialect, expected) in Dialect::ALL.into_iter().zip(expected) {
                let workload = Workload::new(dialect, streamed);
                let header = format!("x-mock-fault: {fault}");
                let mut more = vec!["--header", &header];
                if ["hang", "stall=6"].contains(&fault) {
                    more.extend(IMPATIENT);
                }
                let outcome = run_loadgen(workload, DEFAULT_CHUNKS, &mock.address, &more);
                if outcome != expected {
                    wrong.push(format!("{fault}, {workload}: {outcome}, not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_fault_behind_the_models_name_is_the_same_fault() {
    let mock = Mock::start();
    let workload = Workload::new(Dialect::Messages, true);
    let more = ["--model", "gpt-4o-mini#fault:no-terminal"];
    let outcome = run_loadgen(workload, DEFAULT_CHUNKS, &mock.address, &more);
    assert_eq!(outcome, "no-terminal");
}

#[test]
fn no_fault_is_left_out() {
    let output = Command::new(mockbackend())
        .arg("faults")
        .output()
        .expect("the mock lists its faults");
    let text = String::from_utf8(output.stdout).expect("text");
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter_map(|line| line.split([' ', '=', '[']).next())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(listed.len() >= 17, "{text}");
    for name in listed {
        let tested = MATRIX
            .iter()
            .any(|(fault, ..)| fault.split('=').next() == Some(name));
        assert!(tested, "{name} is not in the matrix");
    }
}
