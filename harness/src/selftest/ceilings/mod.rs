//! The instruments against the best of their kind: loadgen against wrk, the
//! mock against nginx, the timer against the clock.

mod nginx;
mod pair;
mod wrk;

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::bench::percentile;
use super::{Bench, BenchError, Claim};
use crate::plan::LoadLimit;
use crate::trial::{Mock, Pace};
use nginx::Nginx;
use pair::{AS_FAST, Pair, as_fast, busy, busy_text, ratio_text};
use wrk::Wrk;

/// Length of one side of a pair.
const SECONDS: u64 = 2;
const CONCURRENCIES: [u32; 2] = [10, 64];
const LAG_RATES_RPS: [u32; 3] = [1_000, 5_000, 10_000];
/// The most that p99 of send lag may be, at 5,000 requests a second.
const MAX_LAG_US: f64 = 100.0;

/// All pairs and lags.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ceilings {
    /// Rates of loadgen and of wrk, in turn, on the same body and mock.
    loadgen_and_wrk: Vec<Pair>,
    /// Rates of the mock and of nginx with the same body, driven by loadgen.
    #[serde(default)]
    mock_and_nginx_by_loadgen: Vec<Pair>,
    /// The same, driven by wrk.
    mock_and_nginx: Vec<Pair>,
    lags: Vec<Lag>,
    /// Why pairs are missing, where they are.
    missing: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Lag {
    rate_rps: u32,
    p50_ns: u64,
    p99_ns: u64,
    n: u64,
}

pub(super) fn observe(bench: &Bench) -> Result<Ceilings, BenchError> {
    let mut observed = Ceilings::default();
    let mock = bench.mock()?;
    let wrk = Wrk::find(bench)?;
    if let Some(wrk) = &wrk {
        observed.loadgen_and_wrk = loadgen_and_wrk(bench, &mock, wrk)?;
    } else {
        let missing = &mut observed.missing;
        missing.push("wrk is not installed (apt-get install wrk)".to_owned());
    }
    if let Some(nginx) = Nginx::like(bench, mock.address())? {
        let loadgen = |address, concurrency| loadgen_rps(bench, address, concurrency);
        observed.mock_and_nginx_by_loadgen =
            mock_and_nginx(bench, &mock, &nginx, "loadgen", loadgen)?;
        if let Some(wrk) = &wrk {
            let wrk = |address, concurrency| wrk.rps(address, concurrency);
            observed.mock_and_nginx = mock_and_nginx(bench, &mock, &nginx, "wrk", wrk)?;
        }
    } else {
        let missing = &mut observed.missing;
        missing.push("nginx is not installed (apt-get install nginx)".to_owned());
    }
    observed.lags = lags(bench, &mock)?;
    mock.stop();
    Ok(observed)
}

/// The rate of right answers that loadgen gets, by one thread.
fn loadgen_rps(bench: &Bench, address: SocketAddr, concurrency: u32) -> Result<f64, BenchError> {
    let limit = LoadLimit::DurationMs(SECONDS * 1_000);
    let point = bench.load(address, Pace::Closed(concurrency), limit, 0)?;
    point
        .achieved_rps
        .ok_or_else(|| BenchError::Machine(format!("no right answer from {address}")))
}

fn loadgen_and_wrk(bench: &Bench, mock: &Mock, wrk: &Wrk) -> Result<Vec<Pair>, BenchError> {
    let mut pairs = Vec::new();
    for pair in 1..=bench.pairs {
        for concurrency in CONCURRENCIES {
            (bench.say)(&format!(
                "ceilings: loadgen and wrk, pair {pair}/{}, c={concurrency}",
                bench.pairs
            ));
            // Each goes first in every other pair.
            let mut rates = [0.0; 2];
            for turn in 0..2 {
                let index = ((pair + turn) % 2) as usize;
                rates[index] = if index == 0 {
                    loadgen_rps(bench, mock.address(), concurrency)?
                } else {
                    wrk.rps(mock.address(), concurrency)?
                };
            }
            pairs.push(Pair {
                concurrency,
                ours_rps: rates[0],
                theirs_rps: rates[1],
                ours_busy: None,
                theirs_busy: None,
            });
        }
    }
    Ok(pairs)
}

fn mock_and_nginx(
    bench: &Bench,
    mock: &Mock,
    nginx: &Nginx,
    driver: &str,
    drive: impl Fn(SocketAddr, u32) -> Result<f64, BenchError>,
) -> Result<Vec<Pair>, BenchError> {
    let mut meters = [mock.meter(), nginx.meter()];
    let mut pairs = Vec::new();
    for pair in 1..=bench.pairs {
        for concurrency in CONCURRENCIES {
            (bench.say)(&format!(
                "ceilings: mock and nginx by {driver}, pair {pair}/{}, c={concurrency}",
                bench.pairs
            ));
            let mut sides = [(0.0, None); 2];
            for turn in 0..2 {
                let index = ((pair + turn) % 2) as usize;
                let address = [mock.address(), nginx.address][index];
                sides[index] = busy(&mut meters[index], || drive(address, concurrency))?;
            }
            let [(ours_rps, ours_busy), (theirs_rps, theirs_busy)] = sides;
            pairs.push(Pair {
                concurrency,
                ours_rps,
                theirs_rps,
                ours_busy,
                theirs_busy,
            });
        }
    }
    Ok(pairs)
}

fn lags(bench: &Bench, mock: &Mock) -> Result<Vec<Lag>, BenchError> {
    let mut lags = Vec::new();
    for rate_rps in LAG_RATES_RPS {
        (bench.say)(&format!("ceilings: send lag at {rate_rps}/s"));
        let pace = Pace::Open {
            rate_rps: f64::from(rate_rps),
            max_connections: 256,
        };
        let point = bench.load(mock.address(), pace, LoadLimit::DurationMs(5_000), 100)?;
        lags.push(Lag {
            rate_rps,
            p50_ns: percentile(&point, "send_lag_ns", |h| h.p50)?,
            p99_ns: percentile(&point, "send_lag_ns", |h| h.p99)?,
            n: point.ok(),
        });
    }
    Ok(lags)
}

pub(super) fn judge(observed: &Ceilings) -> Vec<Claim> {
    let mut claims = Vec::new();
    let asks = format!("median ratio ≥ {AS_FAST}, the 95% interval reaching 1.0");
    for concurrency in CONCURRENCIES {
        let pairs = at(&observed.loadgen_and_wrk, concurrency);
        let claim = format!("loadgen, validating, is as fast as wrk, c={concurrency}: {asks}");
        claims.push(as_fast(claim, &pairs, &observed.missing, ""));
    }
    for concurrency in CONCURRENCIES {
        let pairs = at(&observed.mock_and_nginx_by_loadgen, concurrency);
        let by_wrk = at(&observed.mock_and_nginx, concurrency);
        let claim = format!(
            "the mock is as fast as nginx returning the same bytes, driven by loadgen, \
             c={concurrency}: {asks}"
        );
        // wrk's are told and not judged: it is at its own limit before the
        // mock is, so they compare wrk with itself.
        let mut more = format!("; servers {} busy", busy_text(&pairs));
        if let Some(ratio) = ratio_text(&by_wrk) {
            more += &format!("; by wrk {ratio}, servers {} busy", busy_text(&by_wrk));
        }
        claims.push(as_fast(claim, &pairs, &observed.missing, &more));
    }
    for lag in &observed.lags {
        let p99_us = lag.p99_ns as f64 / 1e3;
        claims.push(Claim::new(
            format!("send lag at {}/s: p99 ≤ {MAX_LAG_US} µs", lag.rate_rps),
            format!(
                "p50 {:.1} µs, p99 {p99_us:.1} µs (n={})",
                lag.p50_ns as f64 / 1e3,
                lag.n
            ),
            p99_us <= MAX_LAG_US,
        ));
    }
    claims
}

fn at(pairs: &[Pair], concurrency: u32) -> Vec<&Pair> {
    pairs
        .iter()
        .filter(|pair| pair.concurrency == concurrency)
        .collect()
}
