//! Relays of known delay: is the overhead measured what was really added?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bench::{added_p50_ns, percentile};
use super::{Bench, BenchError, Claim};
use crate::plan::LoadLimit;
use crate::stats::median;
use crate::trial::Pace;

const DELAYS_US: [u64; 4] = [0, 100, 300, 1_000];
const RATE_RPS: f64 = 200.0;
const REQUESTS: u64 = 400;
/// Each delay is measured so many times, in turn.
const ROUNDS: u32 = 5;
/// The measured rise may differ from the logged one by so much, or by
/// [`SHARE`] of it, whichever is more.
const TOLERANCE_US: f64 = 15.0;
const SHARE: f64 = 0.03;

/// All rounds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delays {
    rounds: Vec<Round>,
}

/// One relay in one round; medians, in nanoseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Round {
    delay_us: u64,
    logged_ns: u64,
    overhead_ns: u64,
}

pub(super) fn observe(bench: &Bench) -> Result<Delays, BenchError> {
    let mock = bench.mock()?;
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        for delay_us in DELAYS_US {
            (bench.say)(&format!("delays: round {round}/{ROUNDS}, {delay_us} µs"));
            let relay = bench.awake_relay(&mock, Duration::from_micros(delay_us))?;
            let pace = Pace::Open {
                rate_rps: RATE_RPS,
                max_connections: 16,
            };
            let point = bench.load(relay.address(), pace, LoadLimit::Requests(REQUESTS), 20)?;
            rounds.push(Round {
                delay_us,
                overhead_ns: percentile(&point, "overhead_ns", |h| h.p50)?,
                logged_ns: added_p50_ns(relay)?,
            });
        }
    }
    mock.stop();
    Ok(Delays { rounds })
}

pub(super) fn judge(observed: &Delays) -> Vec<Claim> {
    let median_us = |delay_us: u64, of: fn(&Round) -> u64| {
        let rounds = observed.rounds.iter();
        let values: Vec<f64> = rounds
            .filter(|round| round.delay_us == delay_us)
            .map(|round| of(round) as f64 / 1e3)
            .collect();
        median(&values).unwrap_or(f64::NAN)
    };
    let overhead = |delay_us| median_us(delay_us, |round| round.overhead_ns);
    let logged = |delay_us| median_us(delay_us, |round| round.logged_ns);
    DELAYS_US[1..]
        .iter()
        .map(|&delay_us| {
            let rise = overhead(delay_us) - overhead(0);
            let added = logged(delay_us) - logged(0);
            let allowed = TOLERANCE_US.max(SHARE * added);
            Claim::new(
                format!(
                    "a relay's {delay_us} µs: overhead rises by what it logged, within {allowed:.0} µs"
                ),
                format!(
                    "rise {rise:.1} µs, logged {added:.1} µs (medians of {ROUNDS} rounds of \
                     {REQUESTS} requests at {RATE_RPS}/s)"
                ),
                (rise - added).abs() <= allowed,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selftest::Verdict;

    fn verdicts(overheads_us: [u64; 4]) -> Vec<Verdict> {
        let rounds = DELAYS_US
            .into_iter()
            .zip(overheads_us)
            .map(|(delay_us, overhead_us)| Round {
                delay_us,
                logged_ns: (5 + delay_us) * 1_000,
                overhead_ns: overhead_us * 1_000,
            })
            .collect();
        let claims = judge(&Delays { rounds });
        claims.into_iter().map(|claim| claim.verdict).collect()
    }

    #[test]
    fn the_rise_is_held_against_the_log() {
        use Verdict::{Fails, Holds};
        assert_eq!(verdicts([50, 150, 350, 1_050]), [Holds, Holds, Holds]);
        assert_eq!(verdicts([50, 166, 350, 1_081]), [Fails, Holds, Fails]);
    }
}
