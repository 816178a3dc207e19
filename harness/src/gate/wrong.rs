//! Answers that base gives rightly and head does not: a regression, however
//! fast they come.

use std::collections::BTreeSet;

use super::{Block, Side};

/// So many blocks must show it: one may be an accident of the machine.
const BLOCKS: usize = 2;
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
    blocks: usize,
    is_certain: bool,
    example: Option<String>,
}

impl Fault {
    fn words(&self, of: usize) -> String {
        let example = self.example.as_ref();
        let example = example.map_or(String::new(), |words| format!("; the first: {words}"));
        format!(
            "head {}, in {} of {of} blocks, and base never{example}",
            self.what, self.blocks
        )
    }
}

fn faults(blocks: &[Block]) -> Vec<Fault> {
    let head = || blocks.iter().map(|block| &block.head);
    let bases = || {
        blocks
            .iter()
            .flat_map(|block| [block.of(Side::Base), block.of(Side::Twin)])
    };
    let mut faults = Vec::new();
    // A workload that base served always.
    let served: BTreeSet<&String> = bases().flat_map(|one| &one.served).collect();
    for workload in served {
        if bases().all(|one| one.served.contains(workload)) {
            faults.push(Fault {
                what: format!("does not serve {workload}"),
                blocks: head().filter(|one| !one.served.contains(workload)).count(),
                is_certain: false,
                example: None,
            });
        }
    }
    let outcomes: BTreeSet<&String> = head().flat_map(|one| one.wrong.keys()).collect();
    for outcome in outcomes {
        if bases().all(|one| !one.wrong.contains_key(outcome)) {
            let is_here = |one: &&super::Observed| one.wrong.contains_key(outcome);
            faults.push(Fault {
                what: format!("answers wrongly under load ({outcome})"),
                blocks: head().filter(is_here).count(),
                is_certain: CERTAIN.iter().any(|kind| outcome.starts_with(kind)),
                example: head().find_map(|one| one.examples.get(outcome).cloned()),
            });
        }
    }
    faults.retain(|fault| fault.blocks > 0);
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
