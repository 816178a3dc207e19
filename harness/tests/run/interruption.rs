//! A run that is cut off keeps what it measured, leaves nothing behind and
//! goes on.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Ran, harness, labelled, of_type, out, ran, records, run};

fn begin(folder: &Path) -> Child {
    harness()
        .args(["run", "--profile", "smoke", "--runner", "process"])
        .args(["--entrants", "direct,reference", "--out"])
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the harness starts")
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The first trial has ended and the second has measured something.
fn in_second_trial(folder: &Path) -> bool {
    let text = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap_or_default();
    text.contains(r#""type":"trial""#) && text.matches(r#""phase":"latency""#).count() >= 8
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(status.success());
}

fn resume(folder: &Path) -> Ran {
    run(&["run", "--resume", folder.to_str().expect("text")])
}

/// Every trial came to its end once, and its samples are counted once.
fn whole(folder: &Path) {
    let records = records(folder);
    let trials = of_type(&records, "trial");
    let done: Vec<_> = trials.iter().filter(|t| t["end"] == "done").collect();
    assert_eq!(done.len(), 2, "{trials:?}");
    assert_ne!(done[0]["entrant"], done[1]["entrant"]);
    let report = run(&["report", folder.to_str().expect("text"), "--format", "csv"]);
    assert_eq!(report.status, 0);
    let mut rows = csv_rows(&report.stdout);
    rows.retain(|row| row[3] == "latency" && row[5] == "latency_p50");
    assert_eq!(rows.len(), 12);
    assert!(rows.iter().all(|row| row[9] == "1"), "{rows:?}");
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    csv::Reader::from_reader(text.as_bytes())
        .records()
        .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn control_c_and_then_resume() {
    let (_keep, folder) = out();
    let child = begin(&folder);
    let pid = child.id();
    wait_until("the second trial", || in_second_trial(&folder));
    signal(&child, "INT");
    let ended = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    assert!(ended.stdout.contains("Overview"), "{}", ended.stdout);
    assert!(ended.stderr.contains("--resume"), "{}", ended.stderr);
    assert_eq!(labelled(pid), Vec::<String>::new());
    let trials = records(&folder);
    let interrupted = of_type(&trials, "trial")
        .iter()
        .filter(|trial| trial["end"] == "interrupted")
        .count();
    assert_eq!(interrupted, 1);

    // Another entrant would not have the blocks that are done.
    let other = run(&[
        "run",
        "--resume",
        folder.to_str().expect("text"),
        "--target",
        "other=http://127.0.0.1:1",
    ]);
    assert_eq!(other.status, 2, "{}", other.stderr);
    assert!(
        other.stderr.contains("other did not take part"),
        "{}",
        other.stderr
    );

    let resumed = resume(&folder);
    assert_eq!(resumed.status, 0, "{}", resumed.stderr);
    whole(&folder);
}

#[test]
fn two_runs_do_not_write_one_journal() {
    let (_keep, folder) = out();
    let child = begin(&folder);
    wait_until("a journal", || folder.join("journal.jsonl").exists());
    thread::sleep(Duration::from_millis(200));
    let second = resume(&folder);
    signal(&child, "INT");
    let first = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(second.status, 4, "{}", second.stderr);
    assert!(
        second.stderr.contains("another run is writing it"),
        "{}",
        second.stderr
    );
    assert_eq!(first.status, 130, "{}", first.stderr);
}

#[test]
fn kill_and_then_resume_of_a_journal_cut_in_a_line() {
    let (_keep, folder) = out();
    let mut child = begin(&folder);
    let pid = child.id();
    wait_until("the second trial", || in_second_trial(&folder));
    signal(&child, "KILL");
    let _ = child.wait();
    let mut journal = OpenOptions::new()
        .append(true)
        .open(folder.join("journal.jsonl"))
        .expect("the journal");
    journal
        .write_all(br#"{"v":1,"type":"sample","trial_id":"1-dir"#)
        .expect("a write");

    let report = run(&["report", folder.to_str().expect("text")]);
    assert_eq!(report.status, 0, "{}", report.stderr);
    assert!(report.stderr.contains("was cut off"), "{}", report.stderr);

    let resumed = resume(&folder);
    assert_eq!(resumed.status, 0, "{}", resumed.stderr);
    assert_eq!(labelled(pid), Vec::<String>::new());
    whole(&folder);
}
