//! The memory of a control group.

use super::file::{GroupFile, no_line, value_of};
use super::place::Group;
use super::{Place, Version};
use crate::measured::Reason;

/// Kinds of kernel memory in version 2, for kernels before 5.18, which do not
/// add them up in a line `kernel`.
const KERNEL_KINDS: [&str; 4] = ["kernel_stack", "pagetables", "percpu", "slab"];

/// The memory of one moment, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Anonymous and shared memory, each page counted once.
    pub(crate) anon_shmem_bytes: u64,
    /// Stacks, page tables and other memory that the kernel holds for the
    /// group; buffers of sockets are not in it.
    pub(crate) kernel_bytes: Option<u64>,
}

/// The files that tell of a group's memory.
#[derive(Debug)]
pub(crate) struct MemoryFiles {
    version: Version,
    stat: GroupFile,
    /// Only in version 1.
    kernel: Result<GroupFile, Reason>,
    peak: Result<GroupFile, Reason>,
    kills: Result<GroupFile, Reason>,
    processes: GroupFile,
    threads: Result<GroupFile, Reason>,
}

impl MemoryFiles {
    /// Opens them.
    ///
    /// # Errors
    /// Those that the headline stands on are missing; which. Without the
    /// others their figures alone are absent.
    pub(crate) fn open(place: &Place) -> Result<Self, Reason> {
        let Group { version, folder } = &place.memory;
        let (kernel, peak, kills, threads) = match version {
            Version::V1 => (
                "memory.kmem.usage_in_bytes",
                "memory.max_usage_in_bytes",
                "memory.oom_control",
                "tasks",
            ),
            Version::V2 => (
                "memory.stat",
                "memory.peak",
                "memory.events",
                "cgroup.threads",
            ),
        };
        Ok(Self {
            version: *version,
            stat: GroupFile::open(folder, "memory.stat")?,
            kernel: GroupFile::open(folder, kernel),
            peak: GroupFile::open(folder, peak),
            kills: GroupFile::open(folder, kills),
            processes: GroupFile::open(folder, "cgroup.procs")?,
            threads: GroupFile::open(folder, threads),
        })
    }

    /// What is used at this moment.
    ///
    /// # Errors
    /// The file cannot be read or lacks a line; or the group is gone.
    pub(crate) fn read(&mut self) -> Result<Memory, Reason> {
        let text = self.stat.read()?;
        let parsed = match self.version {
            Version::V1 => parse_v1(text),
            Version::V2 => parse_v2(text),
        };
        let mut memory = parsed.map_err(|name| no_line(self.stat.path(), name))?;
        if let (Version::V1, Ok(kernel)) = (self.version, &mut self.kernel) {
            memory.kernel_bytes = kernel.number().ok();
        }
        Ok(memory)
    }

    /// Why [`Memory::kernel_bytes`] is missing, if it is.
    pub(crate) fn why_no_kernel(&mut self) -> Option<Reason> {
        match (self.version, &mut self.kernel) {
            (_, Err(reason)) => Some(reason.clone()),
            (Version::V1, Ok(file)) => file.number().err(),
            (Version::V2, Ok(file)) => {
                let found = file.read().map(parse_v2);
                match found {
                    Ok(Ok(memory)) if memory.kernel_bytes.is_some() => None,
                    Ok(_) => Some(no_line(file.path(), "kernel")),
                    Err(reason) => Some(reason),
                }
            }
        }
    }

    /// The most of all kinds of memory, page cache too, since the group was
    /// made, in bytes.
    pub(crate) fn peak_bytes(&mut self) -> Result<u64, Reason> {
        open(&mut self.peak)?.number()
    }

    /// Processes killed because the group had reached its limit.
    pub(crate) fn oom_kills(&mut self) -> Result<u64, Reason> {
        open(&mut self.kills)?.value("oom_kill")
    }

    /// The ids of its processes, as this process sees them; 0 stands for one
    /// that it cannot see.
    pub(crate) fn processes(&mut self) -> Result<Vec<u32>, Reason> {
        let lines = self.processes.read()?.lines();
        Ok(lines.filter_map(|line| line.trim().parse().ok()).collect())
    }

    /// How many threads it has.
    pub(crate) fn threads(&mut self) -> Result<u32, Reason> {
        let threads = open(&mut self.threads)?.read()?.lines().count();
        Ok(u32::try_from(threads).unwrap_or(u32::MAX))
    }
}

fn open(file: &mut Result<GroupFile, Reason>) -> Result<&mut GroupFile, Reason> {
    file.as_mut().map_err(|reason| reason.clone())
}

/// `rss` of version 1 is not what ps(1) calls so: it counts anonymous memory
/// alone, and no shared memory, which is in `shmem`. The lines `total_` count
/// groups inside of the group too.
fn parse_v1(text: &str) -> Result<Memory, &'static str> {
    let value = |total: &'static str, own: &'static str| {
        let found = value_of(text, total).or_else(|| value_of(text, own));
        found.ok_or(own)
    };
    Ok(Memory {
        anon_shmem_bytes: value("total_rss", "rss")? + value("total_shmem", "shmem")?,
        kernel_bytes: None,
    })
}

fn parse_v2(text: &str) -> Result<Memory, &'static str> {
    let value = |name: &'static str| value_of(text, name).ok_or(name);
    let parts = || KERNEL_KINDS.iter().map(|kind| value_of(text, kind)).sum();
    Ok(Memory {
        anon_shmem_bytes: value("anon")? + value("shmem")?,
        kernel_bytes: value_of(text, "kernel").or_else(parts),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_counts_groups_inside_too() {
        let memory = parse_v1(include_str!("fixtures/v1.memory.stat")).unwrap();
        assert_eq!(memory.anon_shmem_bytes, 3_571_712 + 49_152);
        assert_eq!(memory.kernel_bytes, None);
        let old = parse_v1("cache 1\nrss 5\nshmem 2\n").unwrap();
        assert_eq!(old.anon_shmem_bytes, 7);
        assert_eq!(parse_v1("cache 1\nrss 5\n"), Err("shmem"));
    }

    #[test]
    fn version_2_adds_up_the_kernels_share_where_the_kernel_does_not() {
        let memory = parse_v2(include_str!("fixtures/v2.memory.stat")).unwrap();
        assert_eq!(memory.anon_shmem_bytes, 4_128_768 + 12_288);
        assert_eq!(memory.kernel_bytes, Some(1_089_536));
        let old = "anon 5\nshmem 2\nkernel_stack 1\npagetables 2\npercpu 4\nslab 8\n";
        assert_eq!(parse_v2(old).unwrap().kernel_bytes, Some(15));
        let older = "anon 5\nshmem 2\nkernel_stack 1\n";
        assert_eq!(parse_v2(older).unwrap().kernel_bytes, None);
        assert_eq!(parse_v2("anon 5\n"), Err("shmem"));
    }
}
