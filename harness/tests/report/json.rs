//! What the JSON report holds beside the figures.

use harness::journal::TrialEnd;
use harness::report::{Format, render};
use harness::summary::Summary;
use serde_json::Value;

use crate::made_up::journal;

fn json(journal: &harness::journal::Journal) -> Value {
    let text = render(journal, &Summary::of(journal), Format::Json).expect("a report");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn twins_rankings_and_steal_are_told() {
    let rate = |name: &str| match name {
        "reference-twin" => 6_000.0,
        "slow" => 1_000.0,
        _ => 5_000.0,
    };
    let cpu_us = |name: &str| if name == "slow" { 500.0 } else { 50.0 };
    let report = json(&journal(13, rate, cpu_us));
    let find = |list: &Value, metric: &str| {
        let all = list.as_array().expect("a list").iter();
        let mut of_chat = all.filter(|one| one["workload"] == "chat");
        let found = of_chat.find(|one| one["metric"] == metric);
        found.expect("the metric").clone()
    };
    let twins = &report["twins"];
    assert_eq!(twins["level"], 0.01);
    assert_eq!(twins["can_fail"], true);
    assert_eq!(find(&twins["cells"], "capacity")["differ"], true);
    assert_eq!(find(&twins["cells"], "capacity")["blocks"], 13);
    assert_eq!(find(&twins["cells"], "CPU a request")["differ"], false);
    let capacity = find(&report["rankings"], "capacity");
    assert_eq!(capacity["not_ranked"], "the twins differ");
    let cpu = find(&report["rankings"], "CPU a request");
    assert_eq!(cpu["more_is_better"], false);
    let places = cpu["places"].as_array().expect("places");
    assert_eq!(places[0]["entrant"], "reference");
    assert_eq!(places[0]["significantly_worse"], false);
    assert_eq!(places[1]["entrant"], "slow");
    assert_eq!(places[1]["significantly_worse"], true);
    assert_eq!(report["steal"]["worst_share"], 0.05);
    assert_eq!(report["steal"]["worst_trial"], "block 2, slow");
}

#[test]
fn what_was_not_done_is_null_or_empty() {
    let mut journal = journal(3, |_| 5_000.0, |_| 50.0);
    for trial in &mut journal.trials {
        trial.stolen = None;
    }
    journal.trials[3].end = TrialEnd::Skipped("it starts slowly".to_owned());
    let report = json(&journal);
    assert_eq!(report["twins"], Value::Null);
    assert_eq!(report["steal"], Value::Null);
    assert_eq!(report["rankings"], Value::Array(Vec::new()));
    let left_out = &report["left_out"][0];
    assert_eq!(left_out["entrant"], "slow");
    assert_eq!(left_out["trials"], 1);
    assert_eq!(left_out["why"], "it starts slowly");
    assert_eq!(report["blocks"], 3, "a block without it is whole");
}
