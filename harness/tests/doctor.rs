//! `harness doctor`, as a user runs it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const PROBED: [&str; 17] = [
    "CPUs",
    "SMT siblings",
    "CPU frequency",
    "hypervisor",
    "clock",
    "open files",
    "ports of connections",
    "loopback",
    "Docker",
    "cgroup",
    "CPU quota",
    "other load",
    "memory",
    "harness",
    "mockbackend",
    "loadgen",
    "gateway",
];

fn harness() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_harness"))
}

fn doctor(program: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.arg("doctor").args(args).env("PATH", "");
    command.output().expect("the harness starts")
}

/// What a doctor that found its way said in JSON.
fn findings(output: &Output) -> Vec<Value> {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["schema"], 1);
    document["findings"].as_array().expect("findings").clone()
}

fn subjects(findings: &[Value]) -> Vec<&str> {
    let subjects = findings.iter().map(|one| one["subject"].as_str());
    subjects.map(|one| one.expect("a subject")).collect()
}

#[test]
fn every_probe_says_what_it_means_and_what_to_do() {
    let findings = findings(&doctor(harness(), &["--quick", "--json"]));
    assert_eq!(subjects(&findings), PROBED);
    for finding in &findings {
        for field in ["found", "meaning"] {
            assert_ne!(finding[field].as_str().expect("text"), "", "{finding}");
        }
        match finding["verdict"].as_str() {
            Some("good" | "unknown") => {}
            Some("beware") => assert!(finding["advice"].is_string(), "{finding}"),
            _ => panic!("no verdict: {finding}"),
        }
    }
}

#[test]
fn the_ceilings_are_measured() {
    for needed in ["mockbackend", "loadgen"] {
        let beside = harness().with_file_name(needed);
        assert!(
            beside.exists(),
            "{} is not built; run `cargo test --workspace`",
            beside.display()
        );
    }
    let findings = findings(&doctor(harness(), &["--json"]));
    let (_, ceilings) = findings.split_at(PROBED.len());
    assert_eq!(
        subjects(ceilings),
        ["ceiling of chat", "ceiling of chat-stream"]
    );
    for ceiling in ceilings {
        let found = ceiling["found"].as_str().expect("text");
        let (rate, rest) = found.split_once(' ').expect("a rate");
        assert!(rate.parse::<f64>().expect(found) > 100.0, "{found}");
        assert!(
            rest.starts_with("requests a second at 64 workers"),
            "{found}"
        );
        // Something worked for it; a clock tick of 10 ms is the least seen.
        for part in ["generator", "mock"] {
            let share = rest.split(&format!("{part} ")).nth(1).expect(found);
            let percent = share.split('%').next().expect(found);
            assert!(percent.parse::<f64>().expect(found) > 5.0, "{found}");
        }
        assert!(!found.contains("wrong"), "{found}");
    }
}

#[test]
fn programs_that_are_missing_are_findings_and_no_error() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let alone = folder.path().join("harness");
    // No copy: what another test starts meanwhile would hold it open for
    // writing, and then it cannot be run.
    std::fs::hard_link(harness(), &alone).expect("another name");
    let found = findings(&doctor(&alone, &["--json"]));
    for subject in ["mockbackend", "loadgen", "gateway"] {
        let finding = found.iter().find(|one| one["subject"] == subject);
        let finding = finding.expect("a finding");
        assert_eq!(finding["verdict"], "beware");
        assert_eq!(finding["found"], "neither beside the harness nor on PATH");
    }
    let ceiling = found.last().expect("a finding");
    assert_eq!(ceiling["subject"], "ceiling of chat-stream");
    assert_eq!(ceiling["verdict"], "beware");
}

#[test]
fn people_get_a_table() {
    let output = doctor(harness(), &["--quick"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("text");
    for subject in PROBED {
        assert!(
            text.contains(&format!("┆ {subject} ")),
            "{subject}:\n{text}"
        );
    }
    assert!(text.contains("what to do"));
    assert!(text.trim_end().ends_with("of 17 findings to beware of"));
}
