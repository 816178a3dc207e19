//! The highest rates within limits of overhead.

use harness::journal::{FrontierLimit, Journal, Phase, Sample};
use harness::plan::Profile;

use super::made_up::{journal, row, section};

/// A run of the profile for AWS in which the frontier was searched in three
/// blocks; in the last, `slow` carried nothing within a millisecond.
fn searched() -> Journal {
    let mut journal = journal(10, |_| 3_000.0, |_| 200.0);
    journal.run.profile = Profile::named("aws").expect("a profile");
    for block in 1..=3 {
        for (entrant, rate) in [("reference", 20_000.0), ("slow", 500.0)] {
            let mut sample = Sample::new(
                &format!("{block}-{entrant}"),
                block,
                entrant,
                Phase::Frontier,
            );
            sample.workload = Some("chat".to_owned());
            sample.frontier = [1, 5, 10, 50]
                .map(|limit| {
                    let refused = entrant == "slow" && limit == 1 && block == 3;
                    FrontierLimit {
                        p99_overhead_ms: limit,
                        rate_rps: (!refused).then_some(rate + 100.0 * f64::from(block)),
                        absent: refused.then(|| "p99 overhead of 1.20 ms".to_owned()),
                    }
                })
                .to_vec();
            journal.samples.push(sample);
        }
    }
    journal
}

#[test]
fn each_limit_has_its_highest_rate() {
    let table = section(&searched(), "Frontier of chat, requests a second").expect("the table");
    let reference = row(&table, &["reference"]);
    assert_eq!(reference.len(), 4);
    assert!(
        reference.iter().all(|cell| cell.starts_with("20,200")),
        "{reference:?}"
    );
    // Two blocks that carried something are not the figure of three.
    let slow = row(&table, &["slow"]);
    assert!(slow[0].starts_with("– ["), "{slow:?}");
    assert!(slow[1].starts_with("700"), "{slow:?}");
    // Who was not searched has a reason.
    assert!(row(&table, &["direct"])[0].starts_with("– ["));
}
