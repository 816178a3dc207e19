//! The meter of processes: /proc.

use std::time::{Duration, Instant};

use nix::time::ClockId;
use nix::unistd::Pid;
use rustix::param::clock_ticks_per_second;

use super::cpu_account::{CpuAccount, CpuTime};
use super::pss::pss_of;
use super::{Meter, Reading, none_runs};
use crate::measured::{Measured, Reason};
use crate::process::{ChildTree, Stat, Tree, read_memory};

/// How often /proc is searched for new members; known ones are read each time.
const SEARCH_EVERY: Duration = Duration::from_millis(250);

/// Reads the CPU time and memory of a process tree, or of one process.
#[derive(Debug)]
pub struct ProcessMeter {
    tree: Tree,
    cpu: CpuAccount,
    scope: Scope,
    searched: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    WholeTree,
    OneProcess,
}

impl ProcessMeter {
    /// The whole tree of a started process.
    pub fn of_tree(child: &ChildTree) -> Self {
        Self::new(child.tree(), Scope::WholeTree)
    }

    /// One process alone, without those it starts.
    pub fn of_process(pid: u32) -> Self {
        Self::new(Tree::new(pid, None), Scope::OneProcess)
    }

    fn new(tree: Tree, scope: Scope) -> Self {
        Self {
            tree,
            cpu: CpuAccount::default(),
            scope,
            searched: None,
        }
    }

    fn members(&mut self) -> Result<Vec<Stat>, Reason> {
        let due = self
            .searched
            .is_none_or(|searched| searched.elapsed() >= SEARCH_EVERY);
        if self.scope == Scope::WholeTree && due {
            self.tree
                .refresh()
                .map_err(|error| Reason::NotAvailable(format!("/proc cannot be read: {error}")))?;
            self.searched = Some(Instant::now());
        }
        let mut live = self.tree.live();
        if self.scope == Scope::OneProcess {
            for stat in &mut live {
                stat.waited_ticks = 0;
            }
        }
        Ok(live)
    }
}

/// A process's own time by its CPU-time clock, which is exact, where it can be
/// read; else by /proc, which counts in ticks of ten milliseconds.
fn cpu_time(stat: &Stat) -> CpuTime {
    let ns_per_tick = 1_000_000_000 / clock_ticks_per_second().max(1);
    CpuTime {
        pid: stat.pid,
        parent: stat.parent,
        own_ns: own_clock_ns(stat.pid).unwrap_or(stat.own_ticks * ns_per_tick),
        waited_ns: stat.waited_ticks * ns_per_tick,
    }
}

/// See clock_getcpuclockid(3): all threads, also those that have ended.
fn own_clock_ns(pid: u32) -> Option<u64> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?);
    let now = ClockId::pid_cpu_clock_id(pid).ok()?.now().ok()?;
    let seconds = u64::try_from(now.tv_sec()).ok()?;
    Some(seconds * 1_000_000_000 + u64::try_from(now.tv_nsec()).ok()?)
}

impl Meter for ProcessMeter {
    fn read(&mut self) -> Result<Reading, Reason> {
        let live = self.members()?;
        let times: Vec<CpuTime> = live.iter().map(cpu_time).collect();
        let running: Vec<&Stat> = live.iter().filter(|stat| !stat.is_dead()).collect();
        if running.is_empty() {
            return Err(none_runs());
        }
        // One that ends just now has no memory left to tell of.
        let memory: Vec<_> = running
            .iter()
            .filter_map(|stat| read_memory(stat.pid).ok())
            .collect();
        if memory.is_empty() {
            return Err(Reason::NotAvailable(
                "/proc/PID/status does not tell RssAnon and RssShmem".into(),
            ));
        }
        let threads: u64 = running.iter().map(|stat| stat.threads).sum();
        Ok(Reading {
            cpu_ns: self.cpu.update(&times),
            anon_shmem_bytes: memory.iter().map(|one| one.anon_shmem_bytes).sum(),
            rss_bytes: Some(memory.iter().map(|one| one.rss_bytes).sum()),
            kernel_bytes: None,
            processes: u32::try_from(running.len()).unwrap_or(u32::MAX),
            threads: u32::try_from(threads).unwrap_or(u32::MAX),
        })
    }

    fn pss_bytes(&mut self) -> Measured<u64> {
        match self.members() {
            Ok(members) => pss_of(members.iter().map(|stat| stat.pid)),
            Err(reason) => Measured::absent(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::read_stat;

    #[test]
    fn the_exact_clock_and_the_ticks_tell_the_same_time() {
        let before_ns = own_clock_ns(std::process::id()).unwrap();
        let ticks = read_stat(std::process::id()).unwrap().own_ticks;
        let after_ns = own_clock_ns(std::process::id()).unwrap();
        let tick_ns = 1_000_000_000 / clock_ticks_per_second();
        // User and system time are each rounded down to a tick.
        assert!(ticks * tick_ns <= after_ns, "{ticks} {after_ns}");
        assert!((ticks + 2) * tick_ns >= before_ns, "{ticks} {before_ns}");
        assert_eq!(own_clock_ns(u32::MAX), None);
    }
}
