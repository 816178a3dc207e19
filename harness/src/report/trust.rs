//! What stands for and against a run.

use workload::Workload;

use super::grid::{Grid, Section};
use super::number::significant;
use crate::measured::Measured;
use crate::stats::MIN_BLOCKS_TO_RANK;
use crate::summary::{
    DIRECT, Metric, Primary, REFERENCE, RELAY, Summary, TWIN, TWIN_LEVEL, blocks_to_rank,
};

/// From this part of a trial's CPU time on, what the hypervisor took may have
/// moved its figures.
const STOLEN_MUCH: f64 = 0.01;

/// One line of the table: what was checked, what was found, what follows.
type Row = [String; 3];

pub(super) fn section(summary: &Summary) -> Section {
    let mut grid = Grid::new(3, ["check", "found", "so"]);
    let rows = [
        blocks(summary),
        twins(summary),
        relay(summary),
        ceiling(summary),
        stolen(summary),
        failures(summary),
        wrong(summary),
        ranked(summary),
    ];
    grid.rows.extend(rows.map(Vec::from));
    grid.rows.extend(left_out(summary).map(Vec::from));
    grid.rows.extend(mixed(summary).map(Vec::from));
    Section {
        title: "Can this run be trusted?".to_owned(),
        note: "The controls and the rig, before any figure of a gateway.".to_owned(),
        grid,
    }
}

fn row(check: &str, found: impl Into<String>, so: impl Into<String>) -> Row {
    [check.to_owned(), found.into(), so.into()]
}

fn blocks(summary: &Summary) -> Row {
    let (done, planned) = (summary.blocks, summary.run.profile.blocks);
    let so = if summary.is_ranked() {
        "enough for intervals and ranks".to_owned()
    } else {
        format!("under {MIN_BLOCKS_TO_RANK}: ranges instead of intervals, no ranks")
    };
    row("blocks", format!("{done} of {planned}"), so)
}

fn twins(summary: &Summary) -> Row {
    let check = format!("{REFERENCE} against {TWIN}");
    let Some(twins) = &summary.twins else {
        let missing = [REFERENCE, TWIN]
            .into_iter()
            .find(|twin| summary.run.entrants.iter().all(|one| one.name != *twin));
        return match missing {
            Some(twin) => row(&check, format!("no {twin} in this run"), "not controlled"),
            None => row(
                &check,
                format!("measured together in fewer than {MIN_BLOCKS_TO_RANK} blocks"),
                "not controlled",
            ),
        };
    };
    let failed: Vec<String> = twins.failed().map(|one| one.cell.to_string()).collect();
    let found = format!(
        "{} figures compared, smallest p {} (Holm), {} below {TWIN_LEVEL}",
        twins.cells.len(),
        significant(twins.smallest_p()),
        failed.len(),
    );
    let so = if !failed.is_empty() {
        format!("not ranked: {}", failed.join(", "))
    } else if twins.can_fail() {
        "no difference where there is none".to_owned()
    } else {
        format!(
            "says nothing: with so many figures it cannot fail under {} blocks",
            twins.blocks_to_fail()
        )
    };
    row(&check, found, so)
}

fn relay(summary: &Summary) -> Row {
    let check = "the null proxy";
    if summary.run.entrants.iter().all(|one| one.name != RELAY) {
        return row(check, format!("no {RELAY} in this run"), "not controlled");
    }
    let key = Primary::OverheadP50.key(&summary.run.profile, Workload::ALL[0]);
    match key.map(|key| summary.get(RELAY, &key)) {
        Some(Measured::Value(estimate)) => row(
            check,
            format!(
                "{} {} of chat {} µs",
                RELAY,
                Primary::OverheadP50.name(),
                significant(estimate.value)
            ),
            "what standing in between costs by itself",
        ),
        Some(Measured::Absent { absent }) => row(check, absent.to_string(), "not controlled"),
        None => row(check, "this profile measures no overhead", "not controlled"),
    }
}

fn ceiling(summary: &Summary) -> Row {
    let check = "the rig's ceiling";
    let key = Primary::Capacity.key(&summary.run.profile, Workload::ALL[0]);
    if key.is_none_or(|key| summary.get(DIRECT, &key).value().is_none()) {
        return row(check, format!("no capacity of {DIRECT}"), "unknown");
    }
    let near: Vec<String> = summary
        .capacities_near_ceiling()
        .into_iter()
        .map(|(entrant, workloads)| {
            let names: Vec<&str> = workloads.into_iter().map(Workload::name).collect();
            format!("{entrant} ({})", names.join(", "))
        })
        .collect();
    if near.is_empty() {
        row(
            check,
            "no capacity within 20% of it",
            "the rig limited none",
        )
    } else {
        row(
            check,
            format!("within 20% of it: {}", near.join(", ")),
            "these capacities (‡) may be the rig's",
        )
    }
}

fn stolen(summary: &Summary) -> Row {
    let check = "CPU stolen by the hypervisor";
    let Some(stolen) = &summary.stolen else {
        return row(check, "not recorded", "unknown");
    };
    let percent = |share: f64| format!("{}%", significant(100.0 * share));
    let so = if stolen.worst_share < STOLEN_MUCH {
        "too little to matter"
    } else {
        "trials that lost more look slower than they are"
    };
    row(
        check,
        format!(
            "{} of all CPU time; at most {} ({})",
            percent(stolen.share),
            percent(stolen.worst_share),
            stolen.worst
        ),
        so,
    )
}

fn failures(summary: &Summary) -> Row {
    match summary.failures.len() {
        0 => row(
            "trials that failed",
            "none",
            "every figure has all its blocks",
        ),
        count => row(
            "trials that failed",
            count.to_string(),
            "their figures stand on fewer blocks",
        ),
    }
}

fn left_out(summary: &Summary) -> Option<Row> {
    if summary.left_out.is_empty() {
        return None;
    }
    let all: Vec<String> = summary
        .left_out
        .iter()
        .map(|one| format!("{} of {}: {}", one.trials, one.entrant, one.why))
        .collect();
    let so = "the figures of those entrants stand on fewer blocks, and have no range with one";
    Some(row("trials left out", all.join("; "), so))
}

fn mixed(summary: &Summary) -> Option<Row> {
    let mut mixed = Vec::new();
    for (entrant, coverage) in &summary.coverage {
        for one in coverage {
            if let Some(provider) = one.mixed_with {
                mixed.push(format!(
                    "{entrant} ({}, in part as {provider})",
                    one.workload
                ));
            }
        }
    }
    if mixed.is_empty() {
        return None;
    }
    let so = "their figures are of two things at once: configure one provider a dialect";
    Some(row("translated now and then", mixed.join(", "), so))
}

fn wrong(summary: &Summary) -> Row {
    let check = "wrong answers under load";
    let wrong: Vec<String> = summary
        .figures
        .iter()
        .filter(|figure| figure.key.metric == Metric::Wrong)
        .filter_map(|figure| {
            let estimate = figure.value.value().filter(|one| one.value > 0.0)?;
            let key = &figure.key;
            Some(format!(
                "{} {} {} {}: {}‰",
                figure.entrant,
                key.phase.name(),
                key.workload_name().unwrap_or_default(),
                key.level.unwrap_or_default(),
                significant(estimate.value)
            ))
        })
        .collect();
    if wrong.is_empty() {
        return row(check, "none", "every timed load was answered right");
    }
    row(
        check,
        wrong.join("; "),
        "rates and times there are of the right answers alone",
    )
}

fn ranked(summary: &Summary) -> Row {
    let check = "ranked";
    if !summary.is_ranked() {
        return row(
            check,
            "nothing",
            format!("under {MIN_BLOCKS_TO_RANK} blocks no entrant is better than another"),
        );
    }
    if !summary.run.profile.ranks() {
        return row(
            check,
            "nothing",
            "this profile holds every entrant against itself alone",
        );
    }
    let rankings = summary.rankings.iter();
    let (ranked, not): (Vec<_>, Vec<_>) = rankings.partition(|one| one.places.is_ok());
    let found = format!("{} of {} figures", ranked.len(), ranked.len() + not.len());
    let needed = blocks_to_rank(&summary.run.profile);
    let so = if (summary.blocks as usize) < needed {
        format!("all are ties: under {needed} blocks no difference can be told from chance")
    } else {
        "~ is a tie as far as these blocks tell".to_owned()
    };
    row(check, found, so)
}
