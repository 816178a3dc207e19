//! Percentiles, and how many samples each stands on.

use super::pool;
use crate::journal::Histogram;
use crate::measured::Reason;

/// A p99 stands on at least so many samples.
pub const MIN_SAMPLES_FOR_P99: u64 = 10_000;

/// A percentile above the median.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Percentile {
    P90,
    P99,
    P999,
}

impl Percentile {
    /// As loadgen calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::P90 => "p90",
            Self::P99 => "p99",
            Self::P999 => "p999",
        }
    }

    pub(super) fn quantile(self) -> f64 {
        match self {
            Self::P90 => 0.9,
            Self::P99 => 0.99,
            Self::P999 => 0.999,
        }
    }

    /// At least ten samples lie beyond each; beyond a p99, by which entrants
    /// are judged, a hundred.
    pub(super) fn min_samples(self) -> u64 {
        match self {
            Self::P90 => 100,
            Self::P99 => MIN_SAMPLES_FOR_P99,
            Self::P999 => 10_000,
        }
    }

    /// Whether loadgen says it itself, beside the histogram.
    pub(super) fn is_recorded(self) -> bool {
        self != Self::P999
    }

    /// Nanoseconds; `None` where the percentile does not count.
    ///
    /// # Errors
    /// The histogram cannot be read.
    pub(super) fn of(self, histogram: &Histogram) -> Result<Option<u64>, Reason> {
        Ok(match self {
            Self::P90 => histogram.p90,
            Self::P99 => histogram.p99,
            Self::P999 => {
                let all = pool::merge(std::iter::once(histogram))?;
                (!all.is_empty()).then(|| all.value_at_quantile(self.quantile()))
            }
        })
    }
}
