//! In which order the places of a route are tried. No I/O, no clock.

use std::time::Duration;

use super::table::{Place, Route};
use crate::config::Retries;

/// How a try failed, as far as it matters for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The same place may do better in a while; it may have said after how long.
    Passing { retry_after: Option<Duration> },
    /// The same place would only cost the same time again.
    TimedOut,
}

/// The places of one request, one after the other.
pub(crate) struct Tries<'a> {
    route: Route<'a>,
    retries: Retries,
    /// How many places have been given.
    given: u32,
    /// The targets among them, one bit each.
    tried: u64,
    last: usize,
    next_fallback: usize,
}

impl<'a> Tries<'a> {
    pub(crate) fn new(route: Route<'a>, retries: Retries) -> Self {
        Self {
            route,
            retries,
            given: 0,
            tried: 0,
            last: 0,
            next_fallback: 0,
        }
    }

    /// Where to go first. `is_up` says whether a provider is not being left alone; `random`
    /// gives any number.
    pub(crate) fn first(
        &mut self,
        is_up: impl Fn(usize) -> bool,
        random: impl FnOnce() -> u64,
    ) -> Option<Place<'a>> {
        self.given = 1;
        match self.route {
            Route::One(place) => is_up(place.provider).then_some(place),
            Route::Listed(..) => self
                .untried(&is_up, random)
                .or_else(|| self.fallback(is_up)),
        }
    }

    /// Where to go after a place failed, and how long to wait before.
    pub(crate) fn next(
        &mut self,
        failure: Failure,
        is_up: impl Fn(usize) -> bool,
        mut random: impl FnMut() -> u64,
    ) -> Option<(Place<'a>, Duration)> {
        let further = self.given;
        self.given += 1;
        if self.next_fallback == 0 && further <= self.retries.max {
            if let Some(place) = self.untried(&is_up, &mut random) {
                return Some((place, Duration::ZERO));
            }
            if let Failure::Passing { retry_after } = failure
                && let Some(place) = self.again()
                && let Some(wait) = self.wait(further, retry_after, random())
                && is_up(place.provider)
            {
                return Some((place, wait));
            }
        }
        self.fallback(is_up).map(|place| (place, Duration::ZERO))
    }

    /// One of the targets that have not been given, by weight.
    fn untried(
        &mut self,
        is_up: impl Fn(usize) -> bool,
        random: impl FnOnce() -> u64,
    ) -> Option<Place<'a>> {
        let Route::Listed(plan, _) = self.route else {
            return None;
        };
        let tried = self.tried;
        let open = || {
            plan.targets
                .iter()
                .enumerate()
                .filter(|(index, target)| tried >> index & 1 == 0 && is_up(target.provider))
        };
        let total: u64 = open().map(|(_, target)| u64::from(target.weight)).sum();
        let mut drawn = match (total, plan.targets.len()) {
            (0, _) => return None,
            (_, 1) => 0,
            _ => random() % total,
        };
        for (index, target) in open() {
            let weight = u64::from(target.weight);
            if drawn < weight {
                self.tried |= 1 << index;
                self.last = index;
                return Some(Place {
                    provider: target.provider,
                    upstream: &target.upstream,
                });
            }
            drawn -= weight;
        }
        None
    }

    /// The target given last.
    fn again(&self) -> Option<Place<'a>> {
        match self.route {
            Route::One(place) => Some(place),
            Route::Listed(plan, _) => plan.targets.get(self.last).map(|target| Place {
                provider: target.provider,
                upstream: &target.upstream,
            }),
        }
    }

    fn fallback(&mut self, is_up: impl Fn(usize) -> bool) -> Option<Place<'a>> {
        let Route::Listed(plan, _) = self.route else {
            return None;
        };
        while let Some(target) = plan.fallbacks.get(self.next_fallback) {
            self.next_fallback += 1;
            if is_up(target.provider) {
                return Some(Place {
                    provider: target.provider,
                    upstream: &target.upstream,
                });
            }
        }
        None
    }

    /// How long to wait before further try number `further`, counted from 1; `None` if that is
    /// longer than anybody should.
    fn wait(&self, further: u32, told: Option<Duration>, random: u64) -> Option<Duration> {
        if told.is_some_and(|told| told > self.retries.max_wait) {
            return None;
        }
        let doubled = self.retries.wait.saturating_mul(1 << (further - 1).min(16));
        let longest = doubled.min(self.retries.max_wait);
        // Between a half and the whole, so that those who failed together do not come together.
        let share = (random % 1024) as u32;
        let jittered = longest / 2 + longest / 2048 * share;
        Some(told.unwrap_or_default().max(jittered))
    }
}

#[cfg(test)]
#[path = "tries_tests.rs"]
mod tests;
