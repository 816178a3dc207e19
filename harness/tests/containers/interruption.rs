//! A run in containers that is cut off leaves nothing behind, or the next
//! start removes it; and it goes on.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::image::{engine, faulty};
use super::{Folder, containers_of, ran, run};

fn begin(folder: &Folder) -> Child {
    folder.entrant("relays", faulty(), "relays", "20s");
    folder.entrant("relays-again", faulty(), "relays", "20s");
    folder
        .command("relays,relays-again", &[])
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

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(status.success());
}

/// Every trial came to its end once, and its samples are counted once.
fn whole(folder: &Folder) {
    let ends = folder.ends();
    for name in ["relays", "relays-again"] {
        let done = ends[name].iter().filter(|end| **end == "done").count();
        assert_eq!(done, 1, "{ends:?}");
    }
    let path = folder.run();
    let report = run(&["report", path.to_str().expect("text"), "--format", "csv"]);
    assert_eq!(report.status, 0, "{}", report.stderr);
    let mut reader = csv::Reader::from_reader(report.stdout.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let latencies = rows
        .iter()
        .filter(|row| &row[3] == "latency" && &row[5] == "latency_p50");
    let counts: Vec<&str> = latencies.map(|row| &row[9]).collect();
    assert_eq!(counts, ["1"; 12]);
}

#[test]
fn control_c_leaves_no_container() {
    let Some(_engine) = engine("control_c_leaves_no_container") else {
        return;
    };
    let folder = Folder::new();
    let child = begin(&folder);
    let pid = child.id();
    wait_until("a container", || !containers_of(pid).is_empty());
    signal(&child, "INT");
    let ended = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(ended.status, 130, "{}", ended.stderr);
    assert_eq!(containers_of(pid), Vec::<String>::new());
}

/// Killed again and again, each time somewhat later: while a container is
/// made, started, loaded, stopped.
#[test]
fn killed_at_many_moments_and_resumed() {
    let Some(_engine) = engine("killed_at_many_moments_and_resumed") else {
        return;
    };
    let folder = Folder::new();
    // To a file: what a killed harness started still holds a pipe open.
    let log = folder.keep.path().join("said");
    let start = |mut command: Command| -> Child {
        let file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log);
        command
            .stdout(Stdio::null())
            .stderr(file.expect("a log"))
            .spawn()
            .expect("the harness starts")
    };
    folder.entrant("relays", faulty(), "relays", "20s");
    folder.entrant("relays-again", faulty(), "relays", "20s");
    let mut child = start(folder.command("relays,relays-again", &[]));
    let mut killed = Vec::new();
    // Before that there is nothing to go on with.
    let journal = folder.run().join("journal.jsonl");
    wait_until("a journal", || journal.exists());
    for delay in [300, 900, 1700, 2900, 6500] {
        thread::sleep(Duration::from_millis(delay));
        killed.push(child.id());
        signal(&child, "KILL");
        child.wait().expect("it ends");
        let mut resume = super::harness();
        resume
            .args(["run", "--resume"])
            .arg(folder.run())
            .arg("--entrants-dir")
            .arg(folder.entrants());
        child = start(resume);
    }
    // The last part of the run may have been all of it already.
    if !child.wait().expect("it ends").success() {
        let last = folder.resume();
        assert_eq!(last.status, 0, "{}", last.stderr);
    }
    let said = std::fs::read_to_string(&log).expect("a log");
    assert!(
        said.contains("harness: removed the container tollgate-"),
        "{said}"
    );
    for harness in killed {
        assert_eq!(containers_of(harness), Vec::<String>::new());
    }
    whole(&folder);
}
