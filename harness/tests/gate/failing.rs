//! Sides that fail in the middle, gates that are cut off.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Sides, harness, program, records, refused, run};

#[test]
fn a_head_that_dies_in_the_middle() {
    let sides = Sides::new();
    let base = sides.relay("base", "");
    let mark = sides.path("it was here");
    let mock = program("mockbackend");
    // Its second start is its last.
    let head = sides.shell(
        "head",
        &format!(
            "if [ -e '{mark}' ]; then (sleep 0.6; kill -9 $$) & fi; touch '{mark}'; \
             exec {} relay --listen {{host}}:{{port}} --to {{mock_url}}",
            mock.display()
        ),
    );
    let out = sides.out();
    let ran = run(&[
        "gate",
        "--base",
        &base,
        "--head",
        &head,
        "--out",
        &out,
        "--stretch",
        "300ms",
    ]);
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("head failed in block 2"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("signal: 9"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains(&format!("--resume {out}")),
        "{}",
        ran.stderr
    );
    let kept = records(&out, "sample");
    let of = |side: &str, block: u32| {
        let is = |one: &&serde_json::Value| one["entrant"] == side && one["block"] == block;
        kept.iter().filter(is).count()
    };
    assert!(of("base", 1) > 5 && of("twin", 1) > 5 && of("head", 1) > 5);
    assert!(of("base", 2) > 5 && of("twin", 2) > 5, "theirs is kept");
}

#[test]
fn a_gate_that_was_cut_off_goes_on() {
    let sides = Sides::new();
    let base = sides.relay("base", "");
    let head = sides.relay("head", "--delay 1ms");
    let out = sides.out();
    let args = [
        "gate",
        "--base",
        &base,
        "--head",
        &head,
        "--stretch",
        "50ms",
        "--budget",
        "15s",
    ];
    let mut gate = harness()
        .args(args)
        .args(["--out", &out, "--seed", "7"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the harness starts");
    let begun = Instant::now();
    let journal = std::path::Path::new(&out).join("journal.jsonl");
    while !journal.exists() || records_so_far(&journal) < 4 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it measures nothing"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let asked = Command::new("kill")
        .args(["-INT", &gate.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(asked.success());
    let status = gate.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    let before = records(&out, "trial").len();

    let other = ["gate", "--base", &base, "--head", &base, "--resume", &out];
    refused(&other, 2, "the gate began with another head");
    let policy = sides.path("gate.toml");
    std::fs::write(&policy, "percent = 50").expect("a policy");
    let stricter = [&args[..], &["--resume", &out, "--policy", &policy]].concat();
    refused(&stricter, 2, "the gate began with another policy");
    let plan = std::path::Path::new(&out).join("plan.json");
    let ours = std::fs::read_to_string(&plan).expect("a plan");
    let rule = format!("{:?}", harness::gate::RULE);
    assert!(ours.contains(&rule), "{ours}");
    std::fs::write(&plan, ours.replace(&rule, "\"another/1\"")).expect("a plan");
    let resumed = [&args[..], &["--resume", &out]].concat();
    refused(&resumed, 2, "began by another rule, \"another/1\"");
    std::fs::write(&plan, ours).expect("a plan");
    let ran = run(&[&args[..], &["--resume", &out, "--json"]].concat());
    assert!(
        [1, 3].contains(&ran.status),
        "{}: {}",
        ran.status,
        ran.stderr
    );
    assert!(ran.stderr.contains("goes on after"), "{}", ran.stderr);
    assert!(records(&out, "trial").len() > before);
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(said["seed"], 7, "the seed is kept");
    assert_eq!(said["rule"], harness::gate::RULE);
    // More blocks after a verdict would be looks that nobody has declared.
    refused(
        &resumed,
        2,
        "has ended, and its verdict stands in gate.json",
    );
}

/// Trials of which the journal tells the end; its last line may be half.
fn records_so_far(journal: &std::path::Path) -> usize {
    let text = std::fs::read_to_string(journal).unwrap_or_default();
    text.matches("\"type\":\"trial\"").count()
}
