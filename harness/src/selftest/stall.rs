//! One stall of everything: who notices it, and who is blamed?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bench::percentile;
use super::{Bench, BenchError, Claim};
use crate::journal::Histogram;
use crate::plan::LoadLimit;
use crate::trial::Pace;

const RATE_RPS: f64 = 1_000.0;
const MAX_CONNECTIONS: u32 = 16;
const DURATION_MS: u64 = 10_000;
/// Four seconds after the first request, for one second.
const STALL: &str = "4s:1s";

/// What was measured over ten seconds with one stall, in nanoseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stall {
    response_p99_ns: u64,
    response_p50_ns: u64,
    service_p99_ns: u64,
    queue_wait_p99_ns: u64,
    send_lag_p99_ns: u64,
    ok: u64,
}

pub(super) fn observe(bench: &Bench) -> Result<Stall, BenchError> {
    (bench.say)("stall: ten seconds with one stall of a second");
    let mock = bench.mock()?;
    let relay = bench.relay(&mock, Duration::ZERO, Some(STALL))?;
    let pace = Pace::Open {
        rate_rps: RATE_RPS,
        max_connections: MAX_CONNECTIONS,
    };
    let point = bench.load(relay.address(), pace, LoadLimit::DurationMs(DURATION_MS), 0)?;
    relay.stop();
    mock.stop();
    let p99 = |metric| percentile(&point, metric, |h: &Histogram| h.p99);
    Ok(Stall {
        response_p99_ns: p99("response_ns")?,
        response_p50_ns: percentile(&point, "response_ns", |h| h.p50)?,
        service_p99_ns: p99("service_ns")?,
        queue_wait_p99_ns: p99("queue_wait_ns")?,
        send_lag_p99_ns: p99("send_lag_ns")?,
        ok: point.ok(),
    })
}

pub(super) fn judge(observed: &Stall) -> Vec<Claim> {
    let ms = |ns: u64| ns as f64 / 1e6;
    let [response, service, wait, lag] = [
        ms(observed.response_p99_ns),
        ms(observed.service_p99_ns),
        ms(observed.queue_wait_p99_ns),
        ms(observed.send_lag_p99_ns),
    ];
    let n = observed.ok;
    // A tenth of ten seconds' requests fall into the stall, waiting from
    // nothing to a second: the p99 of all is 900 ms.
    vec![
        Claim::new(
            "a stall of 1 s: the p99 of response time shows it (≥ 500 ms)",
            format!("{response:.1} ms (n={n})"),
            response >= 500.0,
        ),
        Claim::new(
            "… the p99 of service time does not (≤ 10 ms)",
            format!("{service:.2} ms (n={n})"),
            service <= 10.0,
        ),
        Claim::new(
            "… queue wait accounts for the difference (within 5%)",
            format!(
                "p99 of queue wait {wait:.1} ms, response − service {:.1} ms",
                response - service
            ),
            (wait - (response - service)).abs() <= 0.05 * response,
        ),
        Claim::new(
            "… and the generator's send lag stays clean (p99 ≤ 0.1 ms)",
            format!("{lag:.3} ms"),
            lag <= 0.1,
        ),
    ]
}
