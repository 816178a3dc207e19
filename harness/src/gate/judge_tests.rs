//! Gates over made-up blocks, whose truth is known.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::gate::Tolerance;

/// Noise of each figure of each block, and what head is truly worse by.
#[derive(Clone, Copy)]
struct Truth {
    noise: f64,
    /// Of the noise, what a whole block has in common.
    of_block: f64,
    head: f64,
    twin: f64,
}

const SAME: Truth = Truth {
    noise: 0.03,
    of_block: 0.2,
    head: 0.0,
    twin: 0.0,
};

/// About normal, with variance 1.
fn normal(random: &mut SmallRng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

/// As many blocks as a gate may ever want. Only CPU is worse.
fn blocks(truth: Truth, seed: u64) -> Vec<Block> {
    let mut random = SmallRng::seed_from_u64(seed);
    let worse = Metric::primary()[2];
    (0..2 * MOST_BLOCKS)
        .map(|_| {
            let mut block = Block::default();
            for metric in Metric::primary() {
                let common = truth.of_block * normal(&mut random);
                for (side, by) in [
                    (Side::Base, 0.0),
                    (Side::Head, truth.head),
                    (Side::Twin, truth.twin),
                ] {
                    let by = if metric == worse { by } else { 0.0 };
                    let value = 100.0 * (by + common + truth.noise * normal(&mut random)).exp();
                    block.of_mut(side).values.insert(metric, value);
                }
            }
            block
        })
        .collect()
}

/// A gate from its first look to its verdict, as it is measured.
fn gate(policy: &Policy, blocks: &[Block]) -> Verdict {
    let mut have = 0;
    loop {
        match judge(policy, &blocks[..have], false) {
            Step::Measure(ahead) => {
                assert!(ahead.next_look > have && ahead.next_look <= ahead.at_most);
                have = ahead.next_look;
            }
            Step::Ended(verdict) => return *verdict,
        }
    }
}

fn outcomes(truth: Truth, gates: u64) -> [u64; 3] {
    let mut counts = [0; 3];
    for seed in 0..gates {
        let verdict = gate(&Policy::default(), &blocks(truth, seed));
        counts[match verdict.outcome {
            Outcome::Pass => 0,
            Outcome::Regression => 1,
            Outcome::TooNoisy => 2,
        }] += 1;
    }
    counts
}

#[test]
fn the_same_twice_passes_and_soon() {
    let [pass, regression, _] = outcomes(SAME, 60);
    assert_eq!(regression, 0);
    assert!(pass >= 57, "{pass} of 60");
    let verdict = gate(&Policy::default(), &blocks(SAME, 1));
    assert_eq!((verdict.outcome, verdict.screening), (Outcome::Pass, 12));
    assert!(verdict.findings.iter().all(|one| one.state.passes()));
}

/// A tenth more CPU is beyond the tolerance of 5%.
#[test]
fn a_tenth_more_is_found_and_confirmed() {
    let truth = Truth {
        head: 1.1_f64.ln(),
        ..SAME
    };
    let [_, regression, _] = outcomes(truth, 40);
    assert!(regression >= 39, "{regression} of 40");
    let verdict = gate(&Policy::default(), &blocks(truth, 3));
    assert!(verdict.confirmation >= 12, "{verdict:?}");
    let found = (verdict.findings.iter()).find(|one| one.state == State::Regressed);
    let found = found.expect("one has regressed");
    assert_eq!(found.metric, Metric::primary()[2]);
    assert!(found.confirmation.expect("a second set").worsening > 0.05);
}

/// A real difference that the policy tolerates is no regression.
#[test]
fn three_percent_more_is_tolerated() {
    let truth = Truth {
        noise: 0.01,
        head: 1.03_f64.ln(),
        ..SAME
    };
    assert_eq!(outcomes(truth, 20)[1], 0);
}

#[test]
fn less_is_no_regression() {
    let truth = Truth { head: -0.5, ..SAME };
    let [pass, ..] = outcomes(truth, 30);
    assert!(pass >= 28, "{pass} of 30");
}

/// Where blocks differ by a third for no reason, nothing can be told, and the
/// gate does not say that it can.
#[test]
fn noise_is_called_noise() {
    let truth = Truth {
        noise: 0.35,
        ..SAME
    };
    let [_, regression, noisy] = outcomes(truth, 25);
    assert_eq!(regression, 0);
    assert!(noisy >= 20, "{noisy} of 25");
}

#[test]
fn twins_that_differ_keep_head_from_being_judged() {
    let truth = Truth {
        head: 0.2,
        twin: 0.1,
        ..SAME
    };
    let verdict = gate(&Policy::default(), &blocks(truth, 4));
    assert_eq!(verdict.outcome, Outcome::TooNoisy);
    assert_eq!(verdict.twins_differ, [Metric::primary()[2]]);
}

/// Differences that come by chance alone are suspected in one gate of a
/// hundred, and confirmed in none of these.
#[test]
fn chance_is_suspected_seldom_although_it_is_looked_often() {
    let zero = Tolerance {
        percent: 0.0,
        at_least: 0.0,
    };
    let mut policy = Policy::default();
    for tolerance in policy.primary.values_mut() {
        *tolerance = zero;
    }
    let truth = Truth { noise: 0.1, ..SAME };
    let mut suspected = 0;
    for seed in 0..100 {
        let verdict = gate(&policy, &blocks(truth, seed));
        assert_ne!(verdict.outcome, Outcome::Regression);
        suspected += usize::from(!verdict.suspected.is_empty());
    }
    // Two-sided at 1%, of which one side is worse: one of 200 is expected, and
    // more than 4 of 100 have a chance of 1 in 5,000.
    assert!(suspected <= 4, "{suspected} of 100");
}

#[test]
fn wrong_answers_end_it_at_once() {
    let mut all = blocks(SAME, 5);
    for block in &mut all {
        for side in Side::ALL {
            block.of_mut(side).served = vec!["chat".into(), "messages".into()];
        }
        block.head.served.pop();
    }
    let Step::Ended(verdict) = judge(&Policy::default(), &all[..2], false) else {
        panic!("two blocks are enough");
    };
    assert_eq!(verdict.outcome, Outcome::Regression);
    assert!(verdict.reasons[0].contains("does not serve messages"));
    let states: Vec<State> = verdict.findings.iter().map(|one| one.state).collect();
    assert_eq!(states, [State::NotJudged; 5], "nothing is called well");
}

/// A wrong answer is wrong, however the twins differ in time.
#[test]
fn twins_that_differ_excuse_no_wrong_answer() {
    let mut all = blocks(Truth { twin: 0.1, ..SAME }, 4);
    let wrong = "truncated in chat-stream".to_owned();
    all[3].head.wrong.insert(wrong, 1);
    let verdict = gate(&Policy::default(), &all);
    assert_eq!(verdict.outcome, Outcome::Regression);
    assert_eq!(verdict.twins_differ, [Metric::primary()[2]]);
    assert!(verdict.reasons[0].contains("truncated"));
}

/// Wrong answers that came once, and that no busy machine makes.
#[test]
fn a_single_wrong_answer_is_not_passed_over() {
    let mut all = blocks(SAME, 6);
    all[3]
        .head
        .wrong
        .insert("truncated in chat-stream".into(), 1);
    assert_eq!(gate(&Policy::default(), &all).outcome, Outcome::Regression);
    all[3].head.wrong.clear();
    all[3].head.wrong.insert("timeout in chat".into(), 1);
    assert_eq!(gate(&Policy::default(), &all).outcome, Outcome::TooNoisy);
}

/// Time is up in the middle of it.
#[test]
fn a_gate_that_must_end_says_what_it_can() {
    let clear = Truth { head: 0.2, ..SAME };
    let all = blocks(clear, 7);
    let Step::Ended(verdict) = judge(&Policy::default(), &all[..12], true) else {
        panic!("it must end");
    };
    assert_eq!(verdict.outcome, Outcome::TooNoisy, "nothing was confirmed");
    assert_eq!(verdict.suspected, [Metric::primary()[2]]);
    let states: Vec<State> = verdict.findings.iter().map(|one| one.state).collect();
    let expected = |state: &State| matches!(state, State::NotConfirmed | State::NotJudged);
    assert!(states.iter().all(expected), "{states:?}");
    assert!(states.contains(&State::NotConfirmed), "{states:?}");
    let Step::Ended(verdict) = judge(&Policy::default(), &all[..3], true) else {
        panic!("it must end");
    };
    assert_eq!(
        verdict.outcome,
        Outcome::TooNoisy,
        "three blocks show nothing"
    );
    let Step::Ended(verdict) = judge(&Policy::default(), &[], true) else {
        panic!("it must end");
    };
    assert_eq!(verdict.outcome, Outcome::TooNoisy);
}

/// What head alone does not let be measured has not passed.
#[test]
fn a_figure_that_head_has_not() {
    let mut all = blocks(SAME, 8);
    for block in &mut all {
        block.head.values.remove(&Metric::MemoryPeak);
    }
    let verdict = gate(&Policy::default(), &all);
    assert_eq!(verdict.outcome, Outcome::TooNoisy);
    for block in &mut all {
        for side in Side::ALL {
            block.of_mut(side).values.remove(&Metric::MemoryPeak);
        }
    }
    let verdict = gate(&Policy::default(), &all);
    assert_eq!(verdict.outcome, Outcome::Pass, "base has none either");
    assert_eq!(verdict.findings.len(), 5);
    let not_measured = State::NotMeasured;
    assert!(verdict.findings.iter().any(|one| one.state == not_measured));
}

/// The blocks that are left may be the best of them.
#[test]
fn a_figure_that_head_seldom_has() {
    let mut all = blocks(SAME, 8);
    for block in &mut all[..30] {
        block.head.values.remove(&Metric::MemoryPeak);
    }
    let verdict = gate(&Policy::default(), &all);
    assert_eq!(verdict.outcome, Outcome::TooNoisy);
    let of_memory = (verdict.findings.iter()).find(|one| one.metric == Metric::MemoryPeak);
    assert_eq!(of_memory.expect("it is judged").state, State::Unclear);
}

/// More blocks than a verdict needs change nothing of the looks before.
#[test]
fn the_verdict_depends_on_the_blocks_and_not_on_when_it_is_asked_for() {
    let truth = Truth {
        noise: 0.06,
        head: 0.08,
        ..SAME
    };
    for seed in 0..10 {
        let all = blocks(truth, seed);
        let verdict = gate(&Policy::default(), &all);
        let used = verdict.screening + verdict.confirmation;
        for have in 0..used {
            let step = judge(&Policy::default(), &all[..have], false);
            assert!(matches!(step, Step::Measure(_)), "{have} of {used}");
        }
    }
}
