//! `harness selftest gate`: recorded in sittings, judged from records.

use std::fs;

use super::{Sides, refused, run};

#[test]
fn records_go_on_where_they_ended_and_few_prove_nothing() {
    let sides = Sides::new();
    let out = sides.path("records");
    let args = [
        "selftest",
        "gate",
        "--out",
        &out,
        "--only",
        "relay-1.10",
        "--gates",
        "0",
        "--stretch",
        "50ms",
    ];
    let of_blocks = |blocks: &str| run(&[&args[..], &["--blocks", blocks]].concat());
    let recorded = || {
        let text = fs::read_to_string(format!("{out}/relay-1.10/blocks.jsonl")).expect("blocks");
        text.lines().count()
    };
    let first = of_blocks("1");
    assert_eq!(first.status, 4, "{}{}", first.stdout, first.stderr);
    assert!(
        first.stderr.contains("block 1 of 1, about "),
        "{}",
        first.stderr
    );
    assert_eq!(recorded(), 1);
    let second = of_blocks("2");
    assert!(second.stderr.contains("block 2 of 2"), "{}", second.stderr);
    assert!(!second.stderr.contains("block 1 of 2"), "{}", second.stderr);
    assert_eq!(recorded(), 2);
    let text = second.stdout.replace(['\n', ' ', '│', '┆'], "");
    assert!(text.contains("2of150"), "{}", second.stdout);
    let judged = run(&[&args[..], &["--judge"]].concat());
    assert_eq!(judged.status, 4);
    assert_eq!(judged.stdout, second.stdout);
    assert!(std::path::Path::new(&out).join("machine.json").exists());
}

/// A gate that is stopped between two blocks goes on with the next.
#[test]
fn a_real_gate_goes_on_in_the_next_sitting() {
    let sides = Sides::new();
    let out = sides.path("records");
    let args = [
        "selftest",
        "gate",
        "--out",
        &out,
        "--only",
        "same",
        "--blocks",
        "0",
        "--gates",
        "1",
        "--stretch",
        "50ms",
        "--for",
        "1s",
    ];
    let under_way = || {
        let text = fs::read_to_string(format!("{out}/same/blocks.jsonl")).expect("blocks");
        let of_gate = text.lines().filter(|line| line.starts_with("{\"gate\":1,"));
        of_gate.count()
    };
    let ran = run(&args);
    assert!(
        ran.stderr.contains("the time of this sitting is up"),
        "{}",
        ran.stderr
    );
    let before = under_way();
    assert!(before >= 1);
    let ran = run(&args);
    let next = format!("gate 1 of 1, block {}", before + 1);
    assert!(ran.stderr.contains(&next), "{}", ran.stderr);
    assert!(under_way() > before);
}

#[test]
fn the_worse_gateway_must_say_that_it_is() {
    let sides = Sides::new();
    let out = sides.path("records");
    let args = [
        "selftest",
        "gate",
        "--out",
        &out,
        "--only",
        "cpu-1.10",
        "--burning",
    ];
    let with = |program| [&args[..], &[program]].concat();
    refused(&with("gateway"), 2, "does not say that it burns a tenth");
    let missing = run(&with("no-such-gateway"));
    assert_eq!(missing.status, 4);
    assert!(
        missing.stderr.contains("--features burn-a-tenth"),
        "{}",
        missing.stderr
    );
    refused(
        &["selftest", "gate", "--out", &out, "--only", "sun"],
        2,
        "relay-1.10",
    );
}
