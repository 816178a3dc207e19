//! What the relay really did.

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest delay told apart.
const MAX_NS: u64 = 3_600_000_000_000;

/// What is printed; without a request every figure of delay is `null`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    requests: u64,
    added_ns: Added,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Added {
    p50: Option<u64>,
    p90: Option<u64>,
    p99: Option<u64>,
    mean: Option<u64>,
    max: Option<u64>,
}

/// The delays that were added.
#[derive(Debug)]
pub(super) struct Log {
    added_ns: Histogram<u64>,
    /// For a mean that no rounding touches.
    sum_ns: u128,
    max_ns: u64,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            added_ns: Histogram::new_with_max(MAX_NS, 3).expect("the bounds are constant"),
            sum_ns: 0,
            max_ns: 0,
        }
    }

    /// A burst read and written at these times.
    pub(super) fn forwarded(&mut self, read_ns: u64, written_ns: u64) {
        let added_ns = written_ns.saturating_sub(read_ns);
        self.added_ns.saturating_record(added_ns);
        self.sum_ns += u128::from(added_ns);
        self.max_ns = self.max_ns.max(added_ns);
    }

    pub(super) fn summary(&self) -> Summary {
        let requests = self.added_ns.len();
        let figure = |value: u64| (requests > 0).then_some(value);
        // A quantile is the upper end of its bucket, which may lie above all.
        let quantile = |q| figure(self.added_ns.value_at_quantile(q).min(self.max_ns));
        let mean_ns = self.sum_ns.checked_div(u128::from(requests));
        Summary {
            requests,
            added_ns: Added {
                p50: quantile(0.5),
                p90: quantile(0.9),
                p99: quantile(0.99),
                mean: mean_ns.map(|mean_ns| mean_ns as u64),
                max: figure(self.max_ns),
            },
        }
    }

    /// The log as one line of JSON.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(&self.summary()).expect("numbers are always JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_forwarded_is_not_a_delay_of_zero() {
        assert_eq!(
            Log::new().json(),
            r#"{"requests":0,"added_ns":{"p50":null,"p90":null,"p99":null,"mean":null,"max":null}}"#
        );
    }

    #[test]
    fn figures() {
        let mut log = Log::new();
        for added_ns in 1..=100 {
            log.forwarded(1000, 1000 + added_ns);
        }
        log.forwarded(5, 5 + MAX_NS * 2);
        let expected = Added {
            p50: Some(51),
            p90: Some(91),
            p99: Some(100),
            mean: Some((5050 + 2 * MAX_NS) / 101),
            max: Some(2 * MAX_NS),
        };
        let summary = log.summary();
        assert_eq!((summary.requests, summary.added_ns), (101, expected));
    }
}
