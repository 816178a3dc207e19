//! Every figure as one JSON document; the fields are the columns of the CSV.

use serde::Serialize;

use crate::journal::Run;
use crate::measured::{Measured, Reason};
use crate::summary::{Cell, Summary, TWIN_LEVEL};

/// Version of the document's shape.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    blocks: u32,
    figures: Vec<Figure<'a>>,
    failures: &'a [String],
    left_out: Vec<LeftOut<'a>>,
    /// `null` where the twins were not measured together in blocks enough.
    twins: Option<Twins>,
    /// Empty under six blocks.
    rankings: Vec<Ranking<'a>>,
    /// `null` where the journal does not tell.
    steal: Option<Steal<'a>>,
    run: &'a Run,
}

#[derive(Serialize)]
struct LeftOut<'a> {
    entrant: &'a str,
    trials: usize,
    why: &'a str,
}

/// The reference gateway against itself.
#[derive(Serialize)]
struct Twins {
    /// Below this adjusted p a cell is not ranked.
    level: f64,
    can_fail: bool,
    cells: Vec<TwinCell>,
}

#[derive(Serialize)]
struct TwinCell {
    metric: &'static str,
    workload: Option<&'static str>,
    blocks: usize,
    adjusted_p: f64,
    differ: bool,
}

#[derive(Serialize)]
struct Ranking<'a> {
    metric: &'static str,
    workload: Option<&'static str>,
    more_is_better: bool,
    #[serde(flatten)]
    places: Places<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Places<'a> {
    /// The best first.
    Places(Vec<Place<'a>>),
    NotRanked(&'a str),
}

#[derive(Serialize)]
struct Place<'a> {
    entrant: &'a str,
    /// Than the one before it; else it is a tie.
    significantly_worse: bool,
}

/// Parts of the CPU time of all CPUs that a hypervisor took.
#[derive(Serialize)]
struct Steal<'a> {
    share: f64,
    worst_share: f64,
    worst_trial: &'a str,
}

#[derive(Serialize)]
struct Figure<'a> {
    entrant: &'a str,
    workload: Option<String>,
    phase: &'static str,
    level: Option<u32>,
    metric: &'static str,
    unit: &'static str,
    #[serde(flatten)]
    value: Value<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Estimate {
        value: f64,
        low: f64,
        high: f64,
        n: u64,
        pooled: bool,
    },
    Absent {
        absent: &'a Reason,
        why: String,
    },
}

pub(super) fn render(summary: &Summary) -> Result<String, serde_json::Error> {
    let figures = summary.figures.iter().map(|figure| Figure {
        entrant: &figure.entrant,
        workload: figure.key.workload_name(),
        phase: figure.key.phase.name(),
        level: figure.key.level,
        metric: figure.key.metric.name(),
        unit: figure.key.metric.unit(),
        value: match &figure.value {
            Measured::Value(estimate) => Value::Estimate {
                value: estimate.value,
                low: estimate.low,
                high: estimate.high,
                n: estimate.n,
                pooled: estimate.pooled,
            },
            Measured::Absent { absent } => Value::Absent {
                absent,
                why: absent.to_string(),
            },
        },
    });
    serde_json::to_string_pretty(&Document {
        schema: SCHEMA,
        blocks: summary.blocks,
        figures: figures.collect(),
        failures: &summary.failures,
        left_out: left_out(summary),
        twins: twins(summary),
        rankings: rankings(summary),
        steal: summary.stolen.as_ref().map(|stolen| Steal {
            share: stolen.share,
            worst_share: stolen.worst_share,
            worst_trial: &stolen.worst,
        }),
        run: &summary.run,
    })
}

fn left_out(summary: &Summary) -> Vec<LeftOut<'_>> {
    let all = summary.left_out.iter();
    all.map(|one| LeftOut {
        entrant: &one.entrant,
        trials: one.trials,
        why: &one.why,
    })
    .collect()
}

fn twins(summary: &Summary) -> Option<Twins> {
    let twins = summary.twins.as_ref()?;
    let cells = twins.cells.iter().map(|one| TwinCell {
        metric: one.cell.metric.name(),
        workload: workload_of(one.cell),
        blocks: one.blocks,
        adjusted_p: one.adjusted_p,
        differ: one.adjusted_p < TWIN_LEVEL,
    });
    Some(Twins {
        level: TWIN_LEVEL,
        can_fail: twins.can_fail(),
        cells: cells.collect(),
    })
}

fn rankings(summary: &Summary) -> Vec<Ranking<'_>> {
    let all = summary.rankings.iter();
    all.map(|ranking| Ranking {
        metric: ranking.cell.metric.name(),
        workload: workload_of(ranking.cell),
        more_is_better: ranking.cell.metric.more_is_better(),
        places: match &ranking.places {
            Ok(places) => Places::Places(
                places
                    .iter()
                    .map(|place| Place {
                        entrant: &place.entrant,
                        significantly_worse: place.is_worse,
                    })
                    .collect(),
            ),
            Err(why) => Places::NotRanked(why),
        },
    })
    .collect()
}

fn workload_of(cell: Cell) -> Option<&'static str> {
    cell.workload.map(workload::Workload::name)
}
