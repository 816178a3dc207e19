//! The meter of a container: its control groups.

use super::cgroup::{Counters, CpuFiles, MemoryFiles, Place};
use super::pss::pss_of;
use super::{Meter, Reading, none_runs};
use crate::measured::{Measured, Reason};

/// Reads the CPU time and memory of a container from the files of its control
/// groups.
///
/// The headline, anonymous and shared memory, is that of
/// [`ProcessMeter`](super::ProcessMeter), but for two things: a page that
/// several processes share since a fork is counted once here and once for each
/// there, and files in a tmpfs count here although no process maps them.
#[derive(Debug)]
pub struct ContainerMeter {
    cpu: CpuFiles,
    memory: MemoryFiles,
}

impl ContainerMeter {
    /// The meter of the container `id` whose first process is `pid`; both as
    /// its engine tells them.
    ///
    /// # Errors
    /// The reason why its control groups cannot be read from here.
    pub fn new(id: &str, pid: u32) -> Result<Self, Reason> {
        Self::at(&Place::of_container(id, pid)?)
    }

    fn at(place: &Place) -> Result<Self, Reason> {
        Ok(Self {
            cpu: CpuFiles::open(place)?,
            memory: MemoryFiles::open(place)?,
        })
    }
}

impl Meter for ContainerMeter {
    fn read(&mut self) -> Result<Reading, Reason> {
        let processes = self.memory.processes()?.len();
        if processes == 0 {
            return Err(none_runs());
        }
        let memory = self.memory.read()?;
        Ok(Reading {
            cpu_ns: self.cpu.used_ns()?,
            anon_shmem_bytes: memory.anon_shmem_bytes,
            rss_bytes: None,
            kernel_bytes: memory.kernel_bytes,
            processes: u32::try_from(processes).unwrap_or(u32::MAX),
            threads: self.memory.threads().unwrap_or_default(),
        })
    }

    fn pss_bytes(&mut self) -> Measured<u64> {
        match self.memory.processes() {
            Ok(processes) => pss_of(processes),
            Err(reason) => Measured::absent(reason),
        }
    }

    fn counters(&mut self) -> Option<Counters> {
        Some(Counters::read(&mut self.cpu, &mut self.memory))
    }

    fn why_no_rss(&self) -> Reason {
        Reason::NotAvailable(
            "a control group counts the pages of a file for whoever read it first".to_owned(),
        )
    }

    fn why_no_kernel(&mut self) -> Reason {
        self.memory.why_no_kernel().unwrap_or_else(|| {
            Reason::NotAvailable("the kernel did not tell it at every reading".to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::cgroup::Version;
    use super::*;

    /// A group's folder as version `version` has it, with its files.
    fn meter(
        folder: &Path,
        version: Version,
        files: &[(&str, &str)],
    ) -> Result<ContainerMeter, Reason> {
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        ContainerMeter::at(&Place::all_in(version, folder))
    }

    const V1: [(&str, &str); 8] = [
        (
            "memory.stat",
            include_str!("cgroup/fixtures/v1.memory.stat"),
        ),
        ("memory.kmem.usage_in_bytes", "1048576\n"),
        ("memory.max_usage_in_bytes", "7340032\n"),
        (
            "memory.oom_control",
            "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
        ),
        ("cpuacct.usage", "123456789\n"),
        (
            "cpu.stat",
            "nr_periods 9\nnr_throttled 3\nthrottled_time 4000000\n",
        ),
        ("cgroup.procs", "11\n12\n"),
        ("tasks", "11\n12\n13\n"),
    ];

    const V2: [(&str, &str); 6] = [
        (
            "memory.stat",
            include_str!("cgroup/fixtures/v2.memory.stat"),
        ),
        ("memory.peak", "7340032\n"),
        ("memory.events", "low 0\nhigh 0\nmax 5\noom 1\noom_kill 1\n"),
        (
            "cpu.stat",
            "usage_usec 123456\nuser_usec 1\nnr_periods 9\nnr_throttled 3\nthrottled_usec 4000\n",
        ),
        ("cgroup.procs", "11\n12\n"),
        ("cgroup.threads", "11\n12\n13\n"),
    ];

    #[test]
    fn both_versions_tell_the_same() {
        for (version, files, cpu_ns, anon_shmem_bytes, kernel_bytes) in [
            (Version::V1, &V1[..], 123_456_789, 3_620_864, 1_048_576),
            (Version::V2, &V2[..], 123_456_000, 4_141_056, 1_089_536),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut meter = meter(folder.path(), version, files).unwrap();
            let expected = Reading {
                cpu_ns,
                anon_shmem_bytes,
                rss_bytes: None,
                kernel_bytes: Some(kernel_bytes),
                processes: 2,
                threads: 3,
            };
            assert_eq!(meter.read(), Ok(expected));
            let counters = Counters {
                peak_bytes: Measured::Value(7_340_032),
                throttled_periods: Measured::Value(3),
                throttled_ns: Measured::Value(4_000_000),
                oom_kills: Measured::Value(1),
            };
            assert_eq!(meter.counters(), Some(counters));
        }
    }

    /// Whichever file is missing: what does not stand on it is there.
    #[test]
    fn a_missing_file_leaves_its_own_figure_absent() {
        let needed = ["memory.stat", "cpuacct.usage", "cgroup.procs"];
        for (missing, _) in V1 {
            let folder = tempfile::tempdir().unwrap();
            let files: Vec<_> = V1
                .into_iter()
                .filter(|(name, _)| *name != missing)
                .collect();
            let meter = meter(folder.path(), Version::V1, &files);
            if needed.contains(&missing) {
                let why = meter.unwrap_err().to_string();
                assert!(why.contains(missing), "{why}");
                continue;
            }
            let mut meter = meter.unwrap();
            assert!(meter.read().is_ok(), "without {missing}");
            let counters = meter.counters().unwrap();
            let absent = [
                counters.peak_bytes.reason(),
                counters.throttled_ns.reason(),
                counters.oom_kills.reason(),
            ];
            let mut why: Vec<String> = absent
                .into_iter()
                .flatten()
                .map(ToString::to_string)
                .collect();
            if missing.contains("kmem") {
                why.push(meter.why_no_kernel().to_string());
            }
            if missing != "tasks" {
                assert_eq!(why.len(), 1, "without {missing}: {why:?}");
                assert!(why[0].contains(missing), "{why:?}");
            }
        }
    }

    #[test]
    fn an_empty_group_is_an_entrant_that_ended() {
        let folder = tempfile::tempdir().unwrap();
        let mut meter = meter(folder.path(), Version::V1, &V1).unwrap();
        fs::write(folder.path().join("cgroup.procs"), "").unwrap();
        assert!(matches!(meter.read(), Err(Reason::EntrantFailed(_))));
        assert!(matches!(
            meter.pss_bytes().reason(),
            Some(Reason::EntrantFailed(_))
        ));
    }
}
