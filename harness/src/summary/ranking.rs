//! Who is better than whom, as far as the blocks can tell.

use workload::Workload;

use super::control::Twins;
use super::primary::{Cell, Primary, estimate_of, pairs};
use super::{DIRECT, Figure, RELAY, TWIN};
use crate::plan::Profile;
use crate::stats::{hodges_lehmann, holm, least_blocks, log_ratios, signed_rank};

/// A difference that there is none of is claimed at most so often.
pub const RANK_LEVEL: f64 = 0.05;

/// The entrants' order in one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// What they are ranked by.
    pub cell: Cell,
    /// The best first; or why there is no order.
    pub places: Result<Vec<Place>, String>,
}

/// An entrant's place in an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its name.
    pub entrant: String,
    /// Whether it is significantly worse than the one before it; the first
    /// never is.
    pub is_worse: bool,
}

/// How many blocks it takes before two entrants can be told apart at all.
pub fn blocks_to_rank(profile: &Profile) -> usize {
    let chat = Workload::ALL[0];
    let is_measured = |metric: &Primary| metric.key(profile, chat).is_some();
    let metrics = Primary::ALL.into_iter().filter(is_measured).count();
    least_blocks(metrics, RANK_LEVEL)
}

/// The order of `entrants` in every cell; controls are left out, and so is who
/// has no figure.
pub(super) fn rankings(
    figures: &[Figure],
    entrants: &[&str],
    profile: &Profile,
    twins: Option<&Twins>,
) -> Vec<Ranking> {
    let field = Field { figures, profile };
    let is_control = |entrant: &str| [DIRECT, RELAY, TWIN].contains(&entrant);
    let ranked: Vec<&str> = entrants
        .iter()
        .copied()
        .filter(|entrant| !is_control(entrant))
        .collect();
    Cell::all(profile)
        .into_iter()
        .map(|cell| Ranking {
            cell,
            places: if twins.is_some_and(|twins| twins.differ_in(cell)) {
                Err("the twins differ".to_owned())
            } else {
                Ok(field.places(cell, &ranked))
            },
        })
        .collect()
}

/// The figures that entrants are compared by.
struct Field<'a> {
    figures: &'a [Figure],
    profile: &'a Profile,
}

impl Field<'_> {
    fn places(&self, cell: Cell, entrants: &[&str]) -> Vec<Place> {
        let Some(key) = cell.key(self.profile) else {
            return Vec::new();
        };
        let mut order: Vec<(&str, f64)> = entrants
            .iter()
            .filter_map(|entrant| {
                let estimate = estimate_of(self.figures, entrant, &key)?;
                Some((*entrant, estimate.value))
            })
            .collect();
        order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        if cell.metric.more_is_better() {
            order.reverse();
        }
        let mut better: Option<&str> = None;
        order
            .into_iter()
            .map(|(entrant, _)| {
                let before = better.replace(entrant);
                Place {
                    entrant: entrant.to_owned(),
                    is_worse: before.is_some_and(|before| self.is_worse(entrant, before, cell)),
                }
            })
            .collect()
    }

    /// Whether the figures tell that `entrant` is worse than `other`: by the
    /// signed-rank test over the blocks that both have, adjusted for all
    /// primary metrics of the workload in which the two are compared.
    fn is_worse(&self, entrant: &str, other: &str, cell: Cell) -> bool {
        let workload = cell.workload.unwrap_or(Workload::ALL[0]);
        let compared: Vec<(Primary, Vec<f64>)> = Primary::ALL
            .into_iter()
            .filter_map(|metric| {
                let key = metric.key(self.profile, workload)?;
                let one = estimate_of(self.figures, entrant, &key)?;
                let other = estimate_of(self.figures, other, &key)?;
                Some((metric, log_ratios(&pairs(one, other))?))
            })
            .collect();
        let p_values: Vec<f64> = compared
            .iter()
            .map(|(_, logs)| signed_rank(logs).unwrap_or(1.0))
            .collect();
        let mut tests = compared.iter().zip(holm(&p_values));
        tests.any(|((metric, logs), adjusted_p)| {
            let more = hodges_lehmann(logs).unwrap_or(0.0);
            let points_there = if metric.more_is_better() {
                more < 0.0
            } else {
                more > 0.0
            };
            *metric == cell.metric && adjusted_p < RANK_LEVEL && points_there
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::REFERENCE;
    use super::super::primary::tests::{figures_of, profile};
    use super::*;

    /// The order in a cell as text: `a ~ b < c`.
    fn order(rankings: &[Ranking], cell: &str) -> String {
        let ranking = rankings.iter().find(|one| one.cell.to_string() == cell);
        let mut text = String::new();
        for place in ranking.unwrap().places.as_ref().unwrap() {
            if !text.is_empty() {
                text += if place.is_worse { " < " } else { " ~ " };
            }
            text += &place.entrant;
        }
        text
    }

    fn noisy(level: f64, block: u32, phase: u32) -> f64 {
        level * (1.0 + 0.01 * f64::from((block * 7 + phase) % 5))
    }

    fn rank(blocks: u32, twins: Option<&Twins>) -> Vec<Ranking> {
        let mut figures = Vec::new();
        let level = [
            (DIRECT, 1.0),
            (REFERENCE, 10.0),
            (TWIN, 10.0),
            ("same", 10.0),
            ("slow", 20.0),
        ];
        for (phase, (entrant, level)) in (0..).zip(level) {
            figures.extend(figures_of(entrant, blocks, |cell, block| {
                let value = noisy(level, block, phase);
                if cell.metric.more_is_better() {
                    1e6 / value
                } else {
                    value
                }
            }));
        }
        let entrants = [DIRECT, "slow", REFERENCE, TWIN, "same"];
        rankings(&figures, &entrants, &profile(), twins)
    }

    #[test]
    fn a_clear_difference_ranks_and_noise_ties_and_controls_are_left_out() {
        let rankings = rank(12, None);
        assert_eq!(rankings.len(), 20);
        for cell in [
            "overhead p50 of chat",
            "capacity of messages",
            "memory peak",
        ] {
            let order = order(&rankings, cell);
            let expected = ["reference ~ same < slow", "same ~ reference < slow"];
            assert!(expected.contains(&order.as_str()), "{cell}: {order}");
        }
    }

    /// Four of the five metrics are measured, and 4 × 2 / 2^7 is 0.0625.
    #[test]
    fn few_blocks_tie() {
        let seven = order(&rank(7, None), "memory peak");
        assert!(!seven.contains('<'), "{seven}");
        let eight = order(&rank(8, None), "memory peak");
        assert!(eight.contains("< slow"), "{eight}");
        assert_eq!(blocks_to_rank(&profile()), 8);
    }

    #[test]
    fn where_the_twins_differ_there_is_no_order() {
        let mut figures = figures_of(REFERENCE, 13, |_, block| noisy(1.0, block, 0));
        figures.extend(figures_of(TWIN, 13, |cell, block| {
            let differs = cell.metric == Primary::MemoryPeak;
            noisy(if differs { 3.0 } else { 1.0 }, block, 0)
        }));
        let twins = Twins::of(&figures, &profile()).unwrap();
        let rankings = rank(12, Some(&twins));
        let unranked: Vec<String> = rankings
            .iter()
            .filter(|one| one.places.is_err())
            .map(|one| one.cell.to_string())
            .collect();
        assert_eq!(unranked, ["memory peak"]);
    }
}
