//! Trials that a profile had no time for.

use crate::journal::{Trial, TrialEnd};

/// An entrant of which trials were left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub entrant: String,
    /// How many trials.
    pub trials: usize,
    /// Why.
    pub why: String,
}

/// Each entrant once, in the order of the first trial of each left out.
pub(super) fn of(trials: &[Trial]) -> Vec<LeftOut> {
    let mut all: Vec<LeftOut> = Vec::new();
    for trial in trials {
        let TrialEnd::Skipped(why) = &trial.end else {
            continue;
        };
        match all.iter_mut().find(|one| one.entrant == trial.entrant) {
            Some(one) => one.trials += 1,
            None => all.push(LeftOut {
                entrant: trial.entrant.clone(),
                trials: 1,
                why: why.clone(),
            }),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entrant_stands_once() {
        let trial = |block, entrant: &str, end| Trial {
            trial_id: format!("{block}-{entrant}-1"),
            block,
            entrant: entrant.to_owned(),
            end,
            elapsed_ms: 0,
            stolen: None,
        };
        let skipped = || TrialEnd::Skipped("slow".to_owned());
        let all = of(&[
            trial(1, "a", TrialEnd::Done),
            trial(2, "a", skipped()),
            trial(2, "b", TrialEnd::Done),
            trial(3, "a", skipped()),
        ]);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].entrant.as_str(), all[0].trials), ("a", 2));
        assert_eq!(all[0].why, "slow");
    }
}
