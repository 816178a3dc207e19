//! `harness compare`: entrants side by side, and stored runs.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Sides, refused, run};

#[test]
fn two_entrants_in_one_job() {
    let sides = Sides::new();
    let slow = sides.relay("slow", "--delay 4ms");
    let out = sides.out();
    let args = [
        "compare",
        "relay",
        &slow,
        "--blocks",
        "6",
        "--stretch",
        "50ms",
        "--seed",
        "3",
        "--out",
        &out,
    ];
    let ran = run(&args);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let line = |name: &str| {
        let found = ran.stdout.lines().find(|line| line.contains(name));
        found
            .unwrap_or_else(|| panic!("{name}: {}", ran.stdout))
            .to_owned()
    };
    let overhead = line("overhead p50, chat ");
    assert!(
        overhead.contains("(p=0.031 n=6)") && overhead.contains('+'),
        "{overhead}"
    );
    assert!(line("capacity c=10, chat ").contains('-'));
    for name in [
        "CPU a request, chat-stream",
        "memory under load",
        "memory idle",
        "cold start",
    ] {
        line(name);
    }
    assert!(line("workloads served").contains("6 of 6"));
    assert!(line("size on disk").contains("MB"));
    assert!(ran.stdout.contains("seed 3"), "{}", ran.stdout);
    assert!(ran.stdout.contains(&out), "where it is: {}", ran.stdout);

    // Each load was taken in turns, and is one figure.
    let report = run(&["report", &out, "--format", "csv"]);
    assert_eq!(report.status, 0, "{}", report.stderr);
    let figures: Vec<Vec<&str>> = report
        .stdout
        .lines()
        .map(|line| line.split(',').take(6).collect())
        .collect();
    let of_load = figures.iter().filter(|figure| figure[3] == "latency");
    assert!(of_load.count() > 10, "{}", report.stdout);
    for (at, figure) in figures.iter().enumerate() {
        assert!(!figures[..at].contains(figure), "twice: {figure:?}");
    }
}

/// The committed runs that hold entrants against each other, the shortest
/// journal first.
fn stored() -> Vec<PathBuf> {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results");
    let mut folders: Vec<PathBuf> = fs::read_dir(results)
        .expect("results")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let journal = fs::read_to_string(path.join("journal.jsonl")).unwrap_or_default();
            let run = journal.lines().next().unwrap_or_default();
            !run.is_empty() && !run.contains(r#""name":"translation""#)
        })
        .collect();
    let length =
        |path: &PathBuf| fs::metadata(path.join("journal.jsonl")).map_or(0, |one| one.len());
    folders.sort_by_key(length);
    folders
}

#[test]
fn a_stored_run_with_itself_and_on_another_machine() {
    let folders = stored();
    let folder = folders[0].to_str().expect("text");
    let same = run(&["compare", folder, folder]);
    assert_eq!(same.status, 0, "{}", same.stderr);
    assert!(
        same.stdout.contains("call themselves the same"),
        "{}",
        same.stdout
    );
    assert!(!same.stdout.contains("means little"));

    let sides = Sides::new();
    let other = sides.0.path().join("other");
    fs::create_dir_all(&other).expect("a folder");
    let journal = fs::read_to_string(folders[0].join("journal.jsonl")).expect("a journal");
    let (run_record, rest) = journal.split_once('\n').expect("lines");
    let mut record: serde_json::Value = serde_json::from_str(run_record).expect("a record");
    record["machine"]["cpu_model"] = "Another CPU".into();
    fs::write(other.join("journal.jsonl"), format!("{record}\n{rest}")).expect("a journal");
    let other = other.to_str().expect("text");
    let differ = run(&["compare", folder, other]);
    assert_eq!(differ.status, 0, "{}", differ.stderr);
    let text = differ.stdout.replace(['\n', ' '], "");
    assert!(text.contains("meanslittle:cpumodel:"), "{}", differ.stdout);
    assert!(text.contains("AnotherCPU"), "{}", differ.stdout);
    let as_json = run(&["compare", folder, other, "--json"]);
    let said: serde_json::Value = serde_json::from_str(&as_json.stdout).expect("JSON");
    assert_eq!(said["differences"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_run_and_an_entrant_cannot_be_compared() {
    let folders = stored();
    let folder = folders[0].to_str().expect("text");
    refused(
        &["compare", folder, "relay"],
        2,
        "compare two runs or two entrants",
    );
}
