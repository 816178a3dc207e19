//! What the records say of each promise: pure.

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;

use super::condition::{Condition, Promise};
use super::records::{Recorded, Records};
use crate::gate::{
    Block, Outcome, Policy, Step, judge as judge_gate, spending, worsenings_of_head,
};
use crate::selftest::{Claim, Verdict};
use crate::stats::{binomial_interval, hodges_lehmann, hodges_lehmann_interval, median};

/// Gates resampled of each condition.
pub const RESAMPLED: usize = 1_000;
/// A promise is judged on at least so many blocks and real gates.
const BLOCKS: usize = 150;
const GATES: usize = 10;
/// The time that a default gate has.
pub const BUDGET: Duration = Duration::from_secs(8 * 60);
/// What resampling depends on.
const SEED: u64 = 1;

/// What came out of several gates.
#[derive(Clone, Debug, Default)]
struct Counts {
    pass: u64,
    regression: u64,
    noisy: u64,
    /// Milliseconds of each.
    took_ms: Vec<f64>,
}

impl Counts {
    fn add(&mut self, outcome: Outcome, took_ms: u64) {
        match outcome {
            Outcome::Pass => self.pass += 1,
            Outcome::Regression => self.regression += 1,
            Outcome::TooNoisy => self.noisy += 1,
        }
        self.took_ms.push(took_ms as f64);
    }

    fn total(&self) -> u64 {
        self.pass + self.regression + self.noisy
    }

    fn words(&self) -> String {
        let total = self.total();
        let rate = |hits: u64| {
            let bounds = binomial_interval(hits, total);
            let bounds = bounds.map_or("no bounds".to_owned(), |(low, high)| {
                format!("{:.1}% to {:.1}%", 100.0 * low, 100.0 * high)
            });
            let share = 100.0 * hits as f64 / total.max(1) as f64;
            format!("{hits} of {total}, {share:.1}% ({bounds})")
        };
        let middle = median(&self.took_ms).unwrap_or_default();
        let longest = self.took_ms.iter().copied().fold(0.0, f64::max);
        format!(
            "regression {}; pass {}; too noisy {}; {:.0} s in the middle, {:.0} s at most",
            rate(self.regression),
            rate(self.pass),
            rate(self.noisy),
            middle / 1e3,
            longest / 1e3
        )
    }

    /// Whether the share itself keeps the promise.
    fn keeps(&self, promise: Promise) -> bool {
        let share = self.regression as f64 / self.total().max(1) as f64;
        match promise {
            Promise::AtMost(limit) => share <= limit,
            Promise::AtLeast(limit) => share >= limit,
        }
    }

    /// Whether so few do not speak against it.
    fn is_in_keeping_with(&self, promise: Promise) -> bool {
        binomial_interval(self.regression, self.total()).is_some_and(|(low, high)| match promise {
            Promise::AtMost(limit) => low <= limit,
            Promise::AtLeast(limit) => high >= limit,
        })
    }
}

/// The claims about one condition.
pub fn judge(condition: Condition, records: &Records) -> Vec<Claim> {
    let promise = condition.promise();
    let limit = match promise {
        Promise::AtMost(limit) => format!("at most {:.0}%", 100.0 * limit),
        Promise::AtLeast(limit) => format!("at least {:.0}%", 100.0 * limit),
    };
    let claim = |kind: &str| format!("{}: {limit} of {kind} say regression", condition.words());
    let enough = |have: usize, need: usize, what: &str, kept: bool| match have < need {
        true => Verdict::NotMeasured(format!("{have} of {need} {what}")),
        false => kept.into(),
    };
    let resampled = resampled(&condition.policy(), &records.blocks);
    let mut real = Counts::default();
    for gate in &records.gates {
        real.add(gate.outcome, gate.elapsed_ms);
    }
    let longest = real.took_ms.iter().copied().fold(0.0, f64::max);
    vec![
        Claim::new(
            claim(&format!("{RESAMPLED} gates resampled")),
            format!(
                "{}; of {} blocks, {}",
                resampled.words(),
                records.blocks.len(),
                truth(condition, records)
            ),
            enough(
                records.blocks.len(),
                BLOCKS,
                "blocks",
                resampled.keeps(promise),
            ),
        ),
        Claim::new(
            claim("real gates, within the binomial bound"),
            real.words(),
            enough(
                records.gates.len(),
                GATES,
                "gates",
                real.is_in_keeping_with(promise),
            ),
        ),
        Claim::new(
            format!("{}: a real gate takes at most 8 minutes", condition.words()),
            format!(
                "{:.0} s at most, of {} gates",
                longest / 1e3,
                records.gates.len()
            ),
            enough(
                records.gates.len(),
                GATES,
                "gates",
                longest <= BUDGET.as_secs_f64() * 1e3,
            ),
        ),
    ]
}

/// How much worse head was, as all blocks say together.
fn truth(condition: Condition, records: &Records) -> String {
    let metric = condition.metric();
    let blocks: Vec<Block> = records.blocks.iter().map(|one| one.block.clone()).collect();
    let percent = |log: f64| 100.0 * (log.exp() - 1.0);
    let say = |worse: &[f64]| {
        let (low, high) = hodges_lehmann_interval(worse)?;
        let estimate = hodges_lehmann(worse)?;
        Some(format!(
            "head {:+.1}% ({:+.1}% to {:+.1}%) in {}",
            percent(estimate),
            percent(low),
            percent(high),
            metric.title()
        ))
    };
    worsenings_of_head(metric, &blocks)
        .and_then(|worse| say(&worse))
        .unwrap_or_else(|| "too few to say how head differs".to_owned())
}

/// Whole gates over recorded blocks in an order of chance, none twice in one.
fn resampled(policy: &Policy, recorded: &[Recorded]) -> Counts {
    let mut counts = Counts::default();
    if recorded.is_empty() {
        return counts;
    }
    let mut random = SmallRng::seed_from_u64(SEED);
    let mut order: Vec<usize> = (0..recorded.len()).collect();
    for _ in 0..RESAMPLED {
        let most = recorded.len().min(2 * spending::MOST_BLOCKS);
        let (drawn, _) = order.partial_shuffle(&mut random, most);
        let drawn: Vec<&Recorded> = drawn.iter().map(|index| &recorded[*index]).collect();
        if let Some((outcome, blocks)) = gate_over(policy, &drawn, true) {
            counts.add(outcome, took_ms(&drawn[..blocks]));
        }
    }
    counts
}

/// Whether a gate of these blocks has no time for another within the budget.
fn is_spent(blocks: &[&Recorded]) -> bool {
    let longest = blocks.iter().map(|one| one.elapsed_ms).max();
    let budget = u64::try_from(BUDGET.as_millis()).unwrap_or(u64::MAX);
    longest.is_some_and(|longest| took_ms(blocks) + longest > budget)
}

/// What a gate says over these blocks, within the time that they took, and
/// after how many of them. Where they `are_all`, it must say something after
/// the last one; else it may not have ended by then, and there is nothing.
pub fn gate_over(policy: &Policy, drawn: &[&Recorded], are_all: bool) -> Option<(Outcome, usize)> {
    let mut next_look = 1;
    for count in 0..=drawn.len() {
        let seen = &drawn[..count];
        let no_more = (are_all && count == drawn.len()) || is_spent(seen);
        // Between two looks only wrong answers end a gate, and the blocks of
        // no condition have any that head alone gives.
        if !no_more && count < next_look {
            continue;
        }
        let blocks: Vec<Block> = seen.iter().map(|one| one.block.clone()).collect();
        match judge_gate(policy, &blocks, no_more) {
            Step::Ended(verdict) => return Some((verdict.outcome, count)),
            Step::Measure(ahead) => next_look = ahead.next_look,
        }
    }
    None
}

fn took_ms(blocks: &[&Recorded]) -> u64 {
    blocks.iter().map(|one| one.elapsed_ms).sum()
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::gate::{Metric, Side};

    fn records(count: usize, worse: f64) -> Vec<Recorded> {
        let mut random = SmallRng::seed_from_u64(9);
        (0..count)
            .map(|_| {
                let mut block = Block::default();
                for metric in Metric::primary() {
                    for side in Side::ALL {
                        let factor = if side == Side::Head { worse } else { 1.0 };
                        let value = 1_000.0 * factor * (1.0 + 0.02 * random.random::<f64>());
                        block.of_mut(side).values.insert(metric, value);
                    }
                }
                Recorded {
                    gate: None,
                    block,
                    elapsed_ms: 6_000,
                }
            })
            .collect()
    }

    #[test]
    fn what_is_clear_is_clear_in_every_gate() {
        let policy = Policy::default();
        let drawn = |records: &[Recorded]| {
            let all: Vec<&Recorded> = records.iter().collect();
            gate_over(&policy, &all, true)
        };
        assert_eq!(drawn(&records(80, 1.0)), Some((Outcome::Pass, 12)));
        assert_eq!(drawn(&records(80, 1.2)), Some((Outcome::Regression, 24)));
        // With too few blocks for a confirmation.
        let few = records(15, 1.2);
        assert_eq!(drawn(&few), Some((Outcome::TooNoisy, 15)));
        let few: Vec<&Recorded> = few.iter().collect();
        assert_eq!(gate_over(&policy, &few, false), None, "more may come");
    }

    #[test]
    fn few_records_are_told_so_and_judge_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut records = Records::read(folder.path(), Condition::Same).unwrap();
        records.blocks.clear();
        for claim in judge(Condition::Same, &records) {
            assert!(
                matches!(claim.verdict, Verdict::NotMeasured(_)),
                "{claim:?}"
            );
        }
    }

    #[test]
    fn rates_are_held_against_promises() {
        let mut counts = Counts::default();
        for index in 0..100 {
            let outcome = match index {
                0 | 1 => Outcome::Regression,
                _ => Outcome::Pass,
            };
            counts.add(outcome, 60_000);
        }
        assert!(!counts.keeps(Promise::AtMost(0.01)) && counts.keeps(Promise::AtMost(0.02)));
        assert!(counts.is_in_keeping_with(Promise::AtMost(0.01)));
        assert!(!counts.is_in_keeping_with(Promise::AtLeast(0.5)));
        assert!(
            counts
                .words()
                .starts_with("regression 2 of 100, 2.0% (0.2% to 7.0%)")
        );
    }
}
