//! The exact aligned-rank test of one against the others of a block.

/// How likely chance alone is, if all of a block are alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// To give a rank sum as low as was seen, or lower.
    pub low: f64,
    /// To give one as high, or higher.
    pub high: f64,
}

impl Tails {
    /// Both sides: twice the smaller.
    pub fn two_sided(self) -> f64 {
        (2.0 * self.low.min(self.high)).min(1.0)
    }
}

/// Tests whether the first of each block's values is like the others: exact for
/// any number of blocks, also with ties. `None` of no block, or where a value
/// is not finite.
///
/// Each value is taken less the mean of its block, and all are ranked together,
/// tied ones by the mean of their ranks; the statistic is the sum of the firsts'
/// ranks. Where all of a block are alike, each of its ranks is as likely to be
/// the first's. The distribution of the sum over all such choices is built block
/// by block, in O(n³) for blocks of a fixed size. Nothing is assumed of how the
/// values are distributed, not even symmetry, which a signed-rank test of the
/// first against the mean of the others would want.
///
/// Hodges and Lehmann: Rank methods for combination of independent experiments
/// in analysis of variance, Annals of Mathematical Statistics 33 (1962).
pub fn aligned_ranks<const K: usize>(blocks: &[[f64; K]]) -> Option<Tails> {
    if blocks.is_empty() || blocks.iter().flatten().any(|one| !one.is_finite()) {
        return None;
    }
    let mut ranks = doubled_ranks(&aligned(blocks));
    if ranks.iter().flatten().all(|rank| rank % 2 == 0) {
        ranks.iter_mut().flatten().for_each(|rank| *rank /= 2);
    }
    // What the least of a block adds is added by each choice.
    for block in &mut ranks {
        let least = block.iter().copied().min()?;
        block.iter_mut().for_each(|rank| *rank -= least);
    }
    let seen: usize = ranks.iter().map(|block| block[0]).sum();
    let mut probability = vec![1.0];
    for block in &ranks {
        let most = block.iter().copied().max()?;
        let mut next = vec![0.0; probability.len() + most];
        for rank in block {
            let chosen = &mut next[*rank..*rank + probability.len()];
            for (sum, before) in chosen.iter_mut().zip(&probability) {
                *sum += before / K as f64;
            }
        }
        probability = next;
    }
    Some(Tails {
        low: probability[..=seen].iter().sum::<f64>().min(1.0),
        high: probability[seen..].iter().sum::<f64>().min(1.0),
    })
}

fn aligned<const K: usize>(blocks: &[[f64; K]]) -> Vec<[f64; K]> {
    let align = |block: &[f64; K]| {
        // In an order of their own, so that the last digit of the mean does not
        // depend on which is the first.
        let mut sorted = *block;
        sorted.sort_by(f64::total_cmp);
        let mean = sorted.iter().sum::<f64>() / K as f64;
        block.map(|value| value - mean)
    };
    blocks.iter().map(align).collect()
}

/// Twice the midrank of each value among all, so that it is whole.
fn doubled_ranks<const K: usize>(blocks: &[[f64; K]]) -> Vec<[usize; K]> {
    let value = |place: &(usize, usize)| blocks[place.0][place.1];
    let mut places: Vec<(usize, usize)> = (0..blocks.len())
        .flat_map(|block| (0..K).map(move |one| (block, one)))
        .collect();
    places.sort_by(|a, b| value(a).total_cmp(&value(b)));
    let mut ranks = vec![[0; K]; blocks.len()];
    let mut before = 0;
    for tied in places.chunk_by(|a, b| value(a) == value(b)) {
        for (block, one) in tied {
            ranks[*block][*one] = 2 * before + tied.len() + 1;
        }
        before += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of the six aligned values −1, 0, 1 and −2, 0, 2 the firsts are the
    /// largest: ranks 5 and 6. One of nine choices gives as much.
    #[test]
    fn by_hand() {
        let found = aligned_ranks(&[[3.0, 1.0, 2.0], [9.0, 7.0, 5.0]]).unwrap();
        assert!((found.high - 1.0 / 9.0).abs() < 1e-15, "{found:?}");
        assert!((found.low - 1.0).abs() < 1e-15, "{found:?}");
        assert!((found.two_sided() - 2.0 / 9.0).abs() < 1e-15);
    }

    #[test]
    fn nothing_and_nonsense_have_no_p() {
        assert_eq!(aligned_ranks::<3>(&[]), None);
        assert_eq!(aligned_ranks(&[[1.0, f64::NAN, 2.0]]), None);
        assert_eq!(aligned_ranks(&[[1.0, f64::INFINITY, 2.0]]), None);
        let alike = aligned_ranks(&[[4.0; 3]; 5]).unwrap();
        assert_eq!(alike.two_sided(), 1.0, "{alike:?}");
    }

    /// What is always the largest has the least chance that there is.
    #[test]
    fn the_least_chance_is_a_third_for_each_block() {
        for blocks in [1, 12, 48] {
            let all: Vec<[f64; 3]> = (0..blocks)
                .map(|one| {
                    let common = f64::from(one * one % 7);
                    [common + 2.0, common + 1.0, common + 0.01 * f64::from(one)]
                })
                .collect();
            let found = aligned_ranks(&all).unwrap().high;
            let least = (1.0 / 3.0_f64).powi(blocks);
            assert!((found / least - 1.0).abs() < 1e-9, "{blocks}: {found}");
        }
    }

    /// The definition: every choice of a first, counted one by one.
    fn by_enumeration(blocks: &[[f64; 3]]) -> Tails {
        let ranks = doubled_ranks(&aligned(blocks));
        let seen: usize = ranks.iter().map(|block| block[0]).sum();
        let mut sums = vec![0];
        for block in &ranks {
            let with = |sum: &usize| block.map(|rank| sum + rank);
            sums = sums.iter().flat_map(with).collect();
        }
        let share = |is: &dyn Fn(&&usize) -> bool| {
            sums.iter().filter(is).count() as f64 / sums.len() as f64
        };
        Tails {
            low: share(&|sum| **sum <= seen),
            high: share(&|sum| **sum >= seen),
        }
    }

    proptest! {
        #[test]
        fn is_the_share_of_choices(
            small in prop::collection::vec(prop::array::uniform3(-3_i8..=3), 1..7)
        ) {
            let blocks: Vec<[f64; 3]> = small.iter().map(|one| one.map(f64::from)).collect();
            let found = aligned_ranks(&blocks).unwrap();
            let expected = by_enumeration(&blocks);
            prop_assert!((found.low - expected.low).abs() < 1e-12);
            prop_assert!((found.high - expected.high).abs() < 1e-12);
        }

        /// What a block has in common does not count, nor which side is which.
        #[test]
        fn turned_round_the_tails_change_places(
            blocks in prop::collection::vec(prop::array::uniform3(-1e3_f64..1e3), 1..30)
        ) {
            let found = aligned_ranks(&blocks).unwrap();
            let turned: Vec<[f64; 3]> = blocks.iter().rev().map(|one| one.map(|x| -x)).collect();
            let turned = aligned_ranks(&turned).unwrap();
            prop_assert!((found.low - turned.high).abs() < 1e-9);
            prop_assert!((found.high - turned.low).abs() < 1e-9);
        }
    }
}
