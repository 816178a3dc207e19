//! The report for people.

use std::fmt::Write as _;

use crate::cli::PointPacing;
use crate::frontier::{Frontier, LIMITS_MS};
use crate::point::Point;
use crate::record::Metric;
use comfy_table::{CellAlignment, Table, presets};

/// The points as a table, and below it what went wrong.
pub fn table(points: &[Point]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header([
        "workload",
        "load",
        "req/s",
        "p50",
        "p90",
        "p99",
        "max",
        "first byte",
        "TTFT",
        "gap",
        "overhead",
        "lag p99",
        "wait p99",
        "n",
        "wrong",
    ]);
    for point in points {
        let recorder = &point.stretch.recorder;
        let quantile = |metric: Metric, quantile: f64| {
            let absent = point.why_absent(metric);
            match absent.or_else(|| point.why_percentile_absent(metric, quantile)) {
                Some(_) => "–".to_owned(),
                None => milliseconds(recorder.histogram(metric).value_at_quantile(quantile)),
            }
        };
        let whole = match point.pacing {
            PointPacing::Closed(_) => Metric::Service,
            PointPacing::Open(_) => Metric::Response,
        };
        table.add_row([
            point.workload.name().to_owned(),
            point.pacing.to_string(),
            point
                .achieved_rps()
                .map_or("–".to_owned(), |rate| format!("{rate:.0}")),
            quantile(whole, 0.5),
            quantile(whole, 0.9),
            quantile(whole, 0.99),
            quantile(whole, 1.0),
            quantile(Metric::FirstByte, 0.5),
            quantile(Metric::Ttft, 0.5),
            quantile(Metric::Gap, 0.5),
            quantile(Metric::Overhead, 0.5),
            quantile(Metric::SendLag, 0.99),
            quantile(Metric::QueueWait, 0.99),
            recorder.ok().to_string(),
            (recorder.total() - recorder.ok()).to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!(
        "{table}\nTimes in ms, of right answers only. p50 to max: to the complete answer, from \
         sending (closed loop) or from the planned moment (open loop). First byte, TTFT, gap and \
         overhead: medians. Lag: the generator was late; wait: no connection was free. –: absent \
         (--json tells why).\n{}",
        wrong(points)
    )
}

/// The frontiers as a table.
pub fn frontier_table(frontiers: &[Frontier]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    let limits = LIMITS_MS.map(|ms| format!("p99 ≤ {ms} ms"));
    let headers = ["workload", "capacity"].map(str::to_owned);
    let streams = ["paced streams at once".to_owned()];
    table.set_header(headers.into_iter().chain(limits).chain(streams));
    let mut notes = String::new();
    let rate = |rate: f64| format!("{rate:.0}");
    for frontier in frontiers {
        let mut row = vec![
            frontier.workload.name().to_owned(),
            frontier.capacity_rps.map_or("–".to_owned(), rate),
        ];
        for (limit_ms, carried) in &frontier.limits {
            row.push(match carried {
                Ok(carried) => rate(*carried),
                Err(reason) => {
                    // Writing to a string cannot fail.
                    let _ = writeln!(notes, "{}, {limit_ms} ms: {reason}", frontier.workload);
                    "–".to_owned()
                }
            });
        }
        row.push(match &frontier.streams {
            None => "–".to_owned(),
            Some(Ok(streams)) => streams.to_string(),
            Some(Err(reason)) => {
                // Writing to a string cannot fail.
                let _ = writeln!(notes, "{}, paced streams: {reason}", frontier.workload);
                "–".to_owned()
            }
        });
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!(
        "{table}\nRequests a second: the highest of the closed loop, and the highest of an open \
         loop with a p99 overhead within the limit and no wrong answer. Paced streams: where the \
         backend paces them, how many were carried at once with the p99 of a piece's overhead \
         within 50 ms, up to --max-connections.\n{notes}"
    )
}

fn wrong(points: &[Point]) -> String {
    let mut lines = String::new();
    for point in points {
        let recorder = &point.stretch.recorder;
        for (outcome, count) in recorder.wrong() {
            let why = recorder
                .examples()
                .get(outcome)
                .map_or(String::new(), |why| format!(": {why}"));
            // Writing to a string cannot fail.
            let _ = writeln!(
                lines,
                "{}, {}: {count} × {outcome}{why}",
                point.workload, point.pacing
            );
        }
    }
    lines
}

fn milliseconds(ns: u64) -> String {
    format!("{:.3}", ns as f64 / 1e6)
}
