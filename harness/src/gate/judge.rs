//! The verdict over the blocks of a gate: pure, so that recorded blocks give
//! it again, and so that a gate that was cut off goes on where it was.
//!
//! 1. *Screening.* At each look (see [`spending`](super::spending)) the head is
//!    compared with base and its twin together, block by block, in every
//!    primary metric. Where all are shown to be worse by less than the
//!    tolerance, the gate passes. Where one differs significantly (Holm over
//!    the metrics) and its estimate is beyond the tolerance, it is suspected.
//! 2. *Confirmation.* A suspicion is held against blocks that are measured
//!    from then on, and those alone. What is significant and beyond the
//!    tolerance there too has regressed.
//! 3. At the end, base is held against its twin over all blocks. Where they
//!    differ, nothing is said of the head.
//!
//! What was answered wrongly is judged before any of this: see
//! [`wrong`](super::wrong).

use std::collections::BTreeMap;

use super::comparison::{Compared, compare, p_worse_by_less};
use super::spending::{LEVEL, Look, MISS, MOST_BLOCKS, looks};
use super::verdict::{Finding, Outcome, State, Verdict};
use super::{Block, Metric, Policy, Side, wrong};
use crate::stats::holm;

/// The name of the rule that this file, [`compare`] and the looks make
/// together. Who changes what follows from the same blocks gives it another:
/// a gate that began by one rule does not end by another, and records say by
/// which one they were made.
pub const RULE: &str = "aligned-ranks-beside-base-and-twin/1";

/// What follows from the blocks that there are.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Nothing is clear yet.
    Measure(Ahead),
    /// It is.
    Ended(Box<Verdict>),
}

/// What is still to be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// Whether a suspicion is being confirmed.
    pub confirming: bool,
    /// The number of all blocks at the next look.
    pub next_look: usize,
    /// The number of all blocks at the last look that may come.
    pub at_most: usize,
}

/// How a stage stands.
enum Stage {
    Open { next_look: usize },
    Passed,
    Suspected { metrics: Vec<Metric>, at: usize },
    Unclear(BTreeMap<Metric, State>),
}

/// Judges blocks in the order in which they were measured. With `no_more`, no
/// further block can be had, and the verdict is made of these.
pub fn judge(policy: &Policy, blocks: &[Block], no_more: bool) -> Step {
    if let Some(reasons) = wrong::regressed(blocks) {
        let mut verdict = Verdict::new(Outcome::Regression, findings(policy, blocks, blocks.len()));
        verdict.reasons = reasons;
        verdict.screening = blocks.len();
        nothing_else_was_judged(&mut verdict);
        return Step::Ended(Box::new(verdict));
    }
    let all: Vec<Metric> = policy.primary.keys().copied().collect();
    let screening = stage(policy, &all, blocks, no_more);
    let (suspected, at) = match screening {
        Stage::Open { next_look } => {
            return Step::Measure(Ahead {
                confirming: false,
                next_look,
                at_most: 2 * MOST_BLOCKS,
            });
        }
        Stage::Passed => return ended(policy, blocks, Outcome::Pass, BTreeMap::new(), None),
        Stage::Unclear(states) => {
            let outcome = match states.values().all(|state| state.passes()) {
                true => Outcome::Pass,
                false => Outcome::TooNoisy,
            };
            return ended(policy, blocks, outcome, states, None);
        }
        Stage::Suspected { metrics, at } => (metrics, at),
    };
    let second = &blocks[at..];
    match confirmation(policy, &all, &suspected, second, no_more) {
        Stage::Open { next_look } => Step::Measure(Ahead {
            confirming: true,
            next_look: at + next_look,
            at_most: at + MOST_BLOCKS,
        }),
        Stage::Passed => ended(
            policy,
            blocks,
            Outcome::Pass,
            BTreeMap::new(),
            Some((suspected, at)),
        ),
        Stage::Suspected { metrics, .. } => {
            let regressed = metrics.into_iter().map(|one| (one, State::Regressed));
            ended(
                policy,
                blocks,
                Outcome::Regression,
                regressed.collect(),
                Some((suspected, at)),
            )
        }
        Stage::Unclear(states) => {
            let outcome = match states.values().all(|state| state.passes()) {
                true => Outcome::Pass,
                false => Outcome::TooNoisy,
            };
            ended(policy, blocks, outcome, states, Some((suspected, at)))
        }
    }
}

/// The looks at the blocks of the first stage.
fn stage(policy: &Policy, metrics: &[Metric], blocks: &[Block], no_more: bool) -> Stage {
    for look in looks(
        blocks.len().min(MOST_BLOCKS),
        no_more && blocks.len() <= MOST_BLOCKS,
    ) {
        let seen = &blocks[..look.blocks];
        let found = beyond(policy, metrics, seen, look);
        if !found.is_empty() {
            return Stage::Suspected {
                metrics: found,
                at: look.blocks,
            };
        }
        if let Some(stage) = passed(policy, metrics, seen, look) {
            return stage;
        }
    }
    open(blocks.len())
}

/// The looks at the blocks of the second: what was suspected is tested alone,
/// and all must pass.
fn confirmation(
    policy: &Policy,
    all: &[Metric],
    suspected: &[Metric],
    blocks: &[Block],
    no_more: bool,
) -> Stage {
    for look in looks(blocks.len().min(MOST_BLOCKS), no_more) {
        let seen = &blocks[..look.blocks];
        let found = beyond(policy, suspected, seen, look);
        if !found.is_empty() {
            return Stage::Suspected {
                metrics: found,
                at: look.blocks,
            };
        }
        match passed(policy, all, seen, look) {
            Some(Stage::Unclear(mut states)) => {
                for (metric, state) in states.iter_mut().filter(|(_, state)| !state.passes()) {
                    if suspected.contains(metric) {
                        *state = State::NotConfirmed;
                    } else if blocks.is_empty() {
                        *state = State::NotJudged;
                    }
                }
                return Stage::Unclear(states);
            }
            Some(stage) => return stage,
            None => {}
        }
    }
    open(blocks.len())
}

fn open(blocks: usize) -> Stage {
    let next = super::spending::LOOKS.into_iter().find(|at| *at > blocks);
    Stage::Open {
        next_look: next.unwrap_or(MOST_BLOCKS),
    }
}

/// The metrics in which head is significantly worse, and beyond the tolerance.
fn beyond(policy: &Policy, metrics: &[Metric], blocks: &[Block], look: Look) -> Vec<Metric> {
    let compared: Vec<(Metric, Compared)> = metrics
        .iter()
        .filter_map(|metric| Some((*metric, compare(*metric, blocks, Side::Base, Side::Head)?)))
        .collect();
    let p_values: Vec<f64> = compared.iter().map(|(_, one)| one.p).collect();
    compared
        .iter()
        .zip(holm(&p_values))
        .filter(|((metric, one), adjusted)| {
            *adjusted <= look.level && one.worsening > policy.primary[metric].log(*metric, one.base)
        })
        .map(|((metric, _), _)| *metric)
        .collect()
}

/// Whether all metrics pass at a look; at the last one, how each stands.
fn passed(policy: &Policy, metrics: &[Metric], blocks: &[Block], look: Look) -> Option<Stage> {
    let mut states = BTreeMap::new();
    let mut measured = false;
    let mut all_clear = true;
    for metric in metrics {
        let Some(one) = compare(*metric, blocks, Side::Base, Side::Head) else {
            // What base does not let be measured is told, and cannot decide.
            let has = |block: &Block| block.base.values.contains_key(metric);
            let is_of_base = blocks.iter().any(has);
            all_clear &= !is_of_base;
            states.insert(
                *metric,
                match is_of_base {
                    true => State::Unclear,
                    false => State::NotMeasured,
                },
            );
            continue;
        };
        measured = true;
        let tolerance = policy.primary[metric].log(*metric, one.base);
        let p = p_worse_by_less(*metric, blocks, tolerance);
        // Blocks without a figure may be the worst of all.
        let is_whole = one.blocks == look.blocks;
        let is_clear = is_whole && p.is_some_and(|p| p <= look.miss);
        all_clear &= is_clear;
        // Twice the tolerance would have been seen.
        let is_precise =
            || p_worse_by_less(*metric, blocks, 2.0 * tolerance).is_some_and(|p| p <= MISS);
        let state = match is_clear || (is_whole && one.worsening <= tolerance && is_precise()) {
            true => State::Within,
            false => State::Unclear,
        };
        states.insert(*metric, state);
    }
    if !measured {
        for state in states.values_mut() {
            *state = State::Unclear;
        }
        return look.is_last.then_some(Stage::Unclear(states));
    }
    if all_clear {
        return Some(Stage::Passed);
    }
    look.is_last.then_some(Stage::Unclear(states))
}

/// The verdict, once the twins were asked.
fn ended(
    policy: &Policy,
    blocks: &[Block],
    outcome: Outcome,
    states: BTreeMap<Metric, State>,
    suspicion: Option<(Vec<Metric>, usize)>,
) -> Step {
    let (suspected, screening) = suspicion.unwrap_or((Vec::new(), blocks.len()));
    let mut findings = findings(policy, blocks, screening);
    for finding in &mut findings {
        if let Some(state) = states.get(&finding.metric) {
            finding.state = *state;
        }
    }
    let mut verdict = Verdict::new(outcome, findings);
    verdict.suspected = suspected;
    verdict.screening = screening;
    verdict.confirmation = blocks.len() - screening;
    if outcome == Outcome::Regression {
        nothing_else_was_judged(&mut verdict);
    }
    verdict.twins_differ = (verdict.findings.iter())
        .filter(|finding| finding.twin_p.is_some_and(|p| p <= LEVEL))
        .map(|finding| finding.metric)
        .collect();
    if !verdict.twins_differ.is_empty() {
        verdict.outcome = Outcome::TooNoisy;
    }
    // Twins that differ in time excuse no wrong answer.
    if let Some(reason) = wrong::seen_once(blocks) {
        verdict.outcome = match (reason.is_certain, verdict.outcome) {
            (true, _) => Outcome::Regression,
            (false, Outcome::Pass) => Outcome::TooNoisy,
            (false, outcome) => outcome,
        };
        verdict.reasons.push(reason.words);
    }
    Step::Ended(Box::new(verdict))
}

/// Of what did not decide it is not said that it is well.
fn nothing_else_was_judged(verdict: &mut Verdict) {
    for finding in &mut verdict.findings {
        if finding.state == State::Within {
            finding.state = State::NotJudged;
        }
    }
}

/// What is known of every metric, as tables show it.
fn findings(policy: &Policy, blocks: &[Block], screening: usize) -> Vec<Finding> {
    let twin_p: Vec<(Metric, f64)> = policy
        .primary
        .keys()
        .filter_map(|metric| {
            let one = compare(*metric, blocks, Side::Base, Side::Twin)?;
            Some((*metric, one.p))
        })
        .collect();
    let adjusted = holm(&twin_p.iter().map(|(_, p)| *p).collect::<Vec<_>>());
    let twin_p: BTreeMap<Metric, f64> = (twin_p.into_iter().map(|(metric, _)| metric))
        .zip(adjusted)
        .collect();
    policy
        .primary
        .iter()
        .map(|(metric, tolerance)| {
            let over = |blocks| compare(*metric, blocks, Side::Base, Side::Head);
            let all = over(blocks);
            Finding {
                metric: *metric,
                tolerance: *tolerance,
                state: match all {
                    Some(_) => State::Within,
                    None => State::NotMeasured,
                },
                all,
                confirmation: (screening < blocks.len())
                    .then(|| over(&blocks[screening..]))
                    .flatten(),
                twin_p: twin_p.get(metric).copied(),
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
