//! `--frontier`: a closed loop for the capacity, then one open loop after
//! another for the highest rate within each limit of overhead.

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

/// The frontier of one workload.
#[derive(Debug)]
pub struct Frontier {
    /// The workload.
    pub workload: Workload,
    /// The highest rate of the closed loop's levels.
    pub capacity_rps: Option<f64>,
    /// For each limit the highest rate that was carried, or why there is none.
    pub limits: Vec<(u64, Result<f64, String>)>,
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
    Ok(Frontier {
        workload,
        capacity_rps,
        limits,
        points,
    })
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
