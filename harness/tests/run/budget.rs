//! A run that has a budget of time.

use super::{of_type, out, records, run};

#[test]
fn a_run_over_its_budget_reports_what_it_has() {
    let (_folder, path) = out();
    let to = path.to_str().expect("text");
    // The load alone of one trial takes more than half of it.
    let ran = run(&[
        "run",
        "--profile",
        "smoke",
        "--runner",
        "process",
        "--entrants",
        "direct,relay",
        "--budget",
        "10s",
        "--out",
        to,
    ]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("stopped at the budget, before trial 2 of 2"),
        "{}",
        ran.stderr
    );
    assert!(ran.stdout.contains("Overview"), "{}", ran.stdout);
    let records = records(&path);
    assert_eq!(of_type(&records, "trial").len(), 1);
    let end = of_type(&records, "end")[0];
    assert_eq!(end["complete"], false);
    assert_eq!(end["over_budget"], true);
    // What was left out can be measured later.
    let resumed = run(&["run", "--resume", to]);
    assert_eq!(resumed.status, 0, "{}", resumed.stderr);
}

#[test]
fn an_estimate_measures_nothing() {
    let seconds = |entrants: &str| -> u64 {
        let ran = run(&[
            "run",
            "--profile",
            "aws",
            "--entrants",
            entrants,
            "--estimate",
        ]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        ran.stdout.trim().parse().expect("a number")
    };
    let two = seconds("direct,relay");
    assert!((600..2_400).contains(&two), "{two}");
    assert_eq!(seconds("direct,relay,nginx,portkey"), 2 * two);
    let unknown = run(&["run", "--entrants", "nobody", "--estimate"]);
    assert_eq!(unknown.status, 2, "{}", unknown.stderr);
}
