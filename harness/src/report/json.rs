//! Every figure as one JSON document; the fields are the columns of the CSV.

use serde::Serialize;

use crate::journal::Run;
use crate::measured::{Measured, Reason};
use crate::summary::Summary;

/// Version of the document's shape.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    blocks: u32,
    figures: Vec<Figure<'a>>,
    failures: &'a [String],
    run: &'a Run,
}

#[derive(Serialize)]
struct Figure<'a> {
    entrant: &'a str,
    workload: Option<&'static str>,
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
        workload: figure.key.workload.map(workload::Workload::name),
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
        run: &summary.run,
    })
}
