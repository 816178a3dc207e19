//! `--frontier`: a closed loop for the capacity, then one open loop after
//! another for the highest rate within each limit of overhead; where streams
//! are paced, also how many of them are carried at once.

mod search;

use std::io;

use workload::Workload;

use crate::cli::PointPacing;
use crate::engine::StopAfter;
use crate::point::{Bench, Point};
use crate::record::Metric;
use search::Search;

/// The limits of p99 overhead, in milliseconds.
pub const LIMITS_MS: [u64; 4] = [1, 5, 10, 50];
/// The lowest rate that is tried.
const FLOOR_RPS: f64 = 10.0;
/// Streams whose pieces are this far apart are paced by the backend.
const PACED_NS: u64 = 2_000_000;
/// A paced stream is carried without a stall while the p99 of its pieces'
/// overhead is within this.
const STALL_NS: u64 = 50_000_000;

/// The frontier of one workload.
#[derive(Debug)]
pub struct Frontier {
    /// The workload.
    pub workload: Workload,
    /// The highest rate of the closed loop's levels.
    pub capacity_rps: Option<f64>,
    /// For each limit the highest rate that was carried, or why there is none.
    pub limits: Vec<(u64, Result<f64, String>)>,
    /// The most paced streams that were carried at once without a stall, or
    /// why there are none; `None` where streams are not paced.
    pub streams: Option<Result<u32, String>>,
    /// Everything that was tried, the closed loop first.
    pub points: Vec<Point>,
}

/// Finds the frontier of one workload. `levels` are the workers of the closed
/// loop; every try takes `stop`.
///
/// # Errors
/// When the kernel's event queue or timer fails.
pub fn frontier(
    bench: &Bench<'_>,
    workload: Workload,
    levels: &[u32],
    stop: StopAfter,
    on_try: &mut dyn FnMut(PointPacing),
) -> io::Result<Frontier> {
    let mut points = Vec::new();
    for &level in levels {
        let pacing = PointPacing::Closed(level);
        on_try(pacing);
        points.push(bench.measure(workload, pacing, stop, &mut |_| {})?);
    }
    let capacity_rps = points
        .iter()
        .filter_map(Point::achieved_rps)
        .reduce(f64::max);
    let reason = points
        .iter()
        .find_map(|point| point.why_absent(Metric::Overhead));
    let (Some(capacity), None) = (capacity_rps, &reason) else {
        let reason = reason.unwrap_or_else(|| "no right answer".to_owned());
        return Ok(Frontier {
            workload,
            capacity_rps,
            limits: LIMITS_MS.map(|ms| (ms, Err(reason.clone()))).to_vec(),
            streams: None,
            points,
        });
    };
    let mut limits = Vec::new();
    let mut search = Search::new(FLOOR_RPS, capacity);
    for limit_ms in LIMITS_MS {
        search = search.widen(capacity);
        let mut last_refusal = "no rate was tried".to_owned();
        while let Some(rate) = search.next() {
            let pacing = PointPacing::Open(rate);
            on_try(pacing);
            let point = bench.measure(workload, pacing, stop, &mut |_| {})?;
            let refusal = refusal(&point, limit_ms * 1_000_000);
            search.record(rate, refusal.is_none());
            last_refusal = refusal.unwrap_or(last_refusal);
            points.push(point);
        }
        limits.push((limit_ms, search.carried().ok_or(last_refusal)));
    }
    let streams = if is_paced(&points) {
        Some(carried_streams(bench, workload, stop, &mut points, on_try)?)
    } else {
        None
    };
    Ok(Frontier {
        workload,
        capacity_rps,
        limits,
        streams,
        points,
    })
}

fn is_paced(points: &[Point]) -> bool {
    points.first().is_some_and(|point| {
        let gaps = point.stretch.recorder.histogram(Metric::Gap);
        point.why_absent(Metric::Gap).is_none() && gaps.value_at_quantile(0.5) >= PACED_NS
    })
}

/// The most streams at once that are all right and none late.
fn carried_streams(
    bench: &Bench<'_>,
    workload: Workload,
    stop: StopAfter,
    points: &mut Vec<Point>,
    on_try: &mut dyn FnMut(PointPacing),
) -> io::Result<Result<u32, String>> {
    let mut search = Search::new(1.0, f64::from(bench.cli.max_connections));
    let mut last_refusal = "no number was tried".to_owned();
    while let Some(streams) = search.next() {
        // The search stays within the connections there may be.
        let pacing = PointPacing::Closed((streams as u32).clamp(1, bench.cli.max_connections));
        on_try(pacing);
        let point = bench.measure(workload, pacing, stop, &mut |_| {})?;
        let refusal = stall(&point);
        search.record(streams, refusal.is_none());
        last_refusal = refusal.unwrap_or(last_refusal);
        points.push(point);
    }
    let carried = search.carried().ok_or(last_refusal);
    Ok(carried.map(|streams| (streams as u32).clamp(1, bench.cli.max_connections)))
}

/// Why streams were not carried without a stall; `None` when they were.
fn stall(point: &Point) -> Option<String> {
    let recorder = &point.stretch.recorder;
    if let Some((outcome, count)) = recorder.wrong().iter().next() {
        return Some(format!("{count} × {outcome}"));
    }
    if let Some(reason) = point.why_absent(Metric::ChunkOverhead) {
        return Some(reason);
    }
    let overheads = recorder.histogram(Metric::ChunkOverhead);
    let p99_ns = overheads.value_at_quantile(0.99);
    (p99_ns > STALL_NS).then(|| format!("p99 of a piece's overhead {:.1} ms", p99_ns as f64 / 1e6))
}

/// Why a load was not carried within the limit; `None` when it was.
fn refusal(point: &Point, limit_ns: u64) -> Option<String> {
    let recorder = &point.stretch.recorder;
    if let Some((outcome, count)) = recorder.wrong().iter().next() {
        return Some(format!("{count} × {outcome}"));
    }
    if let Some(reason) = point.why_absent(Metric::Overhead) {
        return Some(reason);
    }
    let p99_ns = recorder.histogram(Metric::Overhead).value_at_quantile(0.99);
    (p99_ns > limit_ns).then(|| format!("p99 overhead of {:.2} ms", p99_ns as f64 / 1e6))
}
