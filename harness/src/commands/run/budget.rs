//! The time that a run may take.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{CommandError, planned, with_controls};
use crate::cli::{EntrantArgs, RunArgs};
use crate::entrant::Catalogue;
use crate::route::Route;

/// The time that a run may take, and what of it a trial will need. A trial
/// that has begun is not cut off: half of it would say little.
#[derive(Debug)]
pub(super) struct Budget {
    limit: Option<Duration>,
    started: Instant,
    /// The longest trial of each entrant so far: an entrant that starts or
    /// answers slowly takes longer than planned, and in each block again.
    longest: BTreeMap<String, Duration>,
    under_way: Option<(String, Instant)>,
    used_up: bool,
}

impl Budget {
    /// A budget that begins now; none is no limit.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self {
            limit,
            started: Instant::now(),
            longest: BTreeMap::new(),
            under_way: None,
            used_up: false,
        }
    }

    /// Whether a trial of the entrant, planned to take so long, will end
    /// within it; once one does not, nothing does any more.
    pub(super) fn allows(&mut self, entrant: &str, planned: Duration) -> bool {
        let longest = self.longest.get(entrant).copied().unwrap_or_default();
        let needed = self.started.elapsed() + planned.max(longest);
        self.used_up |= self.limit.is_some_and(|limit| needed > limit);
        !self.used_up
    }

    /// A trial of the entrant begins.
    pub(super) fn begin(&mut self, entrant: &str) {
        self.under_way = Some((entrant.to_owned(), Instant::now()));
    }

    /// It has ended.
    pub(super) fn end(&mut self) {
        if let Some((entrant, began)) = self.under_way.take() {
            let longest = self.longest.entry(entrant).or_default();
            *longest = began.elapsed().max(*longest);
        }
    }

    /// Whether it kept a trial from being measured.
    pub(super) fn is_used_up(&self) -> bool {
        self.used_up
    }
}

/// Prints how many seconds a run will take.
pub(super) fn print_estimate(entrants: &EntrantArgs, args: &RunArgs) -> Result<(), CommandError> {
    let catalogue = Catalogue::load(&entrants.dirs).map_err(CommandError::usage)?;
    catalogue
        .select(args.entrants.iter().map(String::as_str))
        .map_err(CommandError::usage)?;
    let profile = planned(args)?;
    let entrants = with_controls(&args.entrants, &profile);
    let routes = |name: &String| {
        let known = catalogue.get(name).ok();
        known.map_or(0, |one| one.manifest.routes_of(&profile).len())
    };
    let mut routes: Vec<usize> = entrants.iter().map(routes).collect();
    routes.extend(args.targets.iter().map(|_| Route::own_routes().len()));
    let estimate = profile.run_estimate(&routes);
    crate::commands::print(&format!("{}\n", estimate.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn without_a_limit_everything_is_allowed() {
        assert!(Budget::new(None).allows("a", SECOND * 100_000));
    }

    #[test]
    fn a_trial_that_would_end_too_late_is_the_end() {
        let mut budget = Budget::new(Some(SECOND * 60));
        assert!(budget.allows("a", SECOND * 30));
        assert!(!budget.allows("a", SECOND * 61));
        assert!(!budget.allows("b", SECOND), "a run has no holes");
        assert!(budget.is_used_up());
    }

    #[test]
    fn what_took_long_once_is_expected_to_again() {
        let mut budget = Budget::new(Some(SECOND * 60));
        budget.longest.insert("slow".to_owned(), SECOND * 90);
        assert!(budget.allows("fast", SECOND));
        assert!(!budget.allows("slow", SECOND));
    }
}
