//! Each wrong input: one clear message, the right exit status.

use std::fs;

use super::{out, run};

#[track_caller]
fn refused(args: &[&str], status: i32, message: &str) {
    let ran = run(args);
    assert_eq!(ran.status, status, "{args:?}: {}", ran.stderr);
    assert!(ran.stderr.contains(message), "{args:?}: {}", ran.stderr);
    assert_eq!(ran.stdout, "", "{args:?}");
}

#[test]
fn names_that_are_unknown() {
    refused(
        &["run", "--entrants", "direct,refrence"],
        2,
        "unknown entrant `refrence`; known: direct, ",
    );
    refused(
        &["run", "--profile", "fast"],
        2,
        "[possible values: smoke, quick, gateway, translation, published, aws, full]",
    );
    refused(&["run", "--fast"], 2, "unexpected argument '--fast'");
    refused(&["run", "--target", "x"], 2, "`x` is not `NAME=URL`");
    refused(
        &["report", "/tmp", "--format", "html5"],
        2,
        "unknown format `html5`",
    );
    refused(&["run", "--blocks", "0"], 2, "0 is not in 1..=1000");
}

#[test]
fn folders_that_are_no_results() {
    let (keep, folder) = out();
    let path = folder.to_str().expect("text");
    let no_journal = format!("{path} is not a results folder: it has no journal.jsonl");
    refused(&["report", path], 2, &no_journal);
    refused(&["run", "--resume", path], 2, &no_journal);
    let other = keep.path().to_str().expect("text");
    fs::write(keep.path().join("a file"), "").expect("a file");
    refused(
        &["run", "--runner", "process", "--out", other],
        2,
        "is not empty; choose another --out",
    );
}

#[test]
fn journals_that_are_damaged() {
    let (_keep, folder) = out();
    fs::create_dir(&folder).expect("a folder");
    let journal = folder.join("journal.jsonl");
    let path = folder.to_str().expect("text");
    fs::write(&journal, "{\"v\":1,\"type\":\"run\"}\n").expect("a journal");
    refused(
        &["report", path],
        4,
        "journal.jsonl:1: not a record of a journal: missing field",
    );
    fs::write(&journal, "{\"v\":9,\"type\":\"run\"}\n").expect("a journal");
    refused(
        &["report", path],
        4,
        "it is of version 9, and this harness knows up to 1",
    );
    fs::write(&journal, "").expect("a journal");
    refused(
        &["report", path],
        4,
        "journal.jsonl:1: a journal begins with a `run` record",
    );
    refused(
        &["run", "--runner", "process", "--out", path],
        2,
        "holds a run already; go on with it by --resume",
    );
}

#[test]
fn nothing_that_can_run_here() {
    let (_keep, folder) = out();
    let path = folder.to_str().expect("text");
    refused(
        &[
            "run",
            "--runner",
            "process",
            "--entrants",
            "gomodel",
            "--out",
            path,
        ],
        4,
        "gomodel: not available here: runs only as a container",
    );
    assert!(!folder.exists(), "no folder is left of a run that was none");
}

#[test]
fn a_mock_port_that_is_taken() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (_keep, folder) = out();
    let path = folder.to_str().expect("text");
    let port = address.rsplit(':').next().expect("a port");
    refused(
        &[
            "run",
            "--profile",
            "smoke",
            "--entrants",
            "direct",
            "--mock-listen",
            &address,
            "--out",
            path,
        ],
        4,
        &format!("the mock cannot listen: port {port} is taken"),
    );
    assert!(!folder.exists(), "no folder is left of a run that was none");
}

#[test]
fn targets_that_cannot_be_told_apart_or_hold_a_password() {
    let twice = [
        "run",
        "--target",
        "a=http://127.0.0.1:1",
        "--target",
        "a=http://127.0.0.1:2",
    ];
    refused(&twice, 2, "two targets are named `a`");
    refused(
        &["run", "--target", "direct=http://127.0.0.1:1"],
        2,
        "`direct` is the name of an entrant; give the target another",
    );
    refused(
        &[
            "run",
            "--target",
            "a=http://127.0.0.1:1",
            "--header",
            "no value",
        ],
        2,
        "`no value` is not `NAME: VALUE`",
    );
    let secret = run(&["run", "--target", "a=http://127.0.0.1:1/x"]);
    assert_eq!(secret.status, 2);
    assert!(
        secret
            .stderr
            .contains("the URL of `a` is not `http://HOST:PORT`")
    );
}
