//! How much overhead a rate costs: each concurrency of the sweep, joined.

use workload::Workload;

use super::axis::Axis;
use super::canvas::{Drawn, Fill};
use super::curves::{Curve, Spot, curves};
use super::figure::{Absent, Figure};
use super::view::{View, stands_on};
use crate::journal::Phase;
use crate::measured::Measured;
use crate::report::Grid;
use crate::report::footnotes::reason_text;
use crate::report::number::significant;
use crate::summary::{FRONTIER_LIMITS_MS, Key, Metric};

const US_PER_MS: f64 = 1e3;

/// Of each workload of the sweep, by a percentile of the overhead.
pub(super) fn figures(view: View<'_>, metric: Metric) -> Drawn<Vec<Figure>> {
    let profile = &view.summary.run.profile;
    if profile.published_preset {
        return Ok(Vec::new());
    }
    let planned = &profile.capacity.workloads;
    let is_planned = |one: &Workload| planned.iter().any(|name| name == one.name());
    let all = Workload::ALL.into_iter().filter(is_planned);
    all.map(|workload| figure(view, workload, metric)).collect()
}

fn figure(view: View<'_>, workload: Workload, metric: Metric) -> Drawn<Figure> {
    let percentile = if metric == Metric::OverheadP50 {
        "p50"
    } else {
        "p99"
    };
    let overhead = format!("{percentile} overhead µs");
    let mut table = Grid::new(
        2,
        [
            "entrant", "at", "req/s", "low", "high", &overhead, "low", "high", "n",
        ],
    );
    let mut absent = Absent::default();
    let mut all = Vec::new();
    for entrant in view.entrants() {
        let label = view.label(entrant, Some(workload));
        let mut spots = Vec::new();
        let mut missing = Vec::new();
        for &level in &view.summary.run.profile.capacity.concurrency {
            let key = |metric| Key::of_load(Phase::Capacity, workload, Some(level), metric);
            let (_, rate) = view.get(entrant, &key(Metric::Rate));
            let (_, time) = view.get(entrant, &key(metric));
            let (Measured::Value(rate), Measured::Value(time)) = (&rate, &time) else {
                let reason = time.reason().or(rate.reason()).map(reason_text);
                let why = reason.unwrap_or_else(|| "nothing was measured".to_owned());
                missing.push((format!("c={level}"), why));
                continue;
            };
            let words = format!(
                "{label} with {level} at a time: {} a second at {percentile} {} µs, {}",
                significant(rate.value),
                significant(time.value),
                stands_on(time)
            );
            spots.push(Spot {
                ends: [Some((rate.low, rate.high)), Some((time.low, time.high))],
                ..Spot::new(rate.value, time.value, words)
            });
            table.rows.push(vec![
                label.clone(),
                format!("c={level}"),
                significant(rate.value),
                significant(rate.low),
                significant(rate.high),
                significant(time.value),
                significant(time.low),
                significant(time.high),
                stands_on(time),
            ]);
        }
        let points: Vec<(f64, f64)> = spots.iter().map(|spot| (spot.x, spot.y)).collect();
        if percentile == "p99" {
            spots.extend(searched(view, entrant, workload, &mut table));
        }
        if spots.is_empty() {
            let why = missing.into_iter().next().map(|(_, why)| why);
            absent.add(
                &label,
                &why.unwrap_or_else(|| "nothing was measured".to_owned()),
            );
            continue;
        }
        for (level, why) in missing {
            absent.add_part(&level, &label, &why);
        }
        all.push(Curve {
            entrant: entrant.to_owned(),
            points,
            spots,
        });
    }
    let spots = || all.iter().flat_map(|curve| &curve.spots);
    let picture = if all.is_empty() {
        None
    } else {
        let ends = |spot: &Spot, along: usize, at: f64| {
            let (low, high) = spot.ends[along].unwrap_or((at, at));
            [low, high]
        };
        let x = Axis::log(
            "requests a second",
            spots().flat_map(|one| ends(one, 0, one.x)),
            5,
        );
        let y = Axis::log(&overhead, spots().flat_map(|one| ends(one, 1, one.y)), 6);
        Some(curves(&x, &y, &all, &[])?)
    };
    Ok(Figure {
        title: format!("{workload}, {percentile}"),
        note: String::new(),
        picture,
        table,
        absent,
    })
}

/// What a search for the highest rate within a limit found, where there was
/// one: hollow, for it is of an open loop.
fn searched(view: View<'_>, entrant: &str, workload: Workload, table: &mut Grid) -> Vec<Spot> {
    let mut spots = Vec::new();
    for limit_ms in FRONTIER_LIMITS_MS {
        let key = Key::of_load(
            Phase::Frontier,
            workload,
            Some(limit_ms),
            Metric::FrontierRate,
        );
        let (label, Measured::Value(rate)) = view.get(entrant, &key) else {
            continue;
        };
        let limit_us = f64::from(limit_ms) * US_PER_MS;
        let words = format!(
            "{label}, open loop within {limit_ms} ms: {} a second, {}",
            significant(rate.value),
            stands_on(&rate)
        );
        spots.push(Spot {
            ends: [Some((rate.low, rate.high)), None],
            fill: Fill::Hollow,
            ..Spot::new(rate.value, limit_us, words)
        });
        let mut row = vec![label, format!("open loop within {limit_ms} ms")];
        row.extend([rate.value, rate.low, rate.high].map(significant));
        row.extend([
            format!("≤ {}", significant(limit_us)),
            String::new(),
            String::new(),
        ]);
        row.push(stands_on(&rate));
        table.rows.push(row);
    }
    spots
}
