//! What a report says of a run's own controls.

use crate::made_up::{journal, row, section};

const TRUST: &str = "Can this run be trusted?";
const TWINS: &str = "reference against reference-twin";

#[test]
fn alike_twins_let_entrants_be_ranked() {
    let rate = |name: &str| match name {
        "direct" => 9_000.0,
        "slow" => 1_000.0,
        _ => 5_000.0,
    };
    let cpu_us = |name: &str| if name == "slow" { 500.0 } else { 50.0 };
    let journal = journal(13, rate, cpu_us);
    let trust = section(&journal, TRUST).expect("a section");
    let twins = row(&trust, &[TWINS]);
    assert!(twins[0].ends_with("0 below 0.01"), "{twins:?}");
    assert_eq!(twins[1], "no difference where there is none");
    assert_eq!(row(&trust, &["blocks"])[0], "13 of 12");
    assert_eq!(row(&trust, &["the null proxy"])[0], "no relay in this run");
    assert_eq!(
        row(&trust, &["the rig's ceiling"])[0],
        "no capacity within 20% of it"
    );
    let stolen = row(&trust, &["CPU stolen by the hypervisor"]);
    assert_eq!(
        stolen[0],
        "0.0962% of all CPU time; at most 5.00% (block 2, slow)"
    );
    let ranking = section(&journal, "Ranking").expect("a section");
    assert_eq!(
        row(&ranking, &["capacity", "chat"]),
        ["reference > slow"],
        "controls are left out"
    );
    assert_eq!(
        row(&ranking, &["CPU a request", "chat"]),
        ["reference < slow"]
    );
    assert_eq!(row(&ranking, &["memory peak", "all"]), ["reference ~ slow"]);
}

#[test]
fn twins_that_differ_take_the_rank_away_where_they_do() {
    let rate = |name: &str| match name {
        "reference-twin" => 6_000.0,
        "slow" => 1_000.0,
        _ => 5_000.0,
    };
    let journal = journal(13, rate, |_| 50.0);
    let trust = section(&journal, TRUST).expect("a section");
    assert_eq!(row(&trust, &[TWINS])[1], "not ranked: capacity of chat");
    let near = row(&trust, &["the rig's ceiling"]);
    assert_eq!(
        near[0],
        "within 20% of it: reference (chat), reference-twin (chat)"
    );
    let ranking = section(&journal, "Ranking").expect("a section");
    assert_eq!(
        row(&ranking, &["capacity", "chat"]),
        ["not ranked: the twins differ"]
    );
    assert_eq!(row(&ranking, &["memory peak", "all"]), ["reference ~ slow"]);
}

#[test]
fn a_control_that_cannot_fail_says_so() {
    let journal = journal(6, |_| 5_000.0, |_| 50.0);
    let trust = section(&journal, TRUST).expect("a section");
    // Capacity and CPU of chat, and memory: 3 × 2 / 2⁹ is above 0.01.
    assert_eq!(
        row(&trust, &[TWINS])[1],
        "says nothing: with so many figures it cannot fail under 10 blocks"
    );
    assert_eq!(
        row(&trust, &["ranked"])[1],
        "all are ties: under 8 blocks no difference can be told from chance"
    );
}

#[test]
fn under_six_blocks_nothing_is_ranked() {
    let journal = journal(5, |_| 5_000.0, |_| 50.0);
    assert_eq!(section(&journal, "Ranking"), None);
    let trust = section(&journal, TRUST).expect("a section");
    assert_eq!(row(&trust, &["ranked"])[0], "nothing");
    assert_eq!(
        row(&trust, &[TWINS]),
        ["measured together in fewer than 6 blocks", "not controlled"]
    );
}

#[test]
fn a_run_without_twins_is_not_controlled() {
    let mut journal = journal(6, |_| 5_000.0, |_| 50.0);
    journal
        .run
        .entrants
        .retain(|one| one.name != "reference-twin");
    journal
        .samples
        .retain(|one| one.entrant != "reference-twin");
    journal.trials.retain(|one| one.entrant != "reference-twin");
    let trust = section(&journal, TRUST).expect("a section");
    assert_eq!(
        row(&trust, &[TWINS]),
        ["no reference-twin in this run", "not controlled"]
    );
}
