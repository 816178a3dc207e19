//! A gateway that is worse than it must be, for those who test whether a gate notices: a request
//! takes about a tenth more CPU time. Only in a build with the feature `burn-a-tenth`, whose
//! version says so.

use std::cell::Cell;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

thread_local! {
    /// The CPU time of this thread up to which its share was burnt.
    static UP_TO: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// The clock is a system call, and would cost more than it is to measure if every request
/// asked it.
const EVERY: u32 = 16;

/// What is burnt of the CPU time that a thread has used. Not a tenth: where that was burnt, a
/// request took 11.6% more in 612 blocks of a gate (standard error 0.5%). How much it takes with
/// this, the table of the gate's self-test says.
const SHARE: (u32, u32) = (17, 200);

/// Makes a request take a tenth more CPU time than it did; burns once in [`EVERY`] calls.
pub(crate) fn a_tenth() {
    let call = CALLS.get().wrapping_add(1);
    CALLS.set(call);
    if call.is_multiple_of(EVERY) {
        burn();
    }
}

/// Burns [`SHARE`] of what was used since the last time.
fn burn() {
    let (part, whole) = SHARE;
    let begun = used();
    let until = begun + begun.saturating_sub(UP_TO.get()) * part / whole;
    let mut now = begun;
    while now < until {
        now = used();
    }
    // What was too much now is left out of the next.
    UP_TO.set(now + (now - until) * whole / part);
}

fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, ns) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
    Duration::new(seconds, u32::try_from(ns).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burns_its_share() {
        burn();
        let begun = used();
        let mut worked = Duration::ZERO;
        for _ in 0..50 * EVERY {
            let piece = used();
            while used() < piece + Duration::from_millis(1) / EVERY {}
            worked += used() - piece;
            a_tenth();
        }
        let all = used() - begun;
        let share = all.as_secs_f64() / worked.as_secs_f64();
        let (part, whole) = SHARE;
        let wanted = 1.0 + f64::from(part) / f64::from(whole);
        assert!((share - wanted).abs() < 0.012, "{share}");
    }
}
