//! A breaker for each provider: one that fails again and again is left alone for a while.
//!
//! Closed, it lets everything through. After so many failures in a row it opens. When its time
//! is over, one request may try: if that fails it stays open for the same time again, if it does
//! well the breaker closes. All workers share it; closed, it costs one load.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::config::Breaker;

pub(crate) struct Circuit {
    breaker: Breaker,
    begun: Instant,
    /// In a row.
    failures: AtomicU32,
    /// Milliseconds after `begun`; 0 is closed.
    open_until: AtomicU64,
}

impl Circuit {
    pub(crate) fn new(breaker: Breaker, begun: Instant) -> Self {
        Self {
            breaker,
            begun,
            failures: AtomicU32::new(0),
            open_until: AtomicU64::new(0),
        }
    }

    /// Whether a request may be let through by now.
    pub(crate) fn is_up(&self) -> bool {
        let until = self.open_until.load(Ordering::Relaxed);
        until == 0 || self.millis(Instant::now()) >= until
    }

    /// Lets a request through, or not. Where it is the one that tries, others are not let
    /// through until its outcome is known or the time is over again.
    pub(crate) fn enter(&self) -> bool {
        let until = self.open_until.load(Ordering::Relaxed);
        until == 0 || self.may_try(until, Instant::now())
    }

    fn may_try(&self, until: u64, now: Instant) -> bool {
        let now = self.millis(now);
        now >= until
            && self
                .open_until
                .compare_exchange(
                    until,
                    now + self.cooldown(),
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                )
                .is_ok()
    }

    /// Takes note of an answer.
    pub(crate) fn succeeded(&self) {
        // Mostly there is nothing to change, and a load leaves the cache line with everybody.
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
            self.open_until.store(0, Ordering::Relaxed);
        }
    }

    /// Takes note of a failure; says whether it opened the breaker.
    pub(crate) fn failed(&self) -> bool {
        self.failed_at(Instant::now())
    }

    fn failed_at(&self, now: Instant) -> bool {
        if self.breaker.failures == 0 {
            return false;
        }
        let failures = self
            .failures
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        if failures < self.breaker.failures {
            return false;
        }
        let until = self.millis(now) + self.cooldown();
        self.open_until.swap(until, Ordering::Relaxed) == 0
    }

    /// How long it stays open; `None` if it is closed. No time at all once the next request may
    /// try how the provider is by now.
    pub(crate) fn open_for(&self) -> Option<Duration> {
        match self.open_until.load(Ordering::Relaxed) {
            0 => None,
            until => Some(Duration::from_millis(
                until.saturating_sub(self.millis(Instant::now())),
            )),
        }
    }

    /// Never 0, which stands for closed.
    fn cooldown(&self) -> u64 {
        (self.breaker.cooldown.as_millis() as u64).max(1)
    }

    fn millis(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.begun).as_millis() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circuit(failures: u32) -> (Circuit, Instant) {
        let begun = Instant::now();
        let breaker = Breaker {
            failures,
            cooldown: Duration::from_secs(10),
        };
        (Circuit::new(breaker, begun), begun)
    }

    #[test]
    fn opens_after_failures_in_a_row() {
        let (circuit, now) = circuit(3);
        for _ in 0..2 {
            assert!(!circuit.failed_at(now));
        }
        circuit.succeeded();
        for _ in 0..2 {
            assert!(!circuit.failed_at(now));
            assert!(circuit.is_up() && circuit.enter());
        }
        assert!(circuit.failed_at(now));
        assert!(!circuit.is_up() && !circuit.enter());
        assert!(circuit.open_for().is_some());
    }

    #[test]
    fn lets_one_try_after_its_time() {
        let (circuit, now) = circuit(1);
        assert!(circuit.failed_at(now));
        let until = circuit.open_until.load(Ordering::Relaxed);
        assert!(!circuit.may_try(until, now + Duration::from_secs(9)));
        let later = now + Duration::from_secs(10);
        assert!(circuit.may_try(until, later));
        let until = circuit.open_until.load(Ordering::Relaxed);
        assert!(!circuit.may_try(until, later));
        // It failed: open for as long again, and already known to be.
        assert!(!circuit.failed_at(later));
        assert!(!circuit.is_up() && !circuit.enter());
        circuit.succeeded();
        assert!(circuit.is_up() && circuit.enter());
        assert_eq!(circuit.open_for(), None);
    }

    #[test]
    fn can_be_switched_off() {
        let (circuit, now) = circuit(0);
        for _ in 0..100 {
            assert!(!circuit.failed_at(now));
        }
        assert!(circuit.is_up() && circuit.enter());
    }
}
