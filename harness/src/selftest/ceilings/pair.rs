//! Two rates measured in turn, and what many such pairs say.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::SECONDS;
use crate::resources::{Meter, ProcessMeter};
use crate::selftest::{BenchError, Claim, Verdict};
use crate::stats::{bootstrap_interval, median};

/// The least ratio that counts as being as fast.
pub(super) const AS_FAST: f64 = 0.97;
/// What bootstrapped intervals depend on.
const SEED: u64 = 1;

/// Rates in requests a second.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pair {
    pub(super) concurrency: u32,
    pub(super) ours_rps: f64,
    pub(super) theirs_rps: f64,
    /// The share of a core that each server used, where servers are compared:
    /// far below 1, it was the driver that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ours_busy: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) theirs_busy: Option<f64>,
}

/// Runs `drive` and gives, beside what it gives, the share of a core that the
/// metered processes used meanwhile.
pub(super) fn busy<T>(
    meter: &mut ProcessMeter,
    drive: impl FnOnce() -> Result<T, BenchError>,
) -> Result<(T, Option<f64>), BenchError> {
    let before = meter.read();
    let began = Instant::now();
    let driven = drive()?;
    let elapsed = began.elapsed();
    let share = before.ok().zip(meter.read().ok()).map(|(before, after)| {
        (after.cpu_ns.saturating_sub(before.cpu_ns)) as f64 / elapsed.as_nanos() as f64
    });
    Ok((driven, share))
}

/// `92% and 97%`: how busy the servers were, in the median.
pub(super) fn busy_text(pairs: &[&Pair]) -> String {
    let of = |share: fn(&Pair) -> Option<f64>| {
        let shares: Vec<f64> = pairs.iter().filter_map(|pair| share(pair)).collect();
        median(&shares).map_or_else(
            || "unknown".to_owned(),
            |share| format!("{:.0}%", share * 100.0),
        )
    };
    format!(
        "{} and {}",
        of(|pair| pair.ours_busy),
        of(|pair| pair.theirs_busy)
    )
}

/// `0.994 (0.987 to 0.997, …)`; none with fewer than two pairs.
pub(super) fn ratio_text(pairs: &[&Pair]) -> Option<String> {
    let (ratio, low, high) = ratio(pairs)?;
    let rates = |of: fn(&Pair) -> f64| {
        let rates: Vec<f64> = pairs.iter().map(|pair| of(pair)).collect();
        median(&rates).unwrap_or(f64::NAN)
    };
    Some(format!(
        "{ratio:.3} ({low:.3} to {high:.3}, {} pairs of {SECONDS} s); medians {:.0} and {:.0} a second",
        pairs.len(),
        rates(|pair| pair.ours_rps),
        rates(|pair| pair.theirs_rps)
    ))
}

/// The median of the ratios and its 95% interval.
fn ratio(pairs: &[&Pair]) -> Option<(f64, f64, f64)> {
    let ratios: Vec<f64> = pairs
        .iter()
        .map(|pair| pair.ours_rps / pair.theirs_rps)
        .collect();
    let (low, high) = bootstrap_interval(&ratios, SEED)?;
    Some((median(&ratios)?, low, high))
}

/// Whether ours is as fast; `more` is said after the figures.
pub(super) fn as_fast(claim: String, pairs: &[&Pair], missing: &[String], more: &str) -> Claim {
    let (Some((ratio, _, high)), Some(text)) = (ratio(pairs), ratio_text(pairs)) else {
        let mut why = missing.to_vec();
        why.push(format!("{} pairs, and 2 are needed", pairs.len()));
        return Claim::new(claim, "", Verdict::NotMeasured(why.join("; ")));
    };
    Claim::new(claim, text + more, ratio >= AS_FAST && high >= 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(ratios: &[f64]) -> Verdict {
        let pairs: Vec<Pair> = ratios
            .iter()
            .map(|ratio| Pair {
                concurrency: 10,
                ours_rps: 1_000.0 * ratio,
                theirs_rps: 1_000.0,
                ours_busy: None,
                theirs_busy: None,
            })
            .collect();
        let pairs: Vec<&Pair> = pairs.iter().collect();
        as_fast(String::new(), &pairs, &[], "").verdict
    }

    #[test]
    fn as_fast_needs_the_ratio_and_the_interval() {
        assert_eq!(verdict(&[1.02; 10]), Verdict::Holds);
        assert_eq!(
            verdict(&[0.98, 0.97, 1.01, 1.0, 0.99, 0.97]),
            Verdict::Holds
        );
        assert_eq!(verdict(&[0.98; 10]), Verdict::Fails);
        assert_eq!(verdict(&[0.9, 0.9, 0.9, 1.1, 0.9]), Verdict::Fails);
        assert!(matches!(verdict(&[]), Verdict::NotMeasured(_)));
    }
}
