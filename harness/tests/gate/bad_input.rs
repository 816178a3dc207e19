//! Each wrong input: one clear message, the right exit status.

use std::fs;

use super::{Sides, refused};

#[test]
fn sides_that_do_not_exist() {
    let gate = |head: &str, status, message: &str| {
        refused(
            &["gate", "--base", "relay", "--head", head],
            status,
            message,
        );
    };
    gate("refrence", 2, "unknown entrant `refrence`; known: direct, ");
    gate(
        "bin:/nowhere/gateway",
        2,
        "bin:/nowhere/gateway: no such program",
    );
    gate(
        "bin:/etc/passwd",
        2,
        "bin:/etc/passwd: not an executable file",
    );
    gate("./nowhere/entrant.toml", 2, "there is no such manifest");
    gate("/etc/passwd", 2, "a manifest's file is named entrant.toml");
    refused(&["gate", "--base", "relay"], 2, "--head <B>");
    refused(&["compare", "relay"], 2, "<B>");
    refused(
        &[
            "gate",
            "--base",
            "relay",
            "--head",
            "bin:/bin/sh",
            "--like",
            "nobody",
        ],
        2,
        "unknown entrant `nobody`",
    );
    refused(
        &[
            "gate",
            "--base",
            "relay",
            "--head",
            "bin:/bin/sh",
            "--like",
            "direct",
        ],
        2,
        "direct does not run as a process",
    );
}

/// Where no engine answers, that is what is told.
#[test]
fn an_image_that_cannot_be_pulled() {
    let image = "127.0.0.1:1/nobody/nothing:none";
    refused(&["gate", "--base", "relay", "--head", image], 4, image);
}

#[test]
fn a_manifest_that_is_wrong() {
    let sides = Sides::new();
    let path = sides.shell("wrong", "exec true");
    fs::write(&path, "title = 3\n").expect("a manifest");
    refused(
        &["gate", "--base", "relay", "--head", &path],
        2,
        "entrant.toml:1",
    );
}

#[test]
fn policies_that_make_no_sense() {
    let sides = Sides::new();
    let policy = sides.path("gate.toml");
    for (text, message) in [
        (
            "primary = [\"speed\"]",
            "unknown metric `speed`; known: overhead-p50/WORKLOAD",
        ),
        ("percent = -5", "is -5; a tolerance is 0 or more"),
        (
            "[tolerance.\"cpu/chat\"]\nat_least = -1",
            "`at_least` of `cpu/chat` is -1",
        ),
        ("percent = ", "TOML parse error at line 1"),
    ] {
        fs::write(&policy, text).expect("a policy");
        let args = [
            "gate", "--base", "relay", "--head", "relay", "--policy", &policy,
        ];
        refused(&args, 2, message);
        refused(&args, 2, &policy);
    }
    refused(
        &[
            "gate",
            "--base",
            "relay",
            "--head",
            "relay",
            "--policy",
            "/nowhere/gate.toml",
        ],
        2,
        "cannot read the policy /nowhere/gate.toml",
    );
}

#[test]
fn folders_and_times_that_make_no_sense() {
    let sides = Sides::new();
    let gate = ["gate", "--base", "relay", "--head", "relay"];
    let with = |more: &[&str], message: &str| refused(&[&gate, more].concat(), 2, message);
    with(
        &["--resume", &sides.path("nothing")],
        "is not a results folder",
    );
    with(&["--out", "/etc"], "is not empty; choose another --out");
    with(&["--budget", "soon"], "invalid value 'soon'");
    with(&["--stretch", "1ms"], "a stretch of load takes 50ms to 60s");
}
