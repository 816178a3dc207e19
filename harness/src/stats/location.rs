//! Estimates of location: Hodges and Lehmann's, and the two that everybody knows.

/// The mean of `values`; `None` of no value.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The median of `values`; of an even number, the mean of the middle two.
/// `None` of no value.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let is_odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().max_by(f64::total_cmp);
    match lower {
        Some(lower) if !is_odd => Some(f64::midpoint(lower, *upper)),
        _ => Some(*upper),
    }
}

/// The one-sample Hodges–Lehmann estimate: the median of the means of all
/// pairs of `values`, each paired with itself too (Walsh averages). `None` of
/// no value.
///
/// Hodges, Lehmann: Estimates of location based on rank tests, Annals of
/// Mathematical Statistics 34 (1963).
pub fn hodges_lehmann(values: &[f64]) -> Option<f64> {
    let mut averages = Vec::with_capacity(values.len() * (values.len() + 1) / 2);
    for (index, a) in values.iter().enumerate() {
        for b in &values[index..] {
            averages.push(f64::midpoint(*a, *b));
        }
    }
    median(&averages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[4.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(&[4.0, 1.0]), Some(2.5));
    }

    /// NumPy 2.4.6: `np.median([(x[i] + x[j]) / 2 for i in range(9) for j in
    /// range(i, 9)])` gives 1.725 for these values.
    #[test]
    fn agrees_with_numpy() {
        let values = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        let estimate = hodges_lehmann(&values).unwrap();
        assert!((estimate - 1.725).abs() < 1e-12, "{estimate}");
    }

    #[test]
    fn one_outlier_moves_it_little() {
        let estimate = hodges_lehmann(&[10.0, 10.1, 9.9, 10.0, 100.0]).unwrap();
        assert!((estimate - 10.05).abs() < 0.1, "{estimate}");
    }
}
