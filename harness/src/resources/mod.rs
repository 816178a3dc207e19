//! What an entrant uses, CPU time and memory, and what the machine withholds:
//! from the kernel's own files.

mod cgroup;
mod container_meter;
mod cpu_account;
mod host_cpu;
mod page_cache;
mod process_meter;
mod pss;
mod sampler;

pub use cgroup::Counters;
pub use container_meter::ContainerMeter;
pub use host_cpu::{HostCpu, Stolen};
pub use page_cache::drop_page_cache;
pub use process_meter::ProcessMeter;
pub use sampler::{Mark, SAMPLES_PER_SECOND, Sample, Sampler, Usage, monotonic_ns};

use crate::measured::{Measured, Reason};

/// Something whose CPU time and memory can be read: a process tree, a
/// container.
pub trait Meter: Send {
    /// Reads the state of this moment.
    ///
    /// # Errors
    /// The reason why there is nothing to read: no such files on this system,
    /// or no process is left.
    fn read(&mut self) -> Result<Reading, Reason>;

    /// The proportional set size of this moment, in bytes: shared pages
    /// divided among those who share them. Costs the kernel a walk through
    /// the whole address space, so read it outside of a measured window.
    fn pss_bytes(&mut self) -> Measured<u64>;

    /// What only a control group counts; none of what has no group of its
    /// own.
    fn counters(&mut self) -> Option<Counters> {
        None
    }

    /// Why its readings have no [`Reading::rss_bytes`], where they have none.
    fn why_no_rss(&self) -> Reason {
        Reason::NotAvailable("the kernel does not tell it".to_owned())
    }

    /// Why its readings have no [`Reading::kernel_bytes`], where they have
    /// none.
    fn why_no_kernel(&mut self) -> Reason {
        Reason::NotAvailable(
            "a process has no control group of its own; a container has".to_owned(),
        )
    }
}

/// Why a metered thing of which nothing runs has no figures.
fn none_runs() -> Reason {
    Reason::EntrantFailed("none of its processes is running".to_owned())
}

/// The state of a metered thing at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// CPU time used since the start, user and system, of all processes, also
    /// of those that have ended. Never decreases.
    pub cpu_ns: u64,
    /// Resident anonymous and shared memory: the headline figure. Of
    /// processes that share memory, each counts it.
    pub anon_shmem_bytes: u64,
    /// All resident memory, mapped files too; none of a control group.
    pub rss_bytes: Option<u64>,
    /// Memory that the kernel holds for it; only of a control group.
    pub kernel_bytes: Option<u64>,
    /// Processes.
    pub processes: u32,
    /// Threads of all processes.
    pub threads: u32,
}
