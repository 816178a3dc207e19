//! Pass, regression, too noisy: what a user sees of each.

use super::{Sides, json, records, run};

/// What is the same passes, or was measured on a machine too busy to tell; it
/// is labelled.
#[test]
fn a_self_check_is_labelled() {
    let sides = Sides::new();
    let out = sides.out();
    let ran = run(&[
        "gate",
        "--base",
        "relay",
        "--head",
        "relay",
        "--out",
        &out,
        "--stretch",
        "100ms",
        "--budget",
        "90s",
    ]);
    assert!(
        [0, 3].contains(&ran.status),
        "{}: {}",
        ran.status,
        ran.stderr
    );
    let label = "self-check, base and head are the same";
    assert!(ran.stdout.contains(label), "{}", ran.stdout);
    assert!(ran.stderr.contains("about "), "time left: {}", ran.stderr);
    let report = json(&out, "gate.json");
    assert_eq!(report["exit_status"], ran.status);
    assert_eq!(report["self_check"], true);
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(5));
    assert!(report["machine"]["cpus"].is_number());
    let blocks = report["blocks"].as_u64().expect("a number");
    assert_eq!(records(&out, "trial").len() as u64, 3 * blocks);
    let loaded: Vec<String> = records(&out, "sample")
        .into_iter()
        .filter(|sample| sample["phase"] == "latency" && sample["block"] == 1)
        .map(|sample| sample["entrant"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(loaded.len() >= 12, "two workloads, two turns, three sides");
    for round in loaded.chunks(3) {
        assert_eq!(round, &loaded[..3], "they take turns: {loaded:?}");
    }
    if ran.status == 3 {
        assert!(ran.stdout.contains("What would help: "), "{}", ran.stdout);
    }
    let markdown = std::fs::read_to_string(format!("{out}/gate.md")).expect("it is there");
    assert!(
        markdown.starts_with("<!-- tollgate-gate -->\n# "),
        "{markdown}"
    );
    for part in [label, "| overhead p50, chat |", "Machine: ", "seed "] {
        assert!(markdown.contains(part), "{part}: {markdown}");
    }
}

/// Two blocks are enough, however fast they come.
#[test]
fn wrong_answers_are_a_regression() {
    let sides = Sides::new();
    let base = sides.provider("base", "");
    let head = sides.provider("head", "--fault-rate wrong-text=0.05");
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
        "100ms",
    ]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("REGRESSION"), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("head answers wrongly under load (wrong-body in "),
        "{}",
        ran.stdout
    );
    assert_eq!(json(&out, "gate.json")["blocks"], 2);
}

/// 4 ms more, which no busy machine hides: suspected at the first look, and
/// confirmed by as many blocks again.
#[test]
fn a_slower_head_is_a_regression_once_it_is_confirmed() {
    let sides = Sides::new();
    let base = sides.relay("base", "");
    let head = sides.relay("head", "--delay 4ms");
    let policy = sides.path("gate.toml");
    std::fs::write(&policy, "primary = [\"overhead-p50/chat\"]\n").expect("a policy");
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
        "50ms",
        "--policy",
        &policy,
        "--budget",
        "5m",
        "--json",
    ]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["verdict"]["screening"], 12, "{}", report["verdict"]);
    assert_eq!(report["verdict"]["confirmation"], 12);
    assert_eq!(report["verdict"]["findings"][0]["state"], "regressed");
    assert!(
        ran.stderr.contains("confirming a suspicion"),
        "{}",
        ran.stderr
    );
    let why = report["why"][0].as_str().expect("a sentence");
    assert!(
        why.contains("in the blocks of the confirmation alone"),
        "{why}"
    );
}
