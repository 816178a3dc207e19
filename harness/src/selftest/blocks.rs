//! Relays side by side, block after block: how often do twins differ, and how
//! often is a real difference found?

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::bench::percentile;
use super::{Bench, BenchError, Claim, Verdict};
use crate::plan::LoadLimit;
use crate::resources::Meter as _;
use crate::stats::{binomial_interval, holm, signed_rank};
use crate::trial::{Mock, Pace};

/// The relays of each block, by name, with their delays.
const RELAYS: [(&str, u64); 4] = [
    ("twin a", 0),
    ("twin b", 0),
    ("1.00 ms", 1_000),
    ("1.10 ms", 1_100),
];
const RATE_RPS: f64 = 1_000.0;
const OPEN_MS: u64 = 300;
const CLOSED_MS: u64 = 100;
const CLOSED_CONCURRENCY: u32 = 16;
/// Runs resampled from the blocks, and blocks of each.
const RUNS: usize = 1_000;
const BLOCKS_OF_A_RUN: usize = 12;
/// The family-wise level of a run's tests.
const LEVEL: f64 = 0.05;
/// The share of runs that must find a real difference.
const POWER: f64 = 0.95;
/// What resampling depends on.
const SEED: u64 = 1;

/// The primary metrics of one relay in one block: overhead p50 and p99 in
/// nanoseconds, capacity in requests a second, CPU a request in nanoseconds,
/// memory peak in bytes.
type Metrics = [f64; 5];

/// All blocks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Blocks {
    /// In each, the metrics of the relays in the order of their names.
    blocks: Vec<[Metrics; 4]>,
}

pub(super) fn observe(bench: &Bench) -> Result<Blocks, BenchError> {
    let mut random = SmallRng::seed_from_u64(SEED);
    let mut blocks = Vec::new();
    for block in 1..=bench.blocks {
        (bench.say)(&format!("blocks: {block}/{}", bench.blocks));
        let mut order = [0, 1, 2, 3];
        order.shuffle(&mut random);
        let mut metrics = [[0.0; 5]; 4];
        for index in order {
            let mock = bench.mock()?;
            let delay = Duration::from_micros(RELAYS[index].1);
            let relay = bench.relay(&mock, delay, None)?;
            metrics[index] = measure(bench, &relay)?;
            relay.stop();
            mock.stop();
        }
        blocks.push(metrics);
    }
    Ok(Blocks { blocks })
}

fn measure(bench: &Bench, relay: &Mock) -> Result<Metrics, BenchError> {
    let pace = Pace::Open {
        rate_rps: RATE_RPS,
        max_connections: 64,
    };
    let open = bench.load(relay.address(), pace, LoadLimit::DurationMs(OPEN_MS), 20)?;
    let mut meter = relay.meter();
    let mut read = || {
        let reading = meter.read();
        reading.map_err(|reason| BenchError::Machine(reason.to_string()))
    };
    let before = read()?;
    let pace = Pace::Closed(CLOSED_CONCURRENCY);
    let closed = bench.load(relay.address(), pace, LoadLimit::DurationMs(CLOSED_MS), 0)?;
    let after = read()?;
    Ok([
        percentile(&open, "overhead_ns", |h| h.p50)? as f64,
        percentile(&open, "overhead_ns", |h| h.p99)? as f64,
        closed.achieved_rps.unwrap_or_default(),
        (after.cpu_ns - before.cpu_ns) as f64 / closed.total().max(1) as f64,
        after.anon_shmem_bytes as f64,
    ])
}

pub(super) fn judge(observed: &Blocks) -> Vec<Claim> {
    let blocks = &observed.blocks;
    if blocks.len() < BLOCKS_OF_A_RUN {
        let why = format!("{} blocks, and {BLOCKS_OF_A_RUN} make a run", blocks.len());
        return ["twins", "power"]
            .map(|claim| Claim::new(claim, "", Verdict::NotMeasured(why.clone())))
            .to_vec();
    }
    let any = |adjusted: &[f64]| adjusted.iter().any(|p| *p <= LEVEL);
    let overhead = |adjusted: &[f64]| adjusted.first().is_some_and(|p| *p <= LEVEL);
    let twins = resampled(blocks, 0, 1, &any);
    let slower = resampled(blocks, 2, 3, &overhead);
    let share = |hits: u64| 100.0 * hits as f64 / RUNS as f64;
    let interval = |hits: u64| match binomial_interval(hits, RUNS as u64) {
        Some((low, high)) => format!("{:.1}% to {:.1}%", 100.0 * low, 100.0 * high),
        None => "unknown".to_owned(),
    };
    let lower = |hits| binomial_interval(hits, RUNS as u64).map_or(1.0, |(low, _)| low);
    let about = format!(
        "{RUNS} runs of {BLOCKS_OF_A_RUN} blocks, resampled from {} recorded",
        blocks.len()
    );
    vec![
        Claim::new(
            format!(
                "twins: a significant difference in any of five metrics in at most {:.0}% of runs \
                 (Holm), within the binomial bound",
                100.0 * LEVEL
            ),
            format!("{:.1}% ({}); {about}", share(twins), interval(twins)),
            lower(twins) <= LEVEL,
        ),
        Claim::new(
            format!(
                "power: a relay of 1.10 ms against one of 1.00 ms is found in at least {:.0}% of runs",
                100.0 * POWER
            ),
            format!("{:.1}% ({}); {about}", share(slower), interval(slower)),
            slower as f64 >= POWER * RUNS as f64,
        ),
    ]
}

/// In how many resampled runs `found` says so of the adjusted p values of the
/// five metrics of relays `a` and `b`.
fn resampled(blocks: &[[Metrics; 4]], a: usize, b: usize, found: &dyn Fn(&[f64]) -> bool) -> u64 {
    let mut random = SmallRng::seed_from_u64(SEED);
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    let mut hits = 0;
    for _ in 0..RUNS {
        // Each block at most once: a real run has no block twice.
        let (drawn, _) = order.partial_shuffle(&mut random, BLOCKS_OF_A_RUN);
        let run: Vec<[Metrics; 2]> = drawn
            .iter()
            .map(|index| [blocks[*index][a], blocks[*index][b]])
            .collect();
        let p_values: Vec<f64> = (0..5)
            .map(|metric| {
                let differences: Vec<f64> =
                    run.iter().map(|[a, b]| a[metric] - b[metric]).collect();
                signed_rank(&differences).unwrap_or(1.0)
            })
            .collect();
        hits += u64::from(found(&holm(&p_values)));
    }
    hits
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    /// Blocks of noise in which relays b and 1.10 ms are shifted by a share
    /// of the noise.
    fn blocks(shift_b: f64, shift_slow: f64) -> Blocks {
        let mut random = SmallRng::seed_from_u64(5);
        let blocks = (0..150)
            .map(|_| {
                let mut noise = || -> Metrics { std::array::from_fn(|_| random.random()) };
                let mut block = [noise(), noise(), noise(), noise()];
                block[1][0] += shift_b;
                block[3][0] += shift_slow;
                block
            })
            .collect();
        Blocks { blocks }
    }

    #[test]
    fn twins_pass_and_a_real_difference_is_found() {
        let claims = judge(&blocks(0.0, 2.0));
        assert_eq!(claims[0].verdict, Verdict::Holds, "{}", claims[0].measured);
        assert_eq!(claims[1].verdict, Verdict::Holds, "{}", claims[1].measured);
    }

    #[test]
    fn twins_that_differ_and_a_difference_too_small_are_told() {
        let claims = judge(&blocks(2.0, 0.0));
        assert_eq!(claims[0].verdict, Verdict::Fails, "{}", claims[0].measured);
        assert_eq!(claims[1].verdict, Verdict::Fails, "{}", claims[1].measured);
    }
}
