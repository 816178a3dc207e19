//! The CPU time of a process tree, also of members that have ended.

use std::collections::HashMap;

/// The CPU time of one process, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CpuTime {
    pub(super) pid: u32,
    pub(super) parent: u32,
    /// Its own.
    pub(super) own_ns: u64,
    /// That of children that ended and that it waited for.
    pub(super) waited_ns: u64,
}

/// Adds up the CPU time of processes that come and go.
///
/// When a process ends and its parent waits for it, the kernel adds its time
/// to the parent's `waited_ns`; when the parent has ended or does not
/// wait, its time is lost there, and what was last seen of it is kept here.
#[derive(Debug, Default)]
pub(super) struct CpuAccount {
    seen: HashMap<u32, CpuTime>,
    lost_ns: u64,
    highest_ns: u64,
}

impl CpuAccount {
    /// Takes the members of this moment and gives their CPU time so far, in
    /// nanoseconds. Never decreases.
    pub(super) fn update(&mut self, live: &[CpuTime]) -> u64 {
        let now: HashMap<u32, CpuTime> = live.iter().map(|stat| (stat.pid, *stat)).collect();
        let mut gone_by_parent: HashMap<u32, u64> = HashMap::new();
        for (pid, stat) in &self.seen {
            if !now.contains_key(pid) {
                *gone_by_parent.entry(stat.parent).or_default() += total(stat);
            }
        }
        for (parent, ns) in gone_by_parent {
            let before = self.seen.get(&parent).map(|stat| stat.waited_ns);
            let after = now.get(&parent).map(|stat| stat.waited_ns);
            let waited_for = match (before, after) {
                (Some(before), Some(after)) => after.saturating_sub(before),
                _ => 0,
            };
            self.lost_ns += ns.saturating_sub(waited_for);
        }
        let live_ns: u64 = live.iter().map(total).sum();
        self.highest_ns = self.highest_ns.max(live_ns + self.lost_ns);
        self.seen = now;
        self.highest_ns
    }
}

fn total(stat: &CpuTime) -> u64 {
    stat.own_ns + stat.waited_ns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(pid: u32, parent: u32, own_ns: u64, waited_ns: u64) -> CpuTime {
        CpuTime {
            pid,
            parent,
            own_ns,
            waited_ns,
        }
    }

    #[test]
    fn a_child_that_was_waited_for_counts_once_and_in_full() {
        let mut account = CpuAccount::default();
        assert_eq!(account.update(&[stat(1, 0, 10, 0), stat(2, 1, 30, 0)]), 40);
        // It used five more ns before it ended; the parent has them all.
        assert_eq!(account.update(&[stat(1, 0, 10, 35)]), 45);
        assert_eq!(account.update(&[stat(1, 0, 11, 35)]), 46);
    }

    #[test]
    fn a_child_that_nobody_waited_for_keeps_what_was_seen() {
        let mut account = CpuAccount::default();
        account.update(&[stat(1, 0, 10, 0), stat(2, 1, 30, 0)]);
        assert_eq!(account.update(&[stat(1, 0, 12, 0)]), 42);
        assert_eq!(account.update(&[stat(1, 0, 13, 0)]), 43);
    }

    #[test]
    fn the_root_that_ended_keeps_what_was_seen() {
        let mut account = CpuAccount::default();
        account.update(&[stat(1, 0, 10, 5), stat(2, 1, 30, 0)]);
        assert_eq!(account.update(&[stat(2, 99, 31, 0)]), 46);
        assert_eq!(account.update(&[]), 46);
    }
}
