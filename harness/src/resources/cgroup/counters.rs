//! What only a control group counts.

use serde::{Deserialize, Serialize};

use super::{CpuFiles, MemoryFiles};
use crate::measured::Measured;

/// Counters since a control group was made. A file that is missing leaves its
/// own counter alone absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    /// The most memory of all kinds, page cache and kernel memory too, in
    /// bytes.
    pub peak_bytes: Measured<u64>,
    /// Periods in which the CPU quota was used up.
    pub throttled_periods: Measured<u64>,
    /// How long it was kept from running for that.
    pub throttled_ns: Measured<u64>,
    /// Processes killed because the memory's limit was reached.
    pub oom_kills: Measured<u64>,
}

impl Counters {
    pub(crate) fn read(cpu: &mut CpuFiles, memory: &mut MemoryFiles) -> Self {
        Self {
            peak_bytes: memory.peak_bytes().into(),
            throttled_periods: cpu.throttled_periods().into(),
            throttled_ns: cpu.throttled_ns().into(),
            oom_kills: memory.oom_kills().into(),
        }
    }

    /// What was counted from `earlier` until now; the peak has no beginning
    /// but the group's own.
    pub(crate) fn since(self, earlier: &Self) -> Self {
        let less = |now: Measured<u64>, then: &Measured<u64>| match then {
            Measured::Value(then) => now.map(|now| now.saturating_sub(*then)),
            Measured::Absent { absent } => Measured::absent(absent.clone()),
        };
        Self {
            peak_bytes: self.peak_bytes,
            throttled_periods: less(self.throttled_periods, &earlier.throttled_periods),
            throttled_ns: less(self.throttled_ns, &earlier.throttled_ns),
            oom_kills: less(self.oom_kills, &earlier.oom_kills),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measured::Reason;

    #[test]
    fn a_window_has_what_was_added_and_the_peak_of_all_time() {
        let counters = |number: u64| Counters {
            peak_bytes: Measured::Value(number),
            throttled_periods: Measured::Value(number),
            throttled_ns: Measured::absent(Reason::NotAvailable("no file".into())),
            oom_kills: Measured::Value(number),
        };
        let window = counters(7).since(&counters(5));
        assert_eq!(window.peak_bytes, Measured::Value(7));
        assert_eq!(window.throttled_periods, Measured::Value(2));
        assert_eq!(window.oom_kills, Measured::Value(2));
        assert!(window.throttled_ns.reason().is_some());
    }
}
