//! The CPU time of a control group.

use super::file::GroupFile;
use super::{Place, Version};
use crate::measured::Reason;

const NS_PER_US: u64 = 1_000;

/// The files that tell of a group's CPU time.
#[derive(Debug)]
pub(crate) struct CpuFiles {
    usage_version: Version,
    usage: GroupFile,
    stat_version: Version,
    stat: Result<GroupFile, Reason>,
}

impl CpuFiles {
    /// Opens them.
    ///
    /// # Errors
    /// The counter of CPU time is missing.
    pub(crate) fn open(place: &Place) -> Result<Self, Reason> {
        let name = match place.cpuacct.version {
            Version::V1 => "cpuacct.usage",
            Version::V2 => "cpu.stat",
        };
        Ok(Self {
            usage_version: place.cpuacct.version,
            usage: GroupFile::open(&place.cpuacct.folder, name)?,
            stat_version: place.cpu.version,
            stat: GroupFile::open(&place.cpu.folder, "cpu.stat"),
        })
    }

    /// CPU time used since the group was made, in nanoseconds.
    pub(crate) fn used_ns(&mut self) -> Result<u64, Reason> {
        match self.usage_version {
            Version::V1 => self.usage.number(),
            Version::V2 => Ok(NS_PER_US * self.usage.value("usage_usec")?),
        }
    }

    /// Periods in which its CPU quota was used up.
    pub(crate) fn throttled_periods(&mut self) -> Result<u64, Reason> {
        self.stat()?.value("nr_throttled")
    }

    /// How long it was kept from running for that, in nanoseconds.
    pub(crate) fn throttled_ns(&mut self) -> Result<u64, Reason> {
        match self.stat_version {
            Version::V1 => self.stat()?.value("throttled_time"),
            Version::V2 => Ok(NS_PER_US * self.stat()?.value("throttled_usec")?),
        }
    }

    fn stat(&mut self) -> Result<&mut GroupFile, Reason> {
        self.stat.as_mut().map_err(|reason| reason.clone())
    }
}
