//! Trials that a short profile has no time for.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::journal::{Journal, Phase, TrialEnd};
use crate::measured::Measured;
use crate::plan::Profile;
use crate::stats::MIN_BLOCKS_TO_RANK;
use crate::trial::Ended;

/// How long each entrant took to start, and how often it was measured.
#[derive(Debug, Default)]
pub(super) struct SlowStarts(BTreeMap<String, Seen>);

#[derive(Debug, Default)]
struct Seen {
    first: Option<Duration>,
    blocks: u32,
}

impl SlowStarts {
    /// What the journal of a run that is resumed tells.
    pub(super) fn of(journal: &Journal) -> Self {
        let mut all = Self::default();
        for trial in &journal.trials {
            let mut starts = journal
                .samples
                .iter()
                .filter(|sample| sample.trial_id == trial.trial_id && sample.phase == Phase::Cold);
            let first = starts.find_map(|sample| match sample.cold_start_ns {
                Some(Measured::Value(ns)) => Some(Duration::from_nanos(ns)),
                _ => None,
            });
            all.add(
                &trial.entrant,
                &Ended {
                    end: trial.end.clone(),
                    first_start: first,
                },
            );
        }
        all
    }

    /// Takes note of a trial.
    pub(super) fn add(&mut self, entrant: &str, ended: &Ended) {
        let seen = self.0.entry(entrant.to_owned()).or_default();
        seen.first = seen.first.or(ended.first_start);
        seen.blocks += u32::from(ended.end == TrialEnd::Done);
    }

    /// Why the next trial of an entrant is left out, if it is. A run that is
    /// long enough to rank leaves none out.
    pub(super) fn why_left_out(&self, entrant: &str, profile: &Profile) -> Option<String> {
        let limit = profile.slow_start.as_ref()?;
        let seen = self.0.get(entrant)?;
        let first = seen.first?;
        let is_short = (profile.blocks as usize) < MIN_BLOCKS_TO_RANK;
        let is_slow = first > Duration::from_millis(limit.over_ms);
        (is_short && is_slow && seen.blocks >= limit.blocks).then(|| {
            format!(
                "it took {:.1} s to start, and the profile {} measures what takes over {} s in \
                 {} of its {} blocks",
                first.as_secs_f64(),
                profile.name,
                limit.over_ms as f64 / 1e3,
                limit.blocks,
                profile.blocks
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(seconds: u64, end: TrialEnd) -> Ended {
        Ended {
            end,
            first_start: Some(Duration::from_secs(seconds)),
        }
    }

    #[test]
    fn the_slow_are_measured_once_and_others_always() {
        let quick = Profile::named("quick").unwrap();
        let mut seen = SlowStarts::default();
        seen.add("slow", &started(10, TrialEnd::Interrupted));
        assert_eq!(seen.why_left_out("slow", &quick), None);
        seen.add("slow", &started(10, TrialEnd::Done));
        seen.add("swift", &started(1, TrialEnd::Done));
        let why = seen.why_left_out("slow", &quick).unwrap();
        assert_eq!(
            why,
            "it took 10.0 s to start, and the profile quick measures what takes over 5 s in 1 of \
             its 3 blocks"
        );
        assert_eq!(seen.why_left_out("swift", &quick), None);
        assert_eq!(seen.why_left_out("unknown", &quick), None);
        let full = Profile::named("full").unwrap();
        assert_eq!(seen.why_left_out("slow", &full), None);
        let long = Profile { blocks: 6, ..quick };
        assert_eq!(seen.why_left_out("slow", &long), None);
    }
}
