//! The meter of processes: /proc.

use std::time::{Duration, Instant};

use rustix::param::clock_ticks_per_second;

use super::cpu_account::CpuAccount;
use super::{Meter, Reading};
use crate::measured::{Measured, Reason};
use crate::process::{ChildTree, Stat, Tree, pss_bytes, read_memory};

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

impl Meter for ProcessMeter {
    fn read(&mut self) -> Result<Reading, Reason> {
        let live = self.members()?;
        let ticks = self.cpu.update(&live);
        let running: Vec<&Stat> = live.iter().filter(|stat| !stat.is_dead()).collect();
        if running.is_empty() {
            return Err(Reason::EntrantFailed(
                "none of its processes is running".into(),
            ));
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
            cpu_ns: ticks.saturating_mul(1_000_000_000 / clock_ticks_per_second().max(1)),
            anon_shmem_bytes: memory.iter().map(|one| one.anon_shmem_bytes).sum(),
            rss_bytes: memory.iter().map(|one| one.rss_bytes).sum(),
            processes: u32::try_from(running.len()).unwrap_or(u32::MAX),
            threads: u32::try_from(threads).unwrap_or(u32::MAX),
        })
    }

    fn pss_bytes(&mut self) -> Measured<u64> {
        let sum = || -> Result<u64, Reason> {
            let mut sum = 0;
            for stat in self.members()?.iter().filter(|stat| !stat.is_dead()) {
                sum += pss_bytes(stat.pid).map_err(|error| {
                    Reason::NotAvailable(format!("PSS of process {}: {error}", stat.pid))
                })?;
            }
            Ok(sum)
        };
        match { sum }() {
            Ok(0) => Measured::absent(Reason::EntrantFailed(
                "none of its processes is running".into(),
            )),
            result => result.into(),
        }
    }
}
