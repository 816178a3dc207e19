//! The published mistake: at concurrency 10, closed loop, latency restates
//! throughput (Little's law); at a common rate below saturation it does not.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bench::percentile;
use super::{Bench, BenchError, Claim};
use crate::plan::LoadLimit;
use crate::trial::Pace;

const CONCURRENCY: u32 = 10;
const RATE_RPS: f64 = 1_000.0;
const DURATION_MS: u64 = 3_000;
/// A slow relay.
const DELAY: Duration = Duration::from_micros(300);

/// A fast relay and a slow one, each under both kinds of load.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mistake {
    fast: Relay,
    slow: Relay,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Relay {
    closed_p50_ns: u64,
    closed_rps: f64,
    open_p50_ns: u64,
    open_overhead_p50_ns: u64,
    open_rps: f64,
}

pub(super) fn observe(bench: &Bench) -> Result<Mistake, BenchError> {
    let mock = bench.mock()?;
    let measure = |delay| -> Result<Relay, BenchError> {
        (bench.say)(&format!("mistake: a relay of {delay:?}"));
        let relay = bench.relay(&mock, delay, None)?;
        let limit = LoadLimit::DurationMs(DURATION_MS);
        let closed = bench.load(relay.address(), Pace::Closed(CONCURRENCY), limit, 100)?;
        let pace = Pace::Open {
            rate_rps: RATE_RPS,
            max_connections: 64,
        };
        let open = bench.load(relay.address(), pace, limit, 100)?;
        relay.stop();
        Ok(Relay {
            closed_p50_ns: percentile(&closed, "service_ns", |h| h.p50)?,
            closed_rps: closed.achieved_rps.unwrap_or_default(),
            open_p50_ns: percentile(&open, "service_ns", |h| h.p50)?,
            open_overhead_p50_ns: percentile(&open, "overhead_ns", |h| h.p50)?,
            open_rps: open.achieved_rps.unwrap_or_default(),
        })
    };
    let observed = Mistake {
        fast: measure(Duration::ZERO)?,
        slow: measure(DELAY)?,
    };
    mock.stop();
    Ok(observed)
}

pub(super) fn judge(observed: &Mistake) -> Vec<Claim> {
    let us = |ns: u64| ns as f64 / 1e3;
    // Concurrency divided by rate, by Little's law the mean latency.
    let restated_us = |relay: &Relay| f64::from(CONCURRENCY) * 1e6 / relay.closed_rps;
    let mut claims = Vec::new();
    for (name, relay) in [("fast", &observed.fast), ("slow", &observed.slow)] {
        let ratio = us(relay.closed_p50_ns) / restated_us(relay);
        claims.push(Claim::new(
            format!(
                "closed loop, c={CONCURRENCY}: the {name} relay's p50 restates c / rate, within 15%"
            ),
            format!(
                "p50 {:.1} µs, c / rate {:.1} µs",
                us(relay.closed_p50_ns),
                restated_us(relay)
            ),
            (ratio - 1.0).abs() <= 0.15,
        ));
    }
    let fast = &observed.fast;
    claims.push(Claim::new(
        format!("open loop, {RATE_RPS}/s: the fast relay's p50 is not c / rate (under half of it)"),
        format!(
            "p50 {:.1} µs, c / rate {:.1} µs at {:.0}/s",
            us(fast.open_p50_ns),
            f64::from(CONCURRENCY) * 1e6 / fast.open_rps,
            fast.open_rps
        ),
        us(fast.open_p50_ns) < 0.5 * f64::from(CONCURRENCY) * 1e6 / fast.open_rps,
    ));
    let rise = us(observed.slow.open_overhead_p50_ns) - us(fast.open_overhead_p50_ns);
    claims.push(Claim::new(
        "… and the slow relay's overhead rises by its delay of 300 µs, within 10%",
        format!("rises by {rise:.1} µs"),
        (rise - 300.0).abs() <= 30.0,
    ));
    claims
}
