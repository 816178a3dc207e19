//! When a gate looks at its blocks, and how much of its error each look may
//! spend: a rule declared beforehand, so that looking often does not make
//! chance look like a difference.
//!
//! The spending function is that of Lan and DeMets for Pocock's boundaries:
//! after the share t of the blocks, α ln(1 + (e − 1) t) of α is spent. A look
//! tests at what it adds to that. The sum over all looks is α, so by the union
//! bound the chance of a false alarm at any of them is at most α, whatever the
//! distribution and however the looks depend on each other; no normal
//! approximation is needed, and exact tests stay exact.
//!
//! Lan, DeMets: Discrete sequential boundaries for clinical trials, Biometrika
//! 70 (1983).

use std::f64::consts::E;

/// After how many blocks of a stage it is looked. The first is the least at
/// which five tests can be below what the first look may spend also where no
/// twin was measured. Few looks leave more for each, above all for the last,
/// which noisy machines come to.
pub const LOOKS: [usize; 3] = [12, 24, 48];
/// The most blocks of a stage.
pub const MOST_BLOCKS: usize = LOOKS[LOOKS.len() - 1];
/// The family-wise error of calling a difference, over all looks of a stage.
pub const LEVEL: f64 = 0.01;
/// The error of passing what is worse by the tolerance, a metric, over all
/// looks of a stage.
pub const MISS: f64 = 0.05;

/// One look at the first blocks of a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// How many blocks it is at.
    pub blocks: usize,
    /// The family-wise level of the tests for a difference.
    pub level: f64,
    /// The level of the tests that pass a metric.
    pub miss: f64,
    /// Whether no further one comes.
    pub is_last: bool,
}

/// The share of an error that is spent when the share `t` of the blocks is
/// there.
pub fn spent(t: f64) -> f64 {
    (1.0 + (E - 1.0) * t.clamp(0.0, 1.0)).ln()
}

/// The looks that `blocks` blocks of a stage allow. Where no more will come,
/// the last look is at all of them and spends what is left.
pub fn looks(blocks: usize, no_more: bool) -> Vec<Look> {
    let mut looks = Vec::new();
    let mut before = 0.0;
    let mut push = |blocks: usize, until: f64, is_last: bool| {
        looks.push(Look {
            blocks,
            level: LEVEL * (until - before),
            miss: MISS * (until - before),
            is_last,
        });
        before = until;
    };
    for at in LOOKS.into_iter().filter(|at| *at <= blocks) {
        if no_more && at == blocks {
            break;
        }
        let share = at as f64 / MOST_BLOCKS as f64;
        push(at, spent(share), at == MOST_BLOCKS);
    }
    if no_more && blocks <= MOST_BLOCKS {
        push(blocks, 1.0, true);
    }
    looks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::signed_rank;

    #[test]
    fn nothing_is_spent_twice_and_all_in_the_end() {
        assert_eq!((spent(0.0), spent(1.0)), (0.0, 1.0));
        for (blocks, no_more) in [(48, false), (48, true), (24, true), (13, true), (5, true)] {
            let looks = looks(blocks, no_more);
            let sum: f64 = looks.iter().map(|look| look.level).sum();
            assert!((sum - LEVEL).abs() < 1e-12, "{blocks}: {looks:?}");
            assert!(looks.iter().all(|look| look.level > 0.0));
            assert!(looks.last().unwrap().is_last);
            assert_eq!(looks.last().unwrap().blocks, blocks);
        }
    }

    /// By hand: 12 of 48 blocks are 0.25, and 1 + (e − 1) · 0.25 is 1.4295705.
    #[test]
    fn the_first_look_spends_what_the_formula_says() {
        let first = looks(12, false)[0];
        assert!(
            (first.level - 0.01 * 1.429_570_5_f64.ln()).abs() < 1e-8,
            "{first:?}"
        );
        assert!(!first.is_last);
    }

    #[test]
    fn before_the_first_look_there_is_none() {
        assert_eq!(looks(11, false), []);
        assert_eq!(looks(17, false).len(), 1);
    }

    /// Five metrics, every block on one side.
    #[test]
    fn the_first_look_can_find_something() {
        let p = |blocks| 5.0 * signed_rank(&vec![1.0; blocks]).unwrap();
        let first = looks(LOOKS[0], false)[0];
        assert!(p(LOOKS[0]) < first.level);
        assert!(p(LOOKS[0] - 1) > first.level);
    }
}
