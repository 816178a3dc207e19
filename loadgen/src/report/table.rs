//! The report for people.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use workload::Outcome;

use super::json::why_absent;
use crate::point::Point;
use crate::record::Metric;

/// The points as a table, and below it what went wrong.
pub fn table(points: &[Point]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header([
        "workload",
        "c",
        "req/s",
        "p50",
        "p90",
        "p99",
        "max",
        "first byte",
        "TTFT",
        "gap",
        "overhead",
        "n",
        "wrong",
    ]);
    for point in points {
        let recorder = &point.stretch.recorder;
        let quantile = |metric: Metric, quantile: f64| match why_absent(point, metric) {
            Some(_) => "–".to_owned(),
            None => milliseconds(recorder.histogram(metric).value_at_quantile(quantile)),
        };
        table.add_row([
            point.workload.name().to_owned(),
            point.concurrency.to_string(),
            point
                .achieved_rps()
                .map_or("–".to_owned(), |rate| format!("{rate:.0}")),
            quantile(Metric::Service, 0.5),
            quantile(Metric::Service, 0.9),
            quantile(Metric::Service, 0.99),
            quantile(Metric::Service, 1.0),
            quantile(Metric::FirstByte, 0.5),
            quantile(Metric::Ttft, 0.5),
            quantile(Metric::Gap, 0.5),
            quantile(Metric::Overhead, 0.5),
            recorder.ok().to_string(),
            (recorder.total() - recorder.ok()).to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!(
        "{table}\nTimes in ms. p50 to max: from sending to the complete answer, of right answers \
         only; first byte, TTFT, gap and overhead: medians; –: absent (--json tells why).\n{}",
        wrong(points)
    )
}

fn wrong(points: &[Point]) -> String {
    let mut lines = String::new();
    for point in points {
        let recorder = &point.stretch.recorder;
        for (outcome, count) in recorder.outcomes() {
            if *outcome == Outcome::Ok {
                continue;
            }
            let why = recorder
                .examples()
                .get(outcome)
                .map_or(String::new(), |why| format!(": {why}"));
            // Writing to a string cannot fail.
            let _ = writeln!(
                lines,
                "{} c={}: {count} × {outcome}{why}",
                point.workload, point.concurrency
            );
        }
    }
    lines
}

fn milliseconds(ns: u64) -> String {
    format!("{:.3}", ns as f64 / 1e6)
}
