//! The machine watched for a while.

use std::collections::HashMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::param::clock_ticks_per_second;

use crate::process::{pids, read_stat};
use crate::resources::{HostCpu, Stolen};

/// What went on during a while in which the harness did nothing.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// What the hypervisor took; `None` where the kernel does not tell.
    pub(super) stolen: Option<Stolen>,
    /// Processes that used CPU time, the busiest first.
    pub(super) busy: Vec<Busy>,
}

/// A process that used CPU time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Busy {
    /// Its id.
    pub(super) pid: u32,
    /// Its name.
    pub(super) name: String,
    /// CPU time as a part of one CPU's: 1 is one CPU all the time.
    pub(super) cpus: f64,
}

impl Window {
    /// Sleeps for `length`, and tells what the others did meanwhile.
    pub(super) fn watch(length: Duration) -> Self {
        let began = Instant::now();
        let (cpu, ticks) = (HostCpu::read(), ticks_by_process());
        thread::sleep(length);
        let (cpu_now, ticks_now) = (HostCpu::read(), ticks_by_process());
        let ticks_a_cpu = clock_ticks_per_second() as f64 * began.elapsed().as_secs_f64();
        let mut busy: Vec<Busy> = ticks_now
            .into_iter()
            .filter_map(|(pid, now)| {
                let used = now.saturating_sub(*ticks.get(&pid)?);
                (used > 0).then(|| Busy {
                    pid,
                    name: name(pid),
                    cpus: used as f64 / ticks_a_cpu,
                })
            })
            .collect();
        busy.sort_by(|a, b| b.cpus.total_cmp(&a.cpus));
        Self {
            stolen: cpu_now.zip(cpu).map(|(now, then)| now.since(then)),
            busy,
        }
    }
}

/// CPU time of every process but this one.
fn ticks_by_process() -> HashMap<u32, u64> {
    let others = pids()
        .into_iter()
        .flatten()
        .filter(|&pid| pid != std::process::id());
    others
        .filter_map(|pid| Some((pid, read_stat(pid).ok()?.own_ticks)))
        .collect()
}

fn name(pid: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{pid}/comm"));
    name.map_or_else(|_| "ended".to_owned(), |name| name.trim().to_owned())
}
