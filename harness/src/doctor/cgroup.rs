//! The control group that everything runs in.

use super::Finding;
use super::kernel;
use crate::machine::Fingerprint;

/// The control group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cgroup {
    /// 1 or 2; `None` where there is none.
    pub(super) version: Option<u8>,
    /// CPUs' worth of time that it may use, where that is limited.
    pub(super) quota_cpus: Option<f64>,
}

pub(super) fn probe(machine: &Fingerprint) -> Cgroup {
    let own = kernel::text("/proc/self/cgroup").unwrap_or_default();
    let quota_cpus = quota_v2(&own).or_else(|| quota_v1(&own));
    Cgroup {
        version: machine.cgroup_version.value().copied(),
        quota_cpus,
    }
}

/// `cpu.max` of cgroup-v2: quota and period in microseconds, or `max`.
fn quota_v2(own: &str) -> Option<f64> {
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    let text = kernel::text(format!("/sys/fs/cgroup{path}/cpu.max"))?;
    let (quota, period) = text.split_once(' ')?;
    cpus(quota.parse().ok()?, period.parse().ok()?)
}

/// `cpu.cfs_quota_us` and `cpu.cfs_period_us` of cgroup-v1; −1 is none.
fn quota_v1(own: &str) -> Option<f64> {
    let path = own.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        controllers
            .split(',')
            .any(|one| one == "cpu")
            .then_some(path)
    })?;
    let folder = format!("/sys/fs/cgroup/cpu{path}");
    cpus(
        kernel::value(format!("{folder}/cpu.cfs_quota_us"))?,
        kernel::value(format!("{folder}/cpu.cfs_period_us"))?,
    )
}

fn cpus(quota_us: f64, period_us: f64) -> Option<f64> {
    (quota_us > 0.0 && period_us > 0.0).then(|| quota_us / period_us)
}

pub(super) fn judge(cgroup: &Cgroup) -> [Finding; 2] {
    let version = match cgroup.version {
        Some(version) => Finding::good(
            "cgroup",
            format!("version {version}"),
            "containers' CPU time and memory can be read from the kernel",
        ),
        None => Finding::unknown(
            "cgroup",
            "none",
            "containers cannot be metered; processes can",
        ),
    };
    let quota = match cgroup.quota_cpus {
        None => Finding::good("CPU quota", "none", "nothing is throttled"),
        Some(cpus) => Finding::beware(
            "CPU quota",
            format!("{cpus:.1} CPUs' worth of time"),
            "when it is used up everything stands still for some milliseconds: tails are the \
             quota's and not the gateway's",
            "run outside of the container, or without a CPU limit",
        ),
    };
    [version, quota]
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn judges() {
        use Verdict::{Beware, Good, Unknown};
        let verdicts = |version, quota_cpus| {
            judge(&Cgroup {
                version,
                quota_cpus,
            })
            .map(|one| one.verdict)
        };
        assert_eq!(verdicts(Some(2), None), [Good, Good]);
        assert_eq!(verdicts(None, Some(1.5)), [Unknown, Beware]);
    }

    #[test]
    fn no_quota_is_none() {
        assert_eq!(cpus(150_000.0, 100_000.0), Some(1.5));
        assert_eq!(cpus(-1.0, 100_000.0), None);
    }
}
