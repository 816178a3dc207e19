//! One figure a line.
//!
//! Columns: `run` (its name), `entrant`, `workload` (empty for a figure of the
//! whole trial; `messages>chat` where an entrant translated what clients of one
//! dialect asked for into another, which its provider speaks; `chat-stream@20ms`
//! where the pieces of streams came 20 ms apart), `phase`, `level`
//! (number of workers, or the rate of an open loop), `metric`, `value`, `low`
//! and `high` (95% interval; the range below six blocks), `n` (observations it
//! stands on: blocks, or samples where a percentile is pooled), `unit`,
//! `absent` (why there is no value).

use crate::measured::Measured;
use crate::summary::{Figure, Summary};

const COLUMNS: [&str; 12] = [
    "run", "entrant", "workload", "phase", "level", "metric", "value", "low", "high", "n", "unit",
    "absent",
];

pub(super) fn render(
    summary: &Summary,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for figure in &summary.figures {
        writer.write_record(record(&summary.run.run, figure))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn record(run: &str, figure: &Figure) -> [String; 12] {
    let key = &figure.key;
    let [value, low, high, n, absent] = match &figure.value {
        Measured::Value(estimate) => [
            estimate.value.to_string(),
            estimate.low.to_string(),
            estimate.high.to_string(),
            estimate.n.to_string(),
            String::new(),
        ],
        Measured::Absent { absent } => {
            let none = String::new;
            [none(), none(), none(), none(), absent.to_string()]
        }
    };
    [
        run.to_owned(),
        figure.entrant.clone(),
        key.workload_name().unwrap_or_default(),
        key.phase.name().to_owned(),
        key.level.map_or(String::new(), |level| level.to_string()),
        key.metric.name().to_owned(),
        value,
        low,
        high,
        n,
        key.metric.unit().to_owned(),
        absent,
    ]
}
