//! Trees of real processes: what they use, and that none is left.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use harness::measured::Reason;
use harness::process::{ChildTree, mark_folder, read_stat, sweep};
use harness::resources::{Meter, ProcessMeter, Sampler};

fn shell(script: &str) -> ChildTree {
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null());
    ChildTree::spawn(command).unwrap()
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(20), "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn runs(pid: u32) -> bool {
    read_stat(pid).is_ok_and(|stat| !stat.is_dead())
}

/// The process ids that a script wrote to a file, one a line.
fn pids(file: &Path, count: usize) -> Vec<u32> {
    let read = || -> Vec<u32> {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    };
    wait_for("pids", || read().len() == count);
    read()
}

#[test]
fn counts_the_cpu_time_of_children() {
    // The shell itself only waits: all that is used, its children use.
    let child = shell("(while :; do :; done) & (while :; do :; done) & wait");
    let sampler = Sampler::start(Box::new(ProcessMeter::of_tree(&child))).unwrap();
    wait_for("three processes", || {
        sampler.now().is_ok_and(|now| now.processes == 3)
    });
    let mark = sampler.mark();
    thread::sleep(Duration::from_millis(700));
    let usage = sampler.since(&mark);
    let cpu_ns = *usage.cpu_ns.value().unwrap();
    // Two loops that never rest, on cores that others use too.
    assert!(cpu_ns >= 100_000_000, "{usage:?}");
    assert!(cpu_ns <= 2 * usage.elapsed_ns + 50_000_000, "{usage:?}");
    assert!(usage.samples >= 14, "at least 20 a second: {usage:?}");
    child.stop(Duration::from_secs(5)).unwrap();
}

#[test]
fn keeps_the_cpu_time_of_children_that_ended() {
    let folder = tempfile::tempdir().unwrap();
    let done = folder.path().join("done");
    let child = shell(&format!(
        "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; touch {}; sleep 1000",
        done.display()
    ));
    let mut meter = ProcessMeter::of_tree(&child);
    let mut most = 0;
    wait_for("the loop", || {
        let cpu_ns = meter.read().unwrap().cpu_ns;
        assert!(cpu_ns >= most, "it never decreases");
        most = cpu_ns;
        done.exists()
    });
    let after = meter.read().unwrap();
    assert!(
        after.cpu_ns >= most && after.cpu_ns >= 20_000_000,
        "{after:?}"
    );
}

#[test]
fn counts_the_memory_of_children() {
    const HELD: u64 = 40_000_000;
    let child = shell(&format!(
        "sh -c 'x=$(head -c {HELD} /dev/zero | tr \"\\\\0\" x); sleep 1000; echo $x' & wait"
    ));
    let sampler = Sampler::start(Box::new(ProcessMeter::of_tree(&child))).unwrap();
    let mark = sampler.mark();
    wait_for("the memory", || {
        sampler.now().is_ok_and(|now| {
            now.anon_shmem_bytes >= HELD && now.rss_bytes > Some(now.anon_shmem_bytes)
        })
    });
    let peak = *sampler.since(&mark).peak_anon_shmem_bytes.value().unwrap();
    assert!((HELD..10 * HELD).contains(&peak), "{peak}");
    let pss = sampler.pss_bytes();
    let pss = *pss.value().unwrap_or_else(|| panic!("{:?}", pss.reason()));
    assert!((HELD..10 * HELD).contains(&pss), "{pss}");
}

#[test]
fn one_process_alone_is_without_its_children() {
    let child = shell("(while :; do :; done) & wait");
    let mut tree = ProcessMeter::of_tree(&child);
    let mut alone = ProcessMeter::of_process(child.pid());
    wait_for("some work", || tree.read().unwrap().cpu_ns >= 50_000_000);
    let reading = alone.read().unwrap();
    assert_eq!(reading.processes, 1);
    assert!(reading.cpu_ns < 50_000_000, "{reading:?}");
}

#[test]
fn what_has_ended_has_a_reason_and_no_figures() {
    let mut child = shell("exit 3");
    let mut meter = ProcessMeter::of_tree(&child);
    wait_for("the end", || child.exited().is_some());
    assert_eq!(child.exited().unwrap().code(), Some(3));
    assert_eq!(
        meter.read().unwrap_err(),
        Reason::EntrantFailed("none of its processes is running".into())
    );
}

#[test]
fn a_stop_asks_first() {
    let folder = tempfile::tempdir().unwrap();
    let [asked, ready] = ["asked", "ready"].map(|name| folder.path().join(name));
    let child = shell(&format!(
        "trap 'touch {}; exit 0' TERM; touch {}; while :; do sleep 0.01; done",
        asked.display(),
        ready.display()
    ));
    wait_for("the trap", || ready.exists());
    let stopped = child.stop(Duration::from_secs(20)).unwrap();
    assert_eq!(stopped.killed, 0);
    assert!(asked.exists());
}

#[test]
fn a_stop_kills_a_tree_that_does_not_listen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    // One in the group, one in a session of its own whose parent has ended.
    let child = shell(&format!(
        "trap '' TERM; \
         (setsid sh -c 'echo $$ >> {file}; while :; do sleep 1000; done' &); \
         sh -c 'echo $$ >> {file}; exec sleep 1000' & \
         while :; do sleep 1000; done",
        file = file.display()
    ));
    let mut all = pids(&file, 2);
    all.push(child.pid());
    wait_for("them all", || all.iter().all(|&pid| runs(pid)));
    let stopped = child.stop(Duration::from_millis(100)).unwrap();
    assert!(stopped.killed >= 3, "{stopped:?}");
    for pid in all {
        assert!(
            read_stat(pid).is_err(),
            "{pid} is left, if only as a zombie"
        );
    }
}

#[test]
fn a_drop_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    let child = shell(&format!(
        "trap '' TERM; sh -c 'echo $$ > {}; exec sleep 1000' & wait",
        file.display()
    ));
    let mut all = pids(&file, 1);
    all.push(child.pid());
    drop(child);
    assert!(all.iter().all(|&pid| read_stat(pid).is_err()));
}

#[test]
fn leftovers_of_a_dead_harness_are_found_and_ended() {
    let mut dead = Command::new("true").spawn().unwrap();
    dead.wait().unwrap();
    let labelled = Command::new("sleep")
        .arg("1001")
        .env("TOLLGATE_RUN", dead.id().to_string())
        .spawn()
        .unwrap();
    // One that has written over its environment, in a folder that is marked.
    let folder = tempfile::tempdir().unwrap();
    mark_folder(folder.path()).unwrap();
    let mark = fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(
        fs::read_to_string(mark.path()).unwrap(),
        std::process::id().to_string()
    );
    fs::write(mark.path(), dead.id().to_string()).unwrap();
    let marked = Command::new("sleep")
        .arg("1002")
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .current_dir(folder.path())
        .spawn()
        .unwrap();
    // One of this harness, which lives.
    let own = shell("exec sleep 1003");

    let found = sweep().unwrap();
    for (mut child, command) in [(labelled, "sleep 1001"), (marked, "sleep 1002")] {
        let leftover = found.iter().find(|leftover| leftover.pid == child.id());
        let leftover = leftover.unwrap_or_else(|| panic!("{command} is not in {found:?}"));
        assert_eq!(leftover.command, command);
        assert_eq!(leftover.harness, dead.id());
        assert!(!runs(child.id()));
        child.wait().unwrap();
    }
    assert!(runs(own.pid()));
    assert!(found.iter().all(|leftover| leftover.pid != own.pid()));
}
