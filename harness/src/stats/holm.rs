//! Holm's adjustment of several p-values.

/// The p-values of one family, adjusted so that "below α" holds for a false
/// one anywhere in the family with a probability of at most α; in the order
/// given.
///
/// Holm: A simple sequentially rejective multiple test procedure,
/// Scandinavian Journal of Statistics 6 (1979).
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut highest: f64 = 0.0;
    for (step, index) in order.into_iter().enumerate() {
        let left = (p_values.len() - step) as f64;
        highest = highest.max((left * p_values[index]).min(1.0));
        adjusted[index] = highest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// NumPy 2.4.6, for `p = np.array([0.03, 0.001, 0.2, 0.012, 0.04])` and
    /// `o = np.argsort(p)`: `adj[o] = np.minimum(1,
    /// np.maximum.accumulate(p[o] * np.arange(5, 0, -1)))`.
    #[test]
    fn agrees_with_numpy() {
        let adjusted = holm(&[0.03, 0.001, 0.2, 0.012, 0.04]);
        let expected = [0.09, 0.005, 0.2, 0.048, 0.09];
        for (one, expected) in adjusted.iter().zip(expected) {
            assert!((one - expected).abs() < 1e-15, "{adjusted:?}");
        }
        assert_eq!(holm(&[]), [0.0; 0]);
    }

    proptest! {
        /// Between the plain p-value and Bonferroni's, and in the same order.
        #[test]
        fn is_no_laxer_than_none_and_no_stricter_than_bonferroni(
            p_values in prop::collection::vec(0.0..=1.0_f64, 1..30)
        ) {
            let adjusted = holm(&p_values);
            let count = p_values.len() as f64;
            for (i, p) in p_values.iter().enumerate() {
                prop_assert!(*p <= adjusted[i] && adjusted[i] <= (count * p).min(1.0));
                for (j, other) in p_values.iter().enumerate() {
                    prop_assert!(p >= other || adjusted[i] <= adjusted[j]);
                }
            }
        }
    }
}
