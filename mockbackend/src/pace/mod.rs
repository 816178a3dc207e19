//! The pace of an answer: when each piece of it is due.
//!
//! The first generated piece is due the time to first token after the request
//! had been read, each further one a gap after the one before was *due*, not
//! after it was written: lateness never adds up. The head and the events that
//! open a stream leave with the first piece, as a provider's do, and those
//! that end it with the last. A whole answer leaves when its last piece would
//! have.

mod current;
mod distribution;
mod lateness;
mod timer;

use std::time::Duration;

pub(crate) use current::Current;
pub use distribution::{BadDistribution, Distribution};
pub(crate) use lateness::Lateness;
pub(crate) use timer::Timer;

use crate::random::Random;

/// How long the pieces of an answer take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    /// From the request to the first piece; without it, nothing.
    pub ttft: Option<Distribution>,
    /// From one piece to the next; without it, nothing.
    pub inter_chunk: Option<Distribution>,
}

impl Pace {
    /// Whether every answer is due at once.
    pub fn is_instant(&self) -> bool {
        self.ttft.is_none() && self.inter_chunk.is_none()
    }

    /// When the pieces of an answer are due that begins at `start_ns`.
    pub(crate) fn deadlines(&self, start_ns: u64, random: Random) -> Deadlines<'_> {
        Deadlines {
            pace: self,
            random,
            due_ns: start_ns,
            begun: false,
        }
    }
}

/// The deadlines of one answer, in order.
#[derive(Debug)]
pub(crate) struct Deadlines<'a> {
    pace: &'a Pace,
    random: Random,
    due_ns: u64,
    begun: bool,
}

impl Deadlines<'_> {
    /// When the next piece is due.
    pub(crate) fn next_ns(&mut self) -> u64 {
        let wait = if self.begun {
            &self.pace.inter_chunk
        } else {
            &self.pace.ttft
        };
        self.begun = true;
        let wait = wait
            .as_ref()
            .map_or(Duration::ZERO, |wait| wait.draw(&mut self.random));
        let wait_ns = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        self.due_ns = self.due_ns.saturating_add(wait_ns);
        self.due_ns
    }

    /// When the last of `pieces` pieces is due.
    pub(crate) fn last_ns(&mut self, pieces: usize) -> u64 {
        (0..pieces).fold(self.due_ns, |_, _| self.next_ns())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_absolute() {
        let pace = Pace {
            ttft: "20ms".parse().ok(),
            inter_chunk: "1ms".parse().ok(),
        };
        let mut deadlines = pace.deadlines(5, Random::new(0, 0));
        let next = [(); 3].map(|()| deadlines.next_ns());
        assert_eq!(next, [20_000_005, 21_000_005, 22_000_005]);
        let whole = pace.deadlines(5, Random::new(0, 0)).last_ns(3);
        assert_eq!(whole, 22_000_005);
    }

    #[test]
    fn a_pace_without_one_half() {
        let pace = Pace {
            ttft: None,
            inter_chunk: "1ms".parse().ok(),
        };
        assert!(!pace.is_instant() && Pace::default().is_instant());
        let mut deadlines = pace.deadlines(5, Random::new(0, 0));
        assert_eq!([deadlines.next_ns(), deadlines.next_ns()], [5, 1_000_005]);
    }
    #[test]
    fn a_seed_and_a_request_decide_the_waits() {
        let pace = Pace {
            ttft: "lognormal:5ms:0.5".parse().ok(),
            inter_chunk: "p0=1ms,p100=30ms".parse().ok(),
        };
        let waits = |seed, request| {
            let mut deadlines = pace.deadlines(0, Random::new(seed, request));
            [(); 4].map(|()| deadlines.next_ns())
        };
        assert_eq!(waits(3, 0), waits(3, 0));
        assert_ne!(waits(3, 0), waits(3, 1));
        assert_ne!(waits(3, 0), waits(4, 0));
        assert!(waits(3, 0).is_sorted());
    }
}
