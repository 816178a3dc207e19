//! Memory: over the time of a trial, and its peak against the rate.

use workload::Workload;

use super::axis::Axis;
use super::canvas::Drawn;
use super::curves::{Curve, Spot, curves};
use super::figure::{Absent, Figure};
use super::view::{View, stands_on};
use crate::journal::{Phase, Sample};
use crate::measured::Measured;
use crate::report::Grid;
use crate::report::footnotes::reason_text;
use crate::report::number::significant;
use crate::summary::{Key, Metric};

const NS_PER_S: f64 = 1e9;
const BYTES_PER_MB: f64 = 1e6;

/// Memory over the first trial of each entrant that recorded it.
pub(super) fn over_time(view: View<'_>) -> Drawn<Figure> {
    let mut table = Grid::new(
        1,
        [
            "entrant",
            "idle MB",
            "peak MB",
            "after MB",
            "n",
            "block drawn",
        ],
    );
    let mut absent = Absent::default();
    let mut all = Vec::new();
    for entrant in view.entrants() {
        let get = |phase, metric| view.summary.get(entrant, &Key::of_trial(phase, metric));
        let idle = get(Phase::Idle, Metric::MemoryIdle);
        let peak = get(Phase::Latency, Metric::MemoryPeak);
        let after = get(Phase::After, Metric::MemoryAfter);
        let Some((series, begin, end)) = trial(view, entrant) else {
            let why = peak.reason().map(reason_text);
            absent.add(
                entrant,
                &why.unwrap_or_else(|| "this run did not record it".to_owned()),
            );
            continue;
        };
        let text = |one: &Measured<crate::summary::Estimate>| {
            one.value()
                .map_or_else(|| "–".to_owned(), |one| significant(one.value))
        };
        table.rows.push(vec![
            entrant.to_owned(),
            text(&idle),
            text(&peak),
            text(&after),
            peak.value()
                .map_or_else(String::new, |one| one.n.to_string()),
            series.block.to_string(),
        ]);
        all.push(curve(entrant, series, begin, end));
    }
    let points = || all.iter().flat_map(|curve| &curve.points);
    let picture = if points().next().is_some() {
        let x = Axis::linear("seconds since the load began", points().map(|one| one.0), 5);
        let y = Axis::log("MB", points().map(|one| one.1), 6);
        Some(curves(&x, &y, &all, &[0.0])?)
    } else {
        None
    };
    Ok(Figure {
        title: "Memory over a trial".to_owned(),
        note: "Anonymous + shared memory: idle, then all loads in shuffled order, then after. The \
               marks are the ends of idle and of load; the first trial of each entrant is drawn, \
               the table has the estimates of all."
            .to_owned(),
        picture,
        table,
        absent,
    })
}

/// The series of an entrant's first trial that has one, and when its load
/// began and ended.
fn trial<'a>(view: View<'a>, entrant: &str) -> Option<(&'a Sample, u64, u64)> {
    let journal = view.journal;
    let mut samples = journal.counted_samples();
    let series = samples.find(|one| one.entrant == entrant && !one.series.is_empty())?;
    let of_trial = journal
        .samples
        .iter()
        .filter(|one| one.trial_id == series.trial_id);
    let loads = of_trial.filter_map(|one| {
        let is_load = one.phase != Phase::Coverage;
        let point = one.point.as_ref().filter(|_| is_load)?;
        Some((
            point.started_ns,
            point.started_ns.saturating_add(point.elapsed_ns),
        ))
    });
    let (begin, end) = loads.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
    Some((series, begin, end))
}

fn curve(entrant: &str, sample: &Sample, begin: u64, end: u64) -> Curve {
    let seconds = |t_ns: u64| (t_ns as f64 - begin as f64) / NS_PER_S;
    let points: Vec<(f64, f64)> = sample
        .series
        .iter()
        .map(|one| {
            (
                seconds(one.t_ns),
                one.anon_shmem_bytes as f64 / BYTES_PER_MB,
            )
        })
        .collect();
    let last_before = |t_ns: u64| {
        let until = points.iter().take_while(|(at, _)| *at <= seconds(t_ns));
        until.last().copied()
    };
    let spot = |what: &str, t_ns: u64| {
        let (x, y) = last_before(t_ns)?;
        let words = format!(
            "{entrant}, {what}: {} MB in block {}",
            significant(y),
            sample.block
        );
        Some(Spot::new(x, y, words))
    };
    let spots = [
        spot("idle, before load", begin),
        spot("as the load ended", end),
    ];
    Curve {
        entrant: entrant.to_owned(),
        spots: spots.into_iter().flatten().collect(),
        points,
    }
}

/// The peak of memory against the highest rate of chat.
pub(super) fn against_rate(view: View<'_>) -> Drawn<Figure> {
    let chat = Workload::ALL[0];
    let mut table = Grid::new(
        1,
        [
            "entrant", "req/s", "low", "high", "n", "peak MB", "low", "high", "n",
        ],
    );
    let mut absent = Absent::default();
    let mut all = Vec::new();
    for entrant in view.entrants() {
        let rate_key = Key::of_load(Phase::Capacity, chat, None, Metric::PeakRate);
        let rate = view.summary.get(entrant, &rate_key);
        let memory_key = Key::of_trial(Phase::Latency, Metric::MemoryPeak);
        let memory = view.summary.get(entrant, &memory_key);
        let (Measured::Value(rate), Measured::Value(memory)) = (&rate, &memory) else {
            let reason = memory.reason().or(rate.reason()).map(reason_text);
            absent.add(entrant, &reason.unwrap_or_default());
            continue;
        };
        let words = format!(
            "{entrant}: {} MB at most, {} requests a second at most, {}",
            significant(memory.value),
            significant(rate.value),
            stands_on(rate)
        );
        all.push(Curve {
            entrant: entrant.to_owned(),
            points: Vec::new(),
            spots: vec![Spot {
                ends: [Some((rate.low, rate.high)), Some((memory.low, memory.high))],
                ..Spot::new(rate.value, memory.value, words)
            }],
        });
        let mut row = vec![entrant.to_owned()];
        for one in [rate, memory] {
            row.extend([one.value, one.low, one.high].map(significant));
            row.push(one.n.to_string());
        }
        table.rows.push(row);
    }
    let spots = || all.iter().flat_map(|curve| &curve.spots);
    let picture = if all.is_empty() {
        None
    } else {
        let ends = |ends: Option<(f64, f64)>| ends.map_or([0.0, 0.0], |(low, high)| [low, high]);
        let x = Axis::log(
            "highest rate of chat, requests a second",
            spots().flat_map(|one| ends(one.ends[0])),
            5,
        );
        let y = Axis::log("MB", spots().flat_map(|one| ends(one.ends[1])), 6);
        Some(curves(&x, &y, &all, &[])?)
    };
    Ok(Figure {
        title: "Peak memory against rate".to_owned(),
        note: "Down and to the right is better.".to_owned(),
        picture,
        table,
        absent,
    })
}
