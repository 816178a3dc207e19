//! Bounds of a probability that was counted.

use statrs::function::beta::inv_beta_reg;

use super::CONFIDENCE;

/// The Clopper–Pearson interval (95%, two-sided) of a probability, of which
/// `hits` of `trials` are known. `None` of no trial, or of more hits than
/// trials.
///
/// Clopper, Pearson: The use of confidence or fiducial limits illustrated in
/// the case of the binomial, Biometrika 26 (1934).
pub fn binomial_interval(hits: u64, trials: u64) -> Option<(f64, f64)> {
    if trials == 0 || hits > trials {
        return None;
    }
    let (hits, misses) = (hits as f64, (trials - hits) as f64);
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let low = if hits == 0.0 {
        0.0
    } else {
        inv_beta_reg(hits, misses + 1.0, tail)
    };
    let high = if misses == 0.0 {
        1.0
    } else {
        inv_beta_reg(hits + 1.0, misses, 1.0 - tail)
    };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy 1.17.1: `scipy.stats.binomtest(k, n).proportion_ci(
    /// confidence_level=0.95, method='exact')`.
    #[test]
    fn agrees_with_scipy() {
        for (hits, trials, low, high) in [
            (0, 1000, 0.0, 0.003682083896639526),
            (50, 1000, 0.03733539760466063, 0.06539048791549365),
            (8, 12, 0.3488755064192816, 0.9007539088504167),
            (12, 12, 0.7353515306029488, 1.0),
            (1, 150, 0.00016877114355537157, 0.03658316774058022),
            (997, 1000, 0.9912579767613423, 0.9993809000683501),
        ] {
            let found = binomial_interval(hits, trials).unwrap();
            assert!((found.0 - low).abs() < 1e-9, "{hits}/{trials}: {found:?}");
            assert!((found.1 - high).abs() < 1e-9, "{hits}/{trials}: {found:?}");
        }
    }

    #[test]
    fn impossible_counts_have_no_bounds() {
        assert_eq!(binomial_interval(0, 0), None);
        assert_eq!(binomial_interval(2, 1), None);
    }
}
