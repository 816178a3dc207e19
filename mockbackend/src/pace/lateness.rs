//! How late the pieces of paced answers were.

use std::sync::{Mutex, PoisonError};

use hdrhistogram::Histogram;

use crate::answer::object::object;

/// The latest told apart.
const MAX_NS: u64 = 60_000_000_000;

/// From when each piece was due to just before it was written, of all answers
/// since the mock began. It is written only where answers are paced.
#[derive(Debug)]
pub(crate) struct Lateness {
    late_ns: Mutex<Histogram<u64>>,
}

/// Figures of the lateness, absent without a piece.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    events: u64,
    p50_ns: Option<u64>,
    p99_ns: Option<u64>,
    max_ns: Option<u64>,
}

impl Lateness {
    pub(crate) fn new() -> Self {
        let histogram = Histogram::new_with_max(MAX_NS, 3).expect("the bounds are constant");
        Self {
            late_ns: Mutex::new(histogram),
        }
    }

    /// A piece due and written at these times.
    pub(crate) fn record(&self, due_ns: u64, written_ns: u64) {
        let mut late_ns = self.late_ns.lock().unwrap_or_else(PoisonError::into_inner);
        late_ns.saturating_record(written_ns.saturating_sub(due_ns));
    }

    /// The figures as JSON.
    pub(crate) fn json(&self) -> String {
        let Figures {
            events,
            p50_ns,
            p99_ns,
            max_ns,
        } = self.figures();
        let late_ns = object! { "p50": p50_ns, "p99": p99_ns, "max": max_ns };
        let json = object! { "events": events, "late_ns": late_ns };
        json.get().to_owned()
    }

    fn figures(&self) -> Figures {
        let late_ns = self.late_ns.lock().unwrap_or_else(PoisonError::into_inner);
        let events = late_ns.len();
        let quantile = |q| (events > 0).then(|| late_ns.value_at_quantile(q));
        Figures {
            events,
            p50_ns: quantile(0.5),
            p99_ns: quantile(0.99),
            max_ns: quantile(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures() {
        let lateness = Lateness::new();
        assert_eq!(lateness.figures().max_ns, None);
        for late_ns in 1..=100 {
            lateness.record(1000, 1000 + late_ns);
        }
        assert_eq!(
            lateness.figures(),
            Figures {
                events: 100,
                p50_ns: Some(50),
                p99_ns: Some(99),
                max_ns: Some(100)
            }
        );
    }
}
