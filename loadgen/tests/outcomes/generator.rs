//! A run of loadgen that must have one outcome.

use std::process::Command;
use std::time::Duration;

use workload::Workload;

/// Ends a request soon that nothing will come of any more.
pub(crate) const IMPATIENT: [&str; 4] = ["--timeout", "1s", "--idle-gap", "400ms"];

/// Sends two requests, one after the other, and gives the one outcome that
/// both must have.
pub(crate) fn run_loadgen(
    workload: Workload,
    chunks: usize,
    target: &str,
    more: &[&str],
) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadgen"));
    command
        .args(["--url", &format!("http://{target}")])
        .args(["--workload", workload.name(), "--concurrency", "1"])
        .args(["--requests", "2", "--chunks", &chunks.to_string()])
        .arg("--json");
    // Longer than a busy machine stops a server that would go on.
    for limit in ["--timeout", "--idle-gap"] {
        if !more.contains(&limit) {
            command.args([limit, "4s"]);
        }
    }
    let started = std::time::Instant::now();
    let output = command.args(more).output().expect("loadgen starts");
    assert!(started.elapsed() < Duration::from_secs(10));
    let json = String::from_utf8(output.stdout).expect("text");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let point = &document["points"][0];
    let outcomes: Vec<(String, u64)> = point["outcomes"]
        .as_object()
        .expect("outcomes")
        .iter()
        .map(|(name, count)| (name.clone(), count.as_u64().expect("a count")))
        .filter(|(_, count)| *count > 0)
        .collect();
    let [(outcome, count)] = outcomes.as_slice() else {
        panic!("more than one outcome: {point}");
    };
    if outcome == "capped" {
        assert_eq!(*count, 1, "{point}");
    } else {
        assert_eq!(*count, 2, "{point}");
    }
    let timed = point["histograms"]["service_ns"]["n"].as_u64().unwrap_or(0);
    assert_eq!(timed, if outcome == "ok" { 2 } else { 0 }, "{point}");
    outcome.clone()
}
