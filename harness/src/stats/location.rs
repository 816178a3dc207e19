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
    median(&walsh_averages(values))
}

/// The 95% interval of that estimate by turning round the signed-rank test,
/// with the normal approximation of its statistic: for many values. `None` of
/// fewer than twenty.
///
/// Hollander, Wolfe, Chicken: Nonparametric Statistical Methods (2014), 3.3.
pub fn hodges_lehmann_interval(values: &[f64]) -> Option<(f64, f64)> {
    /// Of the standard normal distribution 2.5% lie above.
    const Z: f64 = 1.959_964;
    if values.len() < 20 {
        return None;
    }
    let n = values.len() as f64;
    let middle = n * (n + 1.0) / 4.0;
    let deviation = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
    let from_the_ends = (middle - Z * deviation).floor().max(1.0) as usize;
    let mut averages = walsh_averages(values);
    averages.sort_by(f64::total_cmp);
    let low = averages.get(from_the_ends - 1)?;
    let high = averages.get(averages.len() - from_the_ends)?;
    Some((*low, *high))
}

fn walsh_averages(values: &[f64]) -> Vec<f64> {
    let mut averages = Vec::with_capacity(values.len() * (values.len() + 1) / 2);
    for (index, a) in values.iter().enumerate() {
        for b in &values[index..] {
            averages.push(f64::midpoint(*a, *b));
        }
    }
    averages
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

    /// Of 20 values the formula gives 105 − 1.96 · 26.79 = 52.5: the 52nd of
    /// 210 averages from either end.
    #[test]
    fn the_interval_is_that_of_the_formula() {
        let values: Vec<f64> = (0..20).map(|one| f64::from(one * one)).collect();
        let mut averages = walsh_averages(&values);
        averages.sort_by(f64::total_cmp);
        let found = hodges_lehmann_interval(&values);
        assert_eq!(found, Some((averages[51], averages[158])));
        assert_eq!(hodges_lehmann_interval(&values[1..]), None);
    }

    #[test]
    fn one_outlier_moves_it_little() {
        let estimate = hodges_lehmann(&[10.0, 10.1, 9.9, 10.0, 100.0]).unwrap();
        assert!((estimate - 10.05).abs() < 0.1, "{estimate}");
    }
}
