//! The exact Mann–Whitney rank-sum test.

/// The two-sided p-value of the rank-sum test that `a` and `b`, which do not
/// come in pairs, are of one distribution: exact, also with ties, which share
/// the mean of their ranks. `None` where either is empty or holds what is not
/// finite.
///
/// Given the pooled values, every choice of which of them are `a`'s is equally
/// likely. The distribution of the sum of their ranks over all choices is built
/// value by value. Two-sided: twice the smaller tail, at most 1.
///
/// Hollander, Wolfe, Chicken: Nonparametric Statistical Methods (2014), 4.1.
pub fn rank_sum(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.is_empty() || b.is_empty() || a.iter().chain(b).any(|one| !one.is_finite()) {
        return None;
    }
    let mut pooled: Vec<(f64, bool)> = (a.iter().map(|one| (*one, true)))
        .chain(b.iter().map(|one| (*one, false)))
        .collect();
    pooled.sort_by(|one, other| one.0.total_cmp(&other.0));
    // Twice the mean rank of each group of ties, so that it is whole.
    let mut ranks = Vec::with_capacity(pooled.len());
    let mut seen = 0;
    let mut before = 0;
    for tied in pooled.chunk_by(|one, other| one.0 == other.0) {
        let doubled = 2 * before + tied.len() + 1;
        for (_, is_of_a) in tied {
            ranks.push(doubled);
            seen += if *is_of_a { doubled } else { 0 };
        }
        before += tied.len();
    }
    let total: usize = ranks.iter().sum();
    // choices[k][s]: the probability that k of the values were chosen so far
    // and that their ranks add up to s. Each is chosen as often as is left.
    let mut choices = vec![vec![0.0; total + 1]; a.len() + 1];
    choices[0][0] = 1.0;
    for (index, rank) in ranks.iter().enumerate() {
        let left = (ranks.len() - index) as f64;
        for chosen in (0..=a.len().min(index)).rev() {
            let share = (a.len() - chosen) as f64 / left;
            for sum in (0..=total).rev() {
                let probability = choices[chosen][sum];
                if probability == 0.0 {
                    continue;
                }
                choices[chosen][sum] = probability * (1.0 - share);
                if chosen < a.len() {
                    choices[chosen + 1][sum + rank] += probability * share;
                }
            }
        }
    }
    let whole = &choices[a.len()];
    let lower: f64 = whole[..=seen].iter().sum();
    let upper: f64 = whole[seen..].iter().sum();
    Some((2.0 * lower.min(upper)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of the 20 choices of three of six, one has the least sum of ranks, and
    /// one the greatest.
    #[test]
    fn three_below_three() {
        let p = rank_sum(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).unwrap();
        assert!((p - 0.1).abs() < 1e-12, "{p}");
        assert_eq!(rank_sum(&[1.0, 1.0], &[1.0]), Some(1.0));
    }

    #[test]
    fn nothing_and_nonsense_have_no_p() {
        assert_eq!(rank_sum(&[], &[1.0]), None);
        assert_eq!(rank_sum(&[1.0], &[f64::NAN]), None);
    }

    /// The definition: every choice, counted one by one.
    fn by_enumeration(a: &[f64], b: &[f64]) -> f64 {
        let pooled: Vec<f64> = a.iter().chain(b).copied().collect();
        let doubled = |value: f64| {
            let below = pooled.iter().filter(|one| **one < value).count();
            let tied = pooled.iter().filter(|one| **one == value).count();
            2 * below + tied + 1
        };
        let sum = |mask: usize| -> usize {
            let chosen = (0..pooled.len()).filter(|index| mask >> index & 1 == 1);
            chosen.map(|index| doubled(pooled[index])).sum()
        };
        let sums: Vec<usize> = (0..1_usize << pooled.len())
            .filter(|mask| mask.count_ones() as usize == a.len())
            .map(sum)
            .collect();
        let seen = sum((1 << a.len()) - 1);
        let share = |is: &dyn Fn(usize) -> bool| {
            sums.iter().filter(|sum| is(**sum)).count() as f64 / sums.len() as f64
        };
        let tail = share(&|sum| sum <= seen).min(share(&|sum| sum >= seen));
        (2.0 * tail).min(1.0)
    }

    proptest! {
        #[test]
        fn is_the_share_of_choices(
            a in prop::collection::vec(0_i8..6, 1..6),
            b in prop::collection::vec(0_i8..6, 1..6),
        ) {
            let a: Vec<f64> = a.into_iter().map(f64::from).collect();
            let b: Vec<f64> = b.into_iter().map(f64::from).collect();
            let p = rank_sum(&a, &b).unwrap();
            prop_assert!((p - by_enumeration(&a, &b)).abs() < 1e-9, "{p}");
            prop_assert!((p - rank_sum(&b, &a).unwrap()).abs() < 1e-9);
        }
    }
}
