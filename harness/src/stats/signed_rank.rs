//! The exact Wilcoxon signed-rank test.

/// The two-sided p-value of the Wilcoxon signed-rank test that `differences`
/// are symmetric about zero: exact for any number of them, also with ties and
/// zeros. `None` of no difference, or where one is not finite.
///
/// Tied magnitudes share the mean of their ranks. A zero takes part in the
/// ranking and then counts for neither side (Pratt, JASA 54, 1959): dropped
/// before the ranking, as Wilcoxon did, more zeros could make a difference
/// look surer. Where all are zero, p is 1.
///
/// Given the magnitudes, every choice of signs is equally likely. The
/// distribution of the positive ranks' sum over all choices is built rank by
/// rank, in O(n³).
///
/// Hollander, Wolfe, Chicken: Nonparametric Statistical Methods (2014), 3.1.
pub fn signed_rank(differences: &[f64]) -> Option<f64> {
    if differences.is_empty() || differences.iter().any(|one| !one.is_finite()) {
        return None;
    }
    let ranks = doubled_ranks(differences);
    let total: usize = ranks.iter().map(|(rank, _)| rank).sum();
    let positive: usize = ranks
        .iter()
        .filter(|(_, is_positive)| *is_positive)
        .map(|(rank, _)| rank)
        .sum();
    let smaller = positive.min(total - positive);
    let mut probability = vec![0.0; total + 1];
    probability[0] = 1.0;
    let mut reached = 0;
    for (rank, _) in ranks {
        reached += rank;
        for sum in (0..=reached).rev() {
            let with = sum.checked_sub(rank).map_or(0.0, |rest| probability[rest]);
            probability[sum] = 0.5 * (probability[sum] + with);
        }
    }
    // The distribution is symmetric, so the other tail is as large.
    let tail: f64 = probability[..=smaller].iter().sum();
    Some((2.0 * tail).min(1.0))
}

/// How many differences one of `tests` signed-rank tests needs at least, to be
/// below `level` after Holm's adjustment: with fewer, not even differences that
/// are all of one sign would do, whose p-value is 2 / 2ⁿ.
pub fn least_blocks(tests: usize, level: f64) -> usize {
    let least_p = |blocks: i32| tests as f64 * 2.0 * 0.5_f64.powi(blocks);
    (1..).find(|blocks| least_p(*blocks) < level).unwrap_or(0) as usize
}

/// Twice the midrank of each difference that is not zero, so that it is whole,
/// and whether the difference is positive.
fn doubled_ranks(differences: &[f64]) -> Vec<(usize, bool)> {
    let mut sorted = differences.to_vec();
    sorted.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let mut ranks = Vec::with_capacity(sorted.len());
    let mut before = 0;
    for tied in sorted.chunk_by(|a, b| a.abs() == b.abs()) {
        let doubled = 2 * before + tied.len() + 1;
        let nonzero = tied.iter().filter(|one| **one != 0.0);
        ranks.extend(nonzero.map(|one| (doubled, *one > 0.0)));
        before += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_p(differences: &[f64], expected: f64) {
        let p = signed_rank(differences).unwrap();
        assert!((p - expected).abs() < 1e-14, "{p} is not {expected}");
    }

    /// SciPy 1.17.1: `scipy.stats.wilcoxon(d, method='exact').pvalue`.
    #[test]
    fn agrees_with_scipy() {
        assert_p(&[1.2, -0.4, 2.5, 3.1, -0.9, 1.7, 0.6, 2.2], 0.0546875);
        assert_p(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.03125);
    }

    /// SciPy 1.17.1: `scipy.stats.wilcoxon([1.051 * i if i % 3 else -1.0 * i
    /// for i in range(1, 61)], method='exact').pvalue`.
    #[test]
    fn agrees_with_scipy_on_sixty() {
        let differences: Vec<f64> = (1..=60)
            .map(|i| f64::from(i) * if i % 3 == 0 { -1.0 } else { 1.051 })
            .collect();
        assert_p(&differences, 0.02375755018014547);
    }

    /// SciPy 1.17.1: `scipy.stats.wilcoxon(d, zero_method='pratt',
    /// method=scipy.stats.PermutationMethod(n_resamples=np.inf)).pvalue`.
    #[test]
    fn agrees_with_scipy_on_ties_and_zeros() {
        let ties = [1.0, 1.0, -1.0, 2.0, 2.0, 3.0, -3.0, 4.0, 5.0, 5.0];
        assert_p(&ties, 0.060546875);
        let zeros = [0.0, 0.0, 0.0, 1.0, -2.0, 3.0, 4.0, 5.0, 6.0, -1.0];
        assert_p(&zeros, 0.171875);
    }

    #[test]
    fn nothing_and_nonsense_have_no_p() {
        assert_eq!(signed_rank(&[]), None);
        assert_eq!(signed_rank(&[1.0, f64::NAN]), None);
        assert_eq!(signed_rank(&[1.0, f64::INFINITY]), None);
        assert_eq!(signed_rank(&[0.0, -0.0]), Some(1.0));
    }

    #[test]
    fn few_blocks_show_nothing() {
        for (tests, level) in [(1, 0.05), (5, 0.05), (19, 0.01), (25, 0.01)] {
            let enough = least_blocks(tests, level);
            let p = |blocks| tests as f64 * signed_rank(&vec![1.0; blocks]).unwrap();
            assert!(p(enough) < level && p(enough - 1) >= level);
        }
        assert_eq!(least_blocks(1, 0.05), 6);
    }

    /// The definition: every choice of signs, counted one by one.
    fn by_enumeration(differences: &[f64]) -> f64 {
        let ranks = doubled_ranks(differences);
        let sum = |is_positive: &dyn Fn(usize) -> bool| -> usize {
            let kept = ranks.iter().enumerate().filter(|(i, _)| is_positive(*i));
            kept.map(|(_, (rank, _))| rank).sum()
        };
        let seen = sum(&|i| ranks[i].1);
        let sums: Vec<usize> = (0..1_usize << ranks.len())
            .map(|signs| sum(&|i| signs >> i & 1 == 1))
            .collect();
        let share = |is: &dyn Fn(&&usize) -> bool| {
            sums.iter().filter(is).count() as f64 / sums.len() as f64
        };
        let tail = share(&|sum| **sum <= seen).min(share(&|sum| **sum >= seen));
        (2.0 * tail).min(1.0)
    }

    proptest! {
        #[test]
        fn is_the_share_of_sign_choices(small in prop::collection::vec(-4_i8..=4, 1..10)) {
            let differences: Vec<f64> = small.into_iter().map(f64::from).collect();
            let p = signed_rank(&differences).unwrap();
            prop_assert!((p - by_enumeration(&differences)).abs() < 1e-12);
            prop_assert!(p >= 2.0 * 0.5_f64.powi(differences.len() as i32));
        }

        #[test]
        fn does_not_care_which_side_is_which(
            differences in prop::collection::vec(-1e6_f64..1e6, 1..60)
        ) {
            let swapped: Vec<f64> = differences.iter().rev().map(|one| -one).collect();
            prop_assert_eq!(signed_rank(&differences), signed_rank(&swapped));
        }
    }
}
