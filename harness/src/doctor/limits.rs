//! How many files may be open, and how many ports there are.

use rustix::process::{Resource, getrlimit};

use super::Finding;
use super::kernel;

/// A thousand streams through a gateway are two connections each.
const FILES: u64 = 4_096;
/// A gateway that keeps no connection open uses one port a request.
const PORTS: u32 = 10_000;

/// The limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Files that a process may have open; `None`: any number.
    pub(super) files: Option<u64>,
    /// Ports that the kernel gives to connections, first and last.
    pub(super) ports: Option<(u32, u32)>,
}

pub(super) fn probe() -> Limits {
    let ports = kernel::text("/proc/sys/net/ipv4/ip_local_port_range").and_then(|range| {
        let (first, last) = range.split_once(char::is_whitespace)?;
        Some((first.parse().ok()?, last.trim().parse().ok()?))
    });
    Limits {
        files: getrlimit(Resource::Nofile).current,
        ports,
    }
}

pub(super) fn judge(limits: &Limits) -> [Finding; 2] {
    [files(limits.files), ports(limits.ports)]
}

fn files(limit: Option<u64>) -> Finding {
    let subject = "open files";
    match limit {
        Some(limit) if limit < FILES => Finding::beware(
            subject,
            format!("at most {limit} a process"),
            "with many connections a gateway or the generator runs out of files, and requests \
             fail that would not",
            "ulimit -n 65536",
        ),
        Some(limit) => Finding::good(
            subject,
            format!("at most {limit} a process"),
            "enough for a thousand streams",
        ),
        None => Finding::good(subject, "no limit", "enough for a thousand streams"),
    }
}

fn ports(range: Option<(u32, u32)>) -> Finding {
    let subject = "ports of connections";
    let Some((first, last)) = range else {
        return Finding::unknown(subject, "not told", "connections may run out of ports");
    };
    let found = format!("{first} to {last}");
    if last.saturating_sub(first) >= PORTS {
        return Finding::good(subject, found, "enough for entrants that keep connections");
    }
    Finding::beware(
        subject,
        found,
        "a gateway that opens a connection a request runs out of ports",
        "sysctl -w net.ipv4.ip_local_port_range='10000 65000'",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn judges() {
        use Verdict::{Beware, Good, Unknown};
        let verdicts = |files, ports| judge(&Limits { files, ports }).map(|one| one.verdict);
        assert_eq!(
            verdicts(Some(1_024), Some((32_768, 60_999))),
            [Beware, Good]
        );
        assert_eq!(
            verdicts(Some(20_000), Some((60_000, 61_000))),
            [Good, Beware]
        );
        assert_eq!(verdicts(None, None), [Good, Unknown]);
    }
}
