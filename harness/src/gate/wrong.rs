//! Answers that base gives rightly and head does not: a regression, however
//! fast they come. What base gives wrongly too is none, unless head does so
//! far more often than chance explains.

use std::collections::BTreeSet;

use statrs::distribution::{Binomial, DiscreteCDF};

use super::{Block, Observed, Side};

/// So many blocks must show it: one may be an accident of the machine.
const BLOCKS: usize = 2;
/// What base shows too, now and then, is head's only where chance puts so many
/// of those blocks at head's door in less than this part of all cases.
const LEVEL: f64 = 0.01;
/// The beginnings of outcomes that no busy machine makes: something was
/// answered, and it was wrong.
const CERTAIN: [&str; 5] = [
    "http-",
    "error-event",
    "wrong-body",
    "truncated",
    "no-terminal",
];

/// What only one block showed.
pub(super) struct Once {
    /// Whether nothing but head can be to blame.
    pub(super) is_certain: bool,
    pub(super) words: String,
}

/// What head does not answer rightly and base does, in words; `None` while
/// fewer than two blocks show any of it.
pub(super) fn regressed(blocks: &[Block]) -> Option<Vec<String>> {
    let found: Vec<String> = faults(blocks)
        .into_iter()
        .filter(|fault| fault.blocks >= BLOCKS)
        .map(|fault| fault.words(blocks.len()))
        .collect();
    (!found.is_empty()).then_some(found)
}

/// What one block alone showed.
pub(super) fn seen_once(blocks: &[Block]) -> Option<Once> {
    let mut faults = faults(blocks);
    faults.sort_by_key(|fault| !fault.is_certain);
    let fault = faults.into_iter().find(|fault| fault.blocks < BLOCKS)?;
    Some(Once {
        is_certain: fault.is_certain,
        words: fault.words(blocks.len()),
    })
}

struct Fault {
    what: String,
    /// Blocks in which head has it.
    blocks: usize,
    /// The same of base, and of its twin, added up.
    of_base: usize,
    is_certain: bool,
    example: Option<String>,
}

impl Fault {
    /// Whether it is head's own. Were all three sides alike, each would have a
    /// third of them.
    fn is_of_head(&self) -> bool {
        if self.of_base == 0 {
            return self.blocks > 0;
        }
        let all = (self.blocks + self.of_base) as u64;
        let chance = Binomial::new(1.0 / 3.0, all)
            .map(|chance| chance.sf((self.blocks as u64).saturating_sub(1)));
        chance.is_ok_and(|chance| self.blocks > 0 && chance <= LEVEL)
    }

    fn words(&self, of: usize) -> String {
        let example = self.example.as_ref();
        let example = example.map_or(String::new(), |words| format!("; the first: {words}"));
        let base = match self.of_base {
            0 => "base never".to_owned(),
            some => format!("base and its twin together in {some}"),
        };
        format!(
            "head {}, in {} of {of} blocks, and {base}{example}",
            self.what, self.blocks
        )
    }
}

fn faults(blocks: &[Block]) -> Vec<Fault> {
    // Blocks of head in which it is, and those of base and of its twin.
    let count = |is_there: &dyn Fn(&Observed) -> bool| {
        let of = |side: Side| {
            blocks
                .iter()
                .filter(|block| is_there(block.of(side)))
                .count()
        };
        (of(Side::Head), of(Side::Base) + of(Side::Twin))
    };
    let all = || {
        Side::ALL
            .into_iter()
            .flat_map(|side| blocks.iter().map(move |block| block.of(side)))
    };
    let example = |name: &String| {
        blocks
            .iter()
            .find_map(|block| block.head.examples.get(name).cloned())
    };
    let mut faults = Vec::new();
    let served: BTreeSet<&String> = all().flat_map(|one| &one.served).collect();
    for workload in served {
        let (of_head, of_base) = count(&|one| !one.served.contains(workload));
        faults.push(Fault {
            what: format!("does not serve {workload}"),
            blocks: of_head,
            of_base,
            is_certain: false,
            example: example(workload),
        });
    }
    let outcomes: BTreeSet<&String> = all().flat_map(|one| one.wrong.keys()).collect();
    for outcome in outcomes {
        let (of_head, of_base) = count(&|one| one.wrong.contains_key(outcome));
        faults.push(Fault {
            what: format!("answers wrongly under load ({outcome})"),
            blocks: of_head,
            of_base,
            is_certain: CERTAIN.iter().any(|kind| outcome.starts_with(kind)),
            example: example(outcome),
        });
    }
    faults.retain(Fault::is_of_head);
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(count: usize) -> Vec<Block> {
        let mut block = Block::default();
        for side in Side::ALL {
            block.of_mut(side).served = vec!["chat".into(), "messages".into()];
        }
        vec![block; count]
    }

    #[test]
    fn a_workload_that_is_served_no_more() {
        let mut all = blocks(3);
        assert_eq!(regressed(&all), None);
        all[0].head.served.pop();
        assert_eq!(regressed(&all), None);
        let once = seen_once(&all).unwrap();
        assert!(!once.is_certain, "a start may have been slow");
        all[2].head.served.pop();
        assert_eq!(
            regressed(&all).unwrap(),
            ["head does not serve messages, in 2 of 3 blocks, and base never"]
        );
    }

    #[test]
    fn what_base_does_not_serve_either_is_no_news() {
        let mut all = blocks(3);
        for block in &mut all {
            block.head.served.pop();
        }
        all[1].twin.served.pop();
        assert_eq!(regressed(&all), None);
        assert!(seen_once(&all).is_none());
    }

    /// Six of seven at head's door: 7 · (1/3)⁶ · 2/3 + (1/3)⁷ is 0.0069; five
    /// of six: 6 · (1/3)⁵ · 2/3 + (1/3)⁶ is 0.018.
    #[test]
    fn one_accident_of_base_excuses_not_everything() {
        let lost_in = |count: usize| {
            let mut all = blocks(12);
            all[0].twin.served.pop();
            for block in &mut all[..count] {
                block.head.served.pop();
                block
                    .head
                    .examples
                    .insert("messages".into(), "http-500".into());
            }
            regressed(&all)
        };
        assert_eq!(lost_in(5), None);
        assert_eq!(
            lost_in(6).unwrap(),
            [
                "head does not serve messages, in 6 of 12 blocks, and base and its twin together \
              in 1; the first: http-500"
            ]
        );
    }

    #[test]
    fn wrong_answers_under_load() {
        let mut all = blocks(4);
        let wrong = "wrong-body in chat".to_owned();
        all[1].head.wrong.insert(wrong.clone(), 1);
        all[1].head.examples.insert(wrong.clone(), "no text".into());
        assert_eq!(regressed(&all), None);
        assert!(seen_once(&all).unwrap().is_certain);
        all[3].head.wrong.insert(wrong.clone(), 7);
        assert_eq!(
            regressed(&all).unwrap(),
            [
                "head answers wrongly under load (wrong-body in chat), in 2 of 4 blocks, and base \
              never; the first: no text"
            ]
        );
        all[0].base.wrong.insert(wrong, 1);
        assert_eq!(regressed(&all), None, "base does it too");
    }
}
