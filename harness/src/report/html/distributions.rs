//! Whole distributions: time by percentile.

use workload::Workload;

use super::axis::Axis;
use super::canvas::Drawn;
use super::curves::{Curve, Spot, curves};
use super::figure::{Absent, Figure};
use super::view::View;
use crate::journal::Phase;
use crate::measured::Measured;
use crate::report::Grid;
use crate::report::footnotes::reason_text;
use crate::report::number::significant;
use crate::summary::{Source, common_rate, distribution};

const NS_PER_MS: f64 = 1e6;
/// Percentiles that have a mark, and stand in the table.
const MARKED: [(f64, &str); 5] = [
    (0.5, "p50"),
    (0.9, "p90"),
    (0.99, "p99"),
    (0.999, "p99.9"),
    (0.9999, "p99.99"),
];

/// Service time of a closed loop, for each workload.
pub(super) fn service(view: View<'_>) -> Drawn<Vec<Figure>> {
    let level = view.latency_level();
    let planned = &view.summary.run.profile.latency.workloads;
    let is_planned = |one: &Workload| planned.iter().any(|name| name == one.name());
    Workload::ALL
        .into_iter()
        .filter(is_planned)
        .map(|workload| {
            let source = Source {
                phase: Phase::Latency,
                workload,
                level,
                histogram: "service_ns",
            };
            figure(
                view,
                &format!("{workload}, service time at concurrency {level}"),
                source,
            )
        })
        .collect()
}

/// Response time of an open loop, for each workload that has one.
pub(super) fn response(view: View<'_>) -> Drawn<Vec<Figure>> {
    let profile = &view.summary.run.profile;
    Workload::ALL
        .into_iter()
        .filter_map(|workload| Some((workload, common_rate(profile, workload)?)))
        .map(|(workload, level)| {
            let source = Source {
                phase: Phase::Ladder,
                workload,
                level,
                histogram: "response_ns",
            };
            figure(
                view,
                &format!("{workload}, response time at {level} a second"),
                source,
            )
        })
        .collect()
}

fn figure(view: View<'_>, title: &str, source: Source) -> Drawn<Figure> {
    let headers = ["entrant"].into_iter().chain(MARKED.map(|(_, name)| name));
    let mut table = Grid::new(1, headers.chain(["n", "ends, because"]));
    let mut absent = Absent::default();
    let mut all = Vec::new();
    for entrant in view.entrants() {
        let label = view.label(entrant, Some(source.workload));
        let found = match distribution(view.journal, view.summary, entrant, source) {
            Measured::Value(found) => found,
            Measured::Absent { absent: reason } => {
                absent.add(&label, &reason_text(&reason));
                continue;
            }
        };
        let ms = |ns: u64| ns as f64 / NS_PER_MS;
        let end = found.points.last().map_or(0.0, |(quantile, _)| *quantile);
        // The quantiles step evenly; of a named one the nearest is drawn.
        let at = |quantile: f64| {
            let near = |one: f64| ((1.0 - one).log10() - (1.0 - quantile).log10()).abs();
            if quantile > end {
                return None;
            }
            let points = found.points.iter();
            points
                .min_by(|(one, _), (other, _)| near(*one).total_cmp(&near(*other)))
                .map(|(_, ns)| ms(*ns))
        };
        let mut row = vec![label.clone()];
        let mut spots = Vec::new();
        for (quantile, name) in MARKED {
            let value = at(quantile);
            row.push(value.map_or_else(|| "–".to_owned(), significant));
            if let Some(value) = value {
                let words = format!(
                    "{label}, {name}: {} ms, {} samples of all blocks",
                    significant(value),
                    found.n
                );
                spots.push(Spot::new(quantile, value, words));
            }
        }
        row.push(found.n.to_string());
        row.push(match &found.cut {
            Some(why) => why.split(':').next().unwrap_or_default().to_owned(),
            None => "fewer than 10 samples lie beyond".to_owned(),
        });
        table.rows.push(row);
        all.push(Curve {
            entrant: entrant.to_owned(),
            points: found.points.iter().map(|(q, ns)| (*q, ms(*ns))).collect(),
            spots,
        });
    }
    let points = || all.iter().flat_map(|curve| &curve.points);
    let picture = if points().next().is_some() {
        let x = Axis::tail("percentile", points().map(|(quantile, _)| *quantile));
        let y = Axis::log("ms", points().map(|(_, ms)| *ms), 6);
        Some(curves(&x, &y, &all, &[])?)
    } else {
        None
    };
    Ok(Figure {
        title: title.to_owned(),
        note: String::new(),
        picture,
        table,
        absent,
    })
}
