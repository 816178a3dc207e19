//! The search for the highest load that a target carries: pure, it says what
//! to try next and is told how it went.

/// Where the search stops: the bounds are this close to each other.
const RESOLUTION: f64 = 1.05;
/// How much more than is known to fail the first try may ask for.
const HEADROOM: f64 = 1.05;

/// A bisection on a logarithmic scale between a load that was carried and one
/// that was not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Search {
    /// The highest load that was carried; 0: none yet.
    carried: f64,
    /// The lowest load that was not.
    refused: f64,
    /// The lowest load worth trying.
    floor: f64,
}

impl Search {
    /// A search from `floor` up to a little above `capacity`, the rate that a
    /// closed loop reached.
    pub(super) fn new(floor: f64, capacity: f64) -> Self {
        Self {
            carried: 0.0,
            refused: (capacity * HEADROOM).max(floor * RESOLUTION),
            floor,
        }
    }

    /// The same search with a wider limit: what was carried is still carried,
    /// and what was refused is not known any more.
    #[must_use]
    pub(super) fn widen(self, capacity: f64) -> Self {
        Self {
            refused: Self::new(self.floor, capacity).refused,
            ..self
        }
    }

    /// The load to try next; `None` when the search is done.
    pub(super) fn next(&self) -> Option<f64> {
        if self.carried == 0.0 {
            return (self.refused > self.floor).then_some(
                // Most targets carry most of their capacity, so begin there.
                (self.refused * 0.7).max(self.floor),
            );
        }
        (self.refused / self.carried > RESOLUTION).then(|| (self.carried * self.refused).sqrt())
    }

    /// Tells how the load that was tried went.
    pub(super) fn record(&mut self, load: f64, carried: bool) {
        if carried {
            self.carried = self.carried.max(load);
        } else {
            self.refused = self.refused.min(load);
        }
    }

    /// The highest load that was carried, if any was.
    pub(super) fn carried(&self) -> Option<f64> {
        (self.carried > 0.0).then_some(self.carried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(mut search: Search, limit: f64) -> (Search, u32) {
        let mut tries = 0;
        while let Some(load) = search.next() {
            search.record(load, load <= limit);
            tries += 1;
            assert!(tries < 30, "{search:?}");
        }
        (search, tries)
    }

    #[test]
    fn finds_the_limit_within_its_resolution() {
        for limit in [60.0, 500.0, 3_333.0, 9_000.0, 10_000.0] {
            let (found, tries) = search(Search::new(50.0, 10_000.0), limit);
            let carried = found.carried().unwrap();
            assert!(
                carried <= limit && carried * 1.06 >= limit,
                "{limit} {carried}"
            );
            assert!(tries <= 20, "{limit}: {tries} tries");
        }
    }

    #[test]
    fn a_target_that_carries_nothing() {
        let (found, _) = search(Search::new(50.0, 1_000.0), 10.0);
        assert_eq!(found.carried(), None);
    }

    #[test]
    fn a_wider_limit_begins_where_the_narrow_one_ended() {
        let (narrow, _) = search(Search::new(50.0, 1_000.0), 300.0);
        let (wide, tries) = search(narrow.widen(1_000.0), 800.0);
        assert!(wide.carried().unwrap() > 750.0);
        assert!(tries < 8, "{tries}");
    }
}
