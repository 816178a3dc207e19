//! `harness setup`, with entrants whose packages are made up here.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// An entrant `fake` whose setup runs these shell scripts.
fn fake(folder: &Path, version: &str, scripts: &[&str]) {
    let entrant = folder.join("entrants/fake");
    fs::create_dir_all(&entrant).unwrap();
    fs::write(entrant.join("extra.txt"), "extra").unwrap();
    let steps: Vec<String> = scripts
        .iter()
        .map(|script| format!("['sh', '-c', '''{script}''']"))
        .collect();
    let manifest = format!(
        "title = 'Fake'\nruntime = 'sh'\n[setup]\nversion = '{version}'\nsteps = [{}]\n\
         [process]\ncommand = ['{{install}}/fake']\n",
        steps.join(", ")
    );
    fs::write(entrant.join("entrant.toml"), manifest).unwrap();
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness"));
    command
        .args(args)
        .arg("--entrants-dir")
        .arg(folder.join("entrants"))
        .current_dir(folder)
        .env_remove("TOLLGATE_ENTRANTS");
    command
}

fn harness(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const GOOD: &[&str] = &[
    "cp {folder}/extra.txt {install}/copied; echo {version} >> ../runs",
    "printf \"#!/bin/sh\\n\" > {install}/fake; chmod +x {install}/fake",
];

#[test]
fn installs_once_and_again_when_something_changed() {
    let folder = tempfile::tempdir().unwrap();
    let runs = || fs::read_to_string(folder.path().join(".entrants/runs")).unwrap();
    fake(folder.path(), "1.0", GOOD);

    let first = harness(folder.path(), &["setup", "fake"]);
    assert_eq!(text(&first.stdout), "fake: installed 1.0\n");
    assert_eq!(first.status.code(), Some(0));
    let steps = text(&first.stderr);
    assert!(steps.contains("fake: step 2 of 2: sh -c printf"), "{steps}");
    let installed = folder.path().join(".entrants/fake/copied");
    assert_eq!(fs::read_to_string(&installed).unwrap(), "extra");
    assert_eq!(runs(), "1.0\n");

    let second = harness(folder.path(), &["setup", "fake"]);
    assert_eq!(
        text(&second.stdout),
        "fake: 1.0 is installed already; --force installs it again\n"
    );
    assert_eq!(runs(), "1.0\n");

    harness(folder.path(), &["setup", "fake", "--force"]);
    assert_eq!(runs(), "1.0\n1.0\n");

    fake(folder.path(), "1.1", GOOD);
    harness(folder.path(), &["setup", "fake"]);
    assert_eq!(runs(), "1.0\n1.0\n1.1\n");

    let list = text(&harness(folder.path(), &["list"]).stdout);
    let row = list.lines().find(|line| line.contains("fake")).unwrap();
    assert!(row.contains("1.1") && row.contains("yes"), "{row}");
}

#[test]
fn the_install_folder_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    fake(folder.path(), "1.0", GOOD);
    harness(folder.path(), &["setup", "fake", "--install-dir", "a"]);
    assert!(folder.path().join("a/fake/fake").exists());
    let output = command(folder.path(), &["setup", "fake"])
        .env("TOLLGATE_ENTRANTS", folder.path().join("b"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(folder.path().join("b/fake/fake").exists());
    assert!(!folder.path().join(".entrants").exists());
}

#[test]
fn a_step_that_fails_shows_the_end_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    fake(
        folder.path(),
        "1.0",
        &[
            "echo first; echo no such package >&2; exit 7",
            "touch never",
        ],
    );
    let output = harness(folder.path(), &["setup", "fake"]);
    assert_eq!(output.status.code(), Some(4));
    let error = text(&output.stderr);
    let log = folder.path().join(".entrants/fake/setup.log");
    assert!(
        error.ends_with(&format!(
            "failed (exit status: 7); the end of {}:\n  | first\n  | no such package\n",
            log.display()
        )),
        "{error}"
    );
    assert!(!folder.path().join(".entrants/fake/never").exists());
    // What failed is not taken for installed.
    fake(folder.path(), "1.0", GOOD);
    let output = harness(folder.path(), &["setup", "fake"]);
    assert_eq!(text(&output.stdout), "fake: installed 1.0\n");
}

#[test]
fn steps_that_succeed_but_install_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fake(folder.path(), "1.0", &["true"]);
    let output = harness(folder.path(), &["setup", "fake"]);
    assert_eq!(output.status.code(), Some(4));
    let error = text(&output.stderr);
    assert!(
        error.contains("fake: installed, but its packages are not installed"),
        "{error}"
    );
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fake(folder.path(), "1.0", GOOD);
    let theirs = folder.path().join(".entrants/fake/theirs");
    fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    fs::write(&theirs, "").unwrap();
    let output = harness(folder.path(), &["setup", "fake", "--force"]);
    assert_eq!(output.status.code(), Some(4));
    let error = text(&output.stderr);
    assert!(error.contains("was not made by `harness setup`"), "{error}");
    assert!(theirs.exists());
}

#[test]
fn what_cannot_be_set_up() {
    let folder = tempfile::tempdir().unwrap();
    fake(folder.path(), "1.0", GOOD);
    let output = harness(folder.path(), &["setup", "fakes"]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.starts_with(
            "harness: unknown entrant `fakes`; known: direct, relay, nginx, reference, "
        ) && error.contains(", fake, ")
            && error.lines().count() == 1,
        "{error}"
    );
    let output = harness(folder.path(), &["setup", "gomodel"]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(error.contains("runs only as a container"), "{error}");
    let output = harness(folder.path(), &["setup", "direct"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_interrupt_ends_the_step_and_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    fake(
        folder.path(),
        "1.0",
        &["sleep 1000 & echo $! > ../pid.part; mv ../pid.part ../pid; wait"],
    );
    let child = command(folder.path(), &["setup", "fake"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid_file = folder.path().join(".entrants/pid");
    let begin = Instant::now();
    while !pid_file.exists() {
        assert!(begin.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    let sleeper = fs::read_to_string(pid_file).unwrap();
    let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(text(&output.stderr).ends_with("harness: interrupted\n"));
    assert!(
        harness::process::read_stat(sleeper.trim().parse().unwrap()).is_err(),
        "a stray process"
    );
}
