//! What stands for and against a run.

use workload::Workload;

use super::grid::{Grid, Section};
use super::number::significant;
use Verdict::{Good, Limits, Unknown};

use crate::journal::Phase;
use crate::measured::Measured;
use crate::stats::MIN_BLOCKS_TO_RANK;
use crate::summary::{
    DIRECT, Key, Metric, Primary, REFERENCE, RELAY, Summary, TWIN, TWIN_LEVEL, blocks_to_rank,
    common_rate,
};

/// From this part of a trial's CPU time on, what the hypervisor took may have
/// moved its figures.
const STOLEN_MUCH: f64 = 0.01;

/// What a check says of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It speaks for the run.
    Good,
    /// It limits what can be said.
    Limits,
    /// It could not be made.
    Unknown,
}

/// One check: what was looked at, what was found, what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) found: String,
    pub(super) so: String,
    pub(super) verdict: Verdict,
}

/// All checks of a run.
pub(super) fn checks(summary: &Summary) -> Vec<Check> {
    let always = [
        blocks(summary),
        twins(summary),
        relay(summary),
        ceiling(summary),
        lag(summary),
        stolen(summary),
        failures(summary),
        wrong(summary),
        ranked(summary),
    ];
    always
        .into_iter()
        .chain(left_out(summary))
        .chain(mixed(summary))
        .collect()
}

pub(super) fn section(summary: &Summary) -> Section {
    let mut grid = Grid::new(3, ["check", "found", "so"]);
    let checks = checks(summary).into_iter();
    grid.rows
        .extend(checks.map(|check| vec![check.name, check.found, check.so]));
    Section {
        title: "Can this run be trusted?".to_owned(),
        note: "The controls and the rig, before any figure of a gateway.".to_owned(),
        grid,
    }
}

fn row(verdict: Verdict, name: &str, found: impl Into<String>, so: impl Into<String>) -> Check {
    Check {
        name: name.to_owned(),
        found: found.into(),
        so: so.into(),
        verdict,
    }
}

fn blocks(summary: &Summary) -> Check {
    let (done, planned) = (summary.blocks, summary.run.profile.blocks);
    let (verdict, so) = if summary.is_ranked() {
        (Good, "enough for intervals and ranks".to_owned())
    } else {
        let so = format!("under {MIN_BLOCKS_TO_RANK}: ranges instead of intervals, no ranks");
        (Limits, so)
    };
    row(verdict, "blocks", format!("{done} of {planned}"), so)
}

fn twins(summary: &Summary) -> Check {
    let check = format!("{REFERENCE} against {TWIN}");
    let Some(twins) = &summary.twins else {
        let missing = [REFERENCE, TWIN]
            .into_iter()
            .find(|twin| summary.run.entrants.iter().all(|one| one.name != *twin));
        return match missing {
            Some(twin) => row(
                Unknown,
                &check,
                format!("no {twin} in this run"),
                "not controlled",
            ),
            None => row(
                Unknown,
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
    let (verdict, so) = if !failed.is_empty() {
        (Limits, format!("not ranked: {}", failed.join(", ")))
    } else if twins.can_fail() {
        (Good, "no difference where there is none".to_owned())
    } else {
        let so = format!(
            "says nothing: with so many figures it cannot fail under {} blocks",
            twins.blocks_to_fail()
        );
        (Unknown, so)
    };
    row(verdict, &check, found, so)
}

fn relay(summary: &Summary) -> Check {
    let check = "the null proxy";
    if summary.run.entrants.iter().all(|one| one.name != RELAY) {
        let found = format!("no {RELAY} in this run");
        return row(Unknown, check, found, "not controlled");
    }
    let key = Primary::OverheadP50.key(&summary.run.profile, Workload::ALL[0]);
    match key.map(|key| summary.get(RELAY, &key)) {
        Some(Measured::Value(estimate)) => row(
            Good,
            check,
            format!(
                "{} {} of chat {} µs",
                RELAY,
                Primary::OverheadP50.name(),
                significant(estimate.value)
            ),
            "what standing in between costs by itself",
        ),
        Some(Measured::Absent { absent }) => {
            row(Unknown, check, absent.to_string(), "not controlled")
        }
        None => row(
            Unknown,
            check,
            "this profile measures no overhead",
            "not controlled",
        ),
    }
}

fn ceiling(summary: &Summary) -> Check {
    let check = "the rig's ceiling";
    let key = Primary::Capacity.key(&summary.run.profile, Workload::ALL[0]);
    if key.is_none_or(|key| summary.get(DIRECT, &key).value().is_none()) {
        return row(
            Unknown,
            check,
            format!("no capacity of {DIRECT}"),
            "unknown",
        );
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
            Good,
            check,
            "no capacity within 20% of it",
            "the rig limited none",
        )
    } else {
        row(
            Limits,
            check,
            format!("within 20% of it: {}", near.join(", ")),
            "these capacities (‡) may be the rig's",
        )
    }
}

/// How late the generator itself was, where everyone had the same load.
fn lag(summary: &Summary) -> Check {
    let check = "the generator's lateness";
    let chat = Workload::ALL[0];
    let Some(rate) = common_rate(&summary.run.profile, chat) else {
        return row(
            Unknown,
            check,
            "this profile plans no send times",
            "unknown",
        );
    };
    let key = Key::of_load(Phase::Ladder, chat, Some(rate), Metric::SendLagP99);
    let entrants = summary.run.entrants.iter();
    let worst = entrants
        .filter_map(|one| {
            let lag = summary.get(&one.name, &key);
            Some((lag.value()?.value, one.name.as_str()))
        })
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match worst {
        Some((us, entrant)) => row(
            Good,
            check,
            format!(
                "p99 of chat at {rate} a second: at most {} µs ({entrant})",
                significant(us)
            ),
            "counted apart; a percentile at which it was late is absent",
        ),
        None => row(
            Unknown,
            check,
            format!("too few requests at {rate} a second for a p99"),
            "a percentile at which it was late is absent",
        ),
    }
}

fn stolen(summary: &Summary) -> Check {
    let check = "CPU stolen by the hypervisor";
    let Some(stolen) = &summary.stolen else {
        return row(Unknown, check, "not recorded", "unknown");
    };
    let percent = |share: f64| format!("{}%", significant(100.0 * share));
    let (verdict, so) = if stolen.worst_share < STOLEN_MUCH {
        (Good, "too little to matter")
    } else {
        (Limits, "trials that lost more look slower than they are")
    };
    row(
        verdict,
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

fn failures(summary: &Summary) -> Check {
    match summary.failures.len() {
        0 => row(
            Good,
            "trials that failed",
            "none",
            "every figure has all its blocks",
        ),
        count => row(
            Limits,
            "trials that failed",
            count.to_string(),
            "their figures stand on fewer blocks",
        ),
    }
}

fn left_out(summary: &Summary) -> Option<Check> {
    if summary.left_out.is_empty() {
        return None;
    }
    let all: Vec<String> = summary
        .left_out
        .iter()
        .map(|one| format!("{} of {}: {}", one.trials, one.entrant, one.why))
        .collect();
    let so = "the figures of those entrants stand on fewer blocks, and have no range with one";
    Some(row(Limits, "trials left out", all.join("; "), so))
}

fn mixed(summary: &Summary) -> Option<Check> {
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
    Some(row(Limits, "translated now and then", mixed.join(", "), so))
}

fn wrong(summary: &Summary) -> Check {
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
        return row(Good, check, "none", "every timed load was answered right");
    }
    row(
        Limits,
        check,
        wrong.join("; "),
        "rates and times there are of the right answers alone",
    )
}

fn ranked(summary: &Summary) -> Check {
    let check = "ranked";
    if !summary.is_ranked() {
        return row(
            Limits,
            check,
            "nothing",
            format!("under {MIN_BLOCKS_TO_RANK} blocks no entrant is better than another"),
        );
    }
    if !summary.run.profile.ranks() {
        return row(
            Good,
            check,
            "nothing",
            "this profile holds every entrant against itself alone",
        );
    }
    let rankings = summary.rankings.iter();
    let (ranked, not): (Vec<_>, Vec<_>) = rankings.partition(|one| one.places.is_ok());
    let found = format!("{} of {} figures", ranked.len(), ranked.len() + not.len());
    let needed = blocks_to_rank(&summary.run.profile);
    let (verdict, so) = if (summary.blocks as usize) < needed {
        let so =
            format!("all are ties: under {needed} blocks no difference can be told from chance");
        (Limits, so)
    } else {
        (Good, "~ is a tie as far as these blocks tell".to_owned())
    };
    row(verdict, check, found, so)
}
