//! The figures published in June 2026 beside those of a run.

use harness::journal::{Journal, Phase};
use harness::plan::Profile;

use super::made_up::{journal, row, section};

/// A run by the published method, with two of the published gateways.
fn by_the_published_method() -> Journal {
    let mut journal = journal(2, |_| 3_000.0, |_| 200.0);
    journal.run.profile = Profile::named("published").expect("a profile");
    rename(&mut journal, "reference", "gomodel");
    rename(&mut journal, "slow", "litellm");
    for sample in &mut journal.samples {
        if sample.phase == Phase::Capacity {
            sample.level = Some(16);
        }
        if let Some(point) = &mut sample.point
            && sample.entrant == "litellm"
        {
            point.achieved_rps = Some(324.0);
        }
    }
    journal
}

fn rename(journal: &mut Journal, from: &str, to: &str) {
    for record in &mut journal.run.entrants {
        if record.name == from {
            record.name = to.to_owned();
        }
    }
    let samples = journal.samples.iter_mut().map(|one| &mut one.entrant);
    let trials = journal.trials.iter_mut().map(|one| &mut one.entrant);
    for name in samples.chain(trials).filter(|name| *name == from) {
        *name = to.to_owned();
    }
}

const FIGURES: &str = "Published on 2026-06-26, and reproduced";

#[test]
fn each_published_figure_stands_beside_its_own() {
    let table = section(&by_the_published_method(), FIGURES).expect("the table");
    let row_of = |entrant: &str, metric: &str| {
        let found = table
            .grid
            .rows
            .iter()
            .find(|row| row[0] == entrant && row[1] == "chat" && row[2].starts_with(metric));
        found
            .unwrap_or_else(|| panic!("{entrant} {metric}"))
            .clone()
    };
    assert_eq!(
        row_of("litellm", "capacity_c16"),
        [
            "litellm",
            "chat",
            "capacity_c16, req/s",
            "yes",
            "324",
            "324",
            "324",
            "324",
            "1.00"
        ]
    );
    let gomodel = row_of("gomodel", "capacity_c16");
    assert_eq!(gomodel[3..5], ["no", "4,930"]);
    assert!(gomodel[8].starts_with("0.6"), "{gomodel:?}");
    // What was not measured is there with its reason.
    let cold = row_of("gomodel", "cold_start");
    assert!(cold[5].starts_with("– ["), "{cold:?}");
    // The run without a gateway has its published counterpart.
    assert_eq!(row_of("baseline", "capacity_c16")[4], "29,700");
    assert!(
        table.note.contains("not in this run: bifrost, portkey"),
        "{}",
        table.note
    );
}

#[test]
fn the_order_of_the_gateways_then_and_now() {
    let table = section(
        &by_the_published_method(),
        "The ranking, published and reproduced",
    )
    .expect("the table");
    let same = ["yes", "gomodel, litellm", "gomodel, litellm"];
    assert_eq!(row(&table, &["throughput, c=16"]), same);
    // Swapped, they differ, and what was not measured is not ranked.
    let mut swapped = by_the_published_method();
    for point in swapped
        .samples
        .iter_mut()
        .filter_map(|one| one.point.as_mut())
    {
        point.achieved_rps = point.achieved_rps.map(|rate| 1e6 / rate);
    }
    let table = section(&swapped, "The ranking, published and reproduced").expect("the table");
    let differ = ["no", "gomodel, litellm", "litellm, gomodel"];
    assert_eq!(row(&table, &["throughput, c=16"]), differ);
    assert!(table.grid.rows.iter().all(|row| row[0] != "cold start"));
}

#[test]
fn what_differs_is_said() {
    let table = section(
        &by_the_published_method(),
        "What differs between then and now",
    );
    let rows = table.expect("the table").grid.rows;
    assert!(rows.iter().any(|row| row[0] == "version of gomodel"));
    assert!(rows.iter().any(|row| row[0] == "generator"));
}

#[test]
fn another_method_is_not_compared() {
    let mut other = by_the_published_method();
    other.run.profile = Profile::named("full").expect("a profile");
    assert!(section(&other, FIGURES).is_none());
    let mut own = journal(2, |_| 3_000.0, |_| 200.0);
    own.run.profile = Profile::named("published").expect("a profile");
    assert!(
        section(&own, FIGURES).is_none(),
        "none of its gateways was published"
    );
}
