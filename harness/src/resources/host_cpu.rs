//! CPU time of the whole machine, and what of it a hypervisor took away.

use std::fs;

use serde::{Deserialize, Serialize};

/// CPU time of all CPUs since boot, in clock ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostCpu {
    /// Time of any kind, idle too.
    all_ticks: u64,
    /// Time in which a CPU was to run but the hypervisor ran something else.
    stolen_ticks: u64,
}

/// What a hypervisor took of a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stolen {
    /// Clock ticks of all CPUs in which one was to run and could not.
    pub stolen_ticks: u64,
    /// Clock ticks of all CPUs, idle ones too.
    pub all_ticks: u64,
}

impl HostCpu {
    /// Reads `/proc/stat`. `None` where there is no such file.
    pub fn read() -> Option<Self> {
        parse(&fs::read_to_string("/proc/stat").ok()?)
    }

    /// What was stolen from `earlier` until now.
    pub fn since(self, earlier: Self) -> Stolen {
        Stolen {
            stolen_ticks: self.stolen_ticks.saturating_sub(earlier.stolen_ticks),
            all_ticks: self.all_ticks.saturating_sub(earlier.all_ticks),
        }
    }
}

impl Stolen {
    /// The stolen part of the time, from 0 to 1. `None` of a stretch too short
    /// to tell.
    pub fn share(self) -> Option<f64> {
        (self.all_ticks > 0).then(|| self.stolen_ticks as f64 / self.all_ticks as f64)
    }
}

/// The line `cpu` of proc_stat(5): user, nice, system, idle, iowait, irq,
/// softirq, steal, and two more that are part of the first two.
fn parse(text: &str) -> Option<HostCpu> {
    let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<u64> = line
        .split_ascii_whitespace()
        .take(8)
        .map(|field| field.parse().ok())
        .collect::<Option<_>>()?;
    Some(HostCpu {
        all_ticks: ticks.iter().sum(),
        stolen_ticks: *ticks.get(7)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_are_not_counted_twice() {
        let before = parse("cpu  10 1 2 80 3 1 1 2 9 9\ncpu0 1 1 1 1 1 1 1 1 0 0\n").unwrap();
        let after = parse("cpu  20 1 2 160 3 1 1 12 9 9\n").unwrap();
        let stolen = after.since(before);
        assert_eq!((stolen.stolen_ticks, stolen.all_ticks), (10, 100));
        assert_eq!(stolen.share(), Some(0.1));
        assert_eq!(before.since(before).share(), None);
    }

    #[test]
    fn a_kernel_that_does_not_tell() {
        assert_eq!(parse("cpu  1 2 3 4 5 6 7\n"), None);
        assert_eq!(parse("cpu0 1 2 3 4 5 6 7 8\n"), None);
        assert_eq!(parse("cpu  1 2 3 4 5 6 7 x\n"), None);
    }
}
