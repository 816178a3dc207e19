//! What the time is taken from, and what taking it costs.

use std::hint::black_box;
use std::time::Instant;

use super::Finding;
use crate::machine::Fingerprint;
use crate::resources::monotonic_ns;

const SUBJECT: &str = "clock";
const READINGS: u32 = 100_000;
/// A clock read without a call into the kernel costs less than this.
const CHEAP_NS: f64 = 200.0;

/// The clock.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// What the kernel takes the time from.
    pub(super) source: Option<String>,
    /// What one reading of CLOCK_MONOTONIC costs.
    pub(super) cost_ns: f64,
}

pub(super) fn probe(machine: &Fingerprint) -> Clock {
    let began = Instant::now();
    for _ in 0..READINGS {
        black_box(monotonic_ns());
    }
    Clock {
        source: machine.clock_source.value().cloned(),
        cost_ns: began.elapsed().as_nanos() as f64 / f64::from(READINGS),
    }
}

pub(super) fn judge(clock: &Clock) -> Finding {
    let source = clock.source.as_deref().unwrap_or("source unknown");
    let found = format!("{source}, {:.0} ns a reading", clock.cost_ns);
    if clock.cost_ns < CHEAP_NS {
        return Finding::good(SUBJECT, found, "stamps cost nothing that shows");
    }
    Finding::beware(
        SUBJECT,
        found,
        "each reading is a call into the kernel: the stamps in every chunk cost CPU time",
        "have the kernel use tsc: clocksource=tsc on its command line",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn judges_by_cost_and_not_by_name() {
        let verdict = |source: &str, cost_ns| {
            let source = Some(source.to_owned());
            judge(&Clock { source, cost_ns }).verdict
        };
        assert_eq!(verdict("kvm-clock", 40.0), Verdict::Good);
        assert_eq!(verdict("tsc", 900.0), Verdict::Beware);
    }
}
