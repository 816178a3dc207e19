//! A rate limit without a lock: the generic cell rate algorithm, which is a token bucket that
//! keeps one number.
//!
//! The number is the time at which the bucket would be full again. A request moves it on by one
//! request's share of a minute, and is refused if that were more than a minute from now. So a
//! key that was idle may send a minute's requests at once, and from then on at the rate.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

pub(super) struct Rate {
    per_minute: NonZeroU32,
    begun: Instant,
    /// Nanoseconds after `begun`.
    full_again: AtomicU64,
}

impl Rate {
    pub(super) fn per_minute(per_minute: NonZeroU32, begun: Instant) -> Self {
        Self {
            per_minute,
            begun,
            full_again: AtomicU64::new(0),
        }
    }

    pub(super) fn per_minute_limit(&self) -> u32 {
        self.per_minute.get()
    }

    /// Takes one request; refused, says how long until there is another.
    pub(super) fn take(&self, now: Instant) -> Result<(), Duration> {
        let minute = MINUTE.as_nanos() as u64;
        let share = minute / u64::from(self.per_minute.get());
        let now = now.saturating_duration_since(self.begun).as_nanos() as u64;
        let mut seen = self.full_again.load(Ordering::Relaxed);
        loop {
            let next = seen.max(now) + share;
            if let Some(early) = next.checked_sub(now + minute)
                && early > 0
            {
                return Err(Duration::from_nanos(early));
            }
            match self.full_again.compare_exchange_weak(
                seen,
                next,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(()),
                Err(other) => seen = other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_a_minute_s_requests_and_then_one_at_a_time() {
        let begun = Instant::now();
        let rate = Rate::per_minute(NonZeroU32::new(6).unwrap(), begun);
        for _ in 0..6 {
            assert_eq!(rate.take(begun), Ok(()));
        }
        assert_eq!(rate.take(begun), Err(Duration::from_secs(10)));
        let later = begun + Duration::from_secs(9);
        assert_eq!(rate.take(later), Err(Duration::from_secs(1)));
        let later = begun + Duration::from_secs(10);
        assert_eq!(rate.take(later), Ok(()));
        assert_eq!(rate.take(later), Err(Duration::from_secs(10)));
    }

    #[test]
    fn nothing_is_saved_up_beyond_a_minute() {
        let begun = Instant::now();
        let rate = Rate::per_minute(NonZeroU32::new(3).unwrap(), begun);
        let later = begun + Duration::from_secs(3600);
        let taken = (0..10).filter(|_| rate.take(later).is_ok()).count();
        assert_eq!(taken, 3);
    }

    #[test]
    fn threads_share_one_limit() {
        let begun = Instant::now();
        let rate = Rate::per_minute(NonZeroU32::new(100).unwrap(), begun);
        let taken: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..100).filter(|_| rate.take(begun).is_ok()).count()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(taken, 100);
    }
}
