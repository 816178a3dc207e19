//! Control groups, versions 1 and 2: where a container's is, and what its
//! files tell.
//!
//! Formats: the kernel's admin-guide, `cgroup-v1/memory.rst`,
//! `cgroup-v1/cpuacct.rst` and `cgroup-v2.rst`.

mod counters;
mod cpu;
mod file;
mod memory;
mod place;

pub use counters::Counters;
pub(super) use cpu::CpuFiles;
pub(super) use memory::MemoryFiles;
pub(super) use place::Place;

/// Which hierarchy a controller is in; both may be mounted on one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}
