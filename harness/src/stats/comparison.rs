//! Two samples whose values come in pairs: of the same blocks.

use super::{bootstrap_interval, hodges_lehmann, signed_rank};

/// How the first of two paired samples stands to the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The ratio first : second, or the difference first − second: the
    /// Hodges–Lehmann estimate over the pairs.
    pub estimate: f64,
    /// Lower end of the 95% bootstrap interval over pairs.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Two-sided p-value of the exact signed-rank test that there is no
    /// difference.
    pub p: f64,
    /// Pairs.
    pub n: usize,
}

impl Comparison {
    /// The ratio of paired values, estimated and tested on logarithms, so that
    /// twice as much and half as much are equally far from the same. Fixed by
    /// `seed`. `None` of fewer than two pairs, or where a value is not
    /// positive and finite.
    pub fn of_ratios(pairs: &[(f64, f64)], seed: u64) -> Option<Self> {
        let of_logs = Self::of(&log_ratios(pairs)?, seed)?;
        Some(Self {
            estimate: of_logs.estimate.exp(),
            low: of_logs.low.exp(),
            high: of_logs.high.exp(),
            ..of_logs
        })
    }

    /// The difference of paired values, in their unit. Fixed by `seed`. `None`
    /// of fewer than two pairs, or where a value is not finite.
    pub fn of_differences(pairs: &[(f64, f64)], seed: u64) -> Option<Self> {
        let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).collect();
        Self::of(&differences, seed)
    }

    fn of(differences: &[f64], seed: u64) -> Option<Self> {
        let p = signed_rank(differences)?;
        let (low, high) = bootstrap_interval(differences, seed)?;
        Some(Self {
            estimate: hodges_lehmann(differences)?,
            low,
            high,
            p,
            n: differences.len(),
        })
    }
}

/// The natural logarithm of each pair's ratio; `None` where a value is not
/// positive and finite.
pub fn log_ratios(pairs: &[(f64, f64)]) -> Option<Vec<f64>> {
    let usable = |value: f64| value > 0.0 && value.is_finite();
    pairs
        .iter()
        .map(|(a, b)| (usable(*a) && usable(*b)).then(|| (a / b).ln()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAIRS: [(f64, f64); 8] = [
        (105.0, 100.0),
        (98.0, 97.0),
        (110.0, 101.0),
        (102.0, 104.0),
        (99.0, 95.0),
        (107.0, 100.0),
        (103.0, 99.0),
        (111.0, 102.0),
    ];

    /// NumPy 2.4.6 and SciPy 1.17.1, for `d = np.log(x / y)`: `np.exp(np.median(
    /// [(d[i] + d[j]) / 2 for i in range(8) for j in range(i, 8)]))` and
    /// `scipy.stats.wilcoxon(d, method='exact').pvalue`.
    #[test]
    fn ratios_agree_with_scipy() {
        let found = Comparison::of_ratios(&PAIRS, 1).unwrap();
        assert!((found.estimate - 1.0472961552930586).abs() < 1e-12);
        assert!((found.p - 0.0234375).abs() < 1e-15);
        assert_eq!(found.n, 8);
        assert!(1.0 < found.low && found.low < found.estimate, "{found:?}");
        assert!(
            found.estimate < found.high && found.high < 1.09,
            "{found:?}"
        );
    }

    /// The same calls for `d = x - y`, which has ties, so with
    /// `zero_method='pratt', method=PermutationMethod(n_resamples=np.inf)`.
    #[test]
    fn differences_agree_with_scipy() {
        let found = Comparison::of_differences(&PAIRS, 1).unwrap();
        assert!((found.estimate - 4.75).abs() < 1e-12);
        assert!((found.p - 0.0234375).abs() < 1e-15);
    }

    #[test]
    fn what_cannot_be_compared_is_none() {
        assert_eq!(Comparison::of_ratios(&[(1.0, 2.0)], 1), None);
        assert_eq!(Comparison::of_ratios(&[(1.0, 0.0), (1.0, 1.0)], 1), None);
        assert_eq!(
            Comparison::of_differences(&[(1.0, f64::NAN), (1.0, 1.0)], 1),
            None
        );
        assert!(Comparison::of_differences(&[(1.0, 0.0), (1.0, 1.0)], 1).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn the_other_way_round_is_the_inverse(
            pairs in prop::collection::vec((1.0_f64..1e6, 1.0_f64..1e6), 2..12)
        ) {
            let swapped: Vec<_> = pairs.iter().map(|(a, b)| (*b, *a)).collect();
            let one = Comparison::of_ratios(&pairs, 1).unwrap();
            let other = Comparison::of_ratios(&swapped, 1).unwrap();
            prop_assert!((one.estimate * other.estimate - 1.0).abs() < 1e-9);
            prop_assert!((one.p - other.p).abs() < 1e-12);
        }
    }
}
