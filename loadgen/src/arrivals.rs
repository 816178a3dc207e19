//! When requests are to be sent: planned beforehand, a pure function of the
//! rate, the kind of arrivals and a seed.

use std::str::FromStr;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// How the sends of an open loop are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrivals {
    /// Equally far apart.
    #[default]
    Uniform,
    /// As independent users would send: exponential gaps.
    Poisson,
}

impl FromStr for Arrivals {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "uniform" => Ok(Self::Uniform),
            "poisson" => Ok(Self::Poisson),
            _ => Err(format!(
                "unknown arrivals `{name}`; known: uniform, poisson"
            )),
        }
    }
}

/// The planned send times of an open loop, in nanoseconds from its beginning,
/// in order and without end.
#[derive(Debug)]
pub struct Schedule {
    arrivals: Arrivals,
    mean_gap_ns: f64,
    random: SmallRng,
    sent: u64,
    /// The sum of the gaps so far, where they are random.
    at_ns: f64,
}

impl Schedule {
    /// Sends at `rate_rps` requests a second on average.
    pub fn new(arrivals: Arrivals, rate_rps: f64, seed: u64) -> Self {
        Self {
            arrivals,
            mean_gap_ns: 1e9 / rate_rps,
            random: SmallRng::seed_from_u64(seed),
            sent: 0,
            at_ns: 0.0,
        }
    }
}

impl Iterator for Schedule {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let at_ns = match self.arrivals {
            // From the count and not from a sum, so that no error adds up.
            Arrivals::Uniform => self.sent as f64 * self.mean_gap_ns,
            Arrivals::Poisson => {
                // 1 − u lies in (0, 1], so its logarithm is finite.
                let u: f64 = self.random.random();
                self.at_ns -= (1.0 - u).ln() * self.mean_gap_ns;
                self.at_ns
            }
        };
        self.sent += 1;
        Some(at_ns as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_sends_are_equally_far_apart_and_do_not_drift() {
        let sends: Vec<u64> = Schedule::new(Arrivals::Uniform, 4.0, 1).take(3).collect();
        assert_eq!(sends, [0, 250_000_000, 500_000_000]);
        let mut thirds = Schedule::new(Arrivals::Uniform, 3.0, 1);
        assert_eq!(thirds.nth(3_000_000), Some(1_000_000_000_000_000));
    }

    #[test]
    fn poisson_gaps_have_the_mean_and_the_spread_of_an_exponential() {
        let sends: Vec<u64> = Schedule::new(Arrivals::Poisson, 1_000.0, 7)
            .take(100_001)
            .collect();
        let gaps: Vec<f64> = sends
            .windows(2)
            .map(|two| (two[1] - two[0]) as f64)
            .collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        // Of an exponential, the standard deviation equals the mean. With
        // 100,000 gaps both lie within 2% unless something is wrong.
        assert!((mean / 1e6 - 1.0).abs() < 0.02, "{mean}");
        assert!((variance.sqrt() / 1e6 - 1.0).abs() < 0.02, "{variance}");
    }

    #[test]
    fn the_seed_fixes_the_plan() {
        let plan = |seed| -> Vec<u64> {
            let schedule = Schedule::new(Arrivals::Poisson, 50.0, seed);
            schedule.take(20).collect()
        };
        assert_eq!(plan(3), plan(3));
        assert_ne!(plan(3), plan(4));
    }
}
