//! Counts of instructions, as the bench prints them.

use std::fs;

use super::{Sides, refused, run};

#[test]
fn two_percent_more_are_tolerated_and_no_more() {
    let sides = Sides::new();
    let (base, head) = (sides.path("base.txt"), sides.path("head.txt"));
    fs::write(
        &base,
        "function             instructions\nscan 1000\ntrail 300\n",
    )
    .expect("a file");
    fs::write(
        &head,
        "function             instructions\nscan 1020\ntrail 300\n",
    )
    .expect("a file");
    let ran = run(&["instructions", &base, &head]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("+2.00%"), "{}", ran.stdout);
    fs::write(&head, "scan 1021\ntrail 300\n").expect("a file");
    let ran = run(&["instructions", &base, &head, "--markdown"]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("REGRESSION in 1 of 2 functions"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("| scan | 1000 | 1021 | +2.10% | REGRESSED |"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        run(&["instructions", &base, &head, "--limit", "3"]).status,
        0
    );
    fs::write(&head, "valgrind is not installed\n").expect("a file");
    refused(
        &["instructions", &base, &head],
        2,
        "head.txt: line 1: not a function",
    );
    refused(
        &["instructions", &base, "/nowhere"],
        2,
        "/nowhere: No such file",
    );
    refused(
        &["instructions", &base, &base, "--limit", "-1"],
        2,
        "unexpected argument '-1'",
    );
}
