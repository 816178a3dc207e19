//! The labels by which the harness knows what it has started.

use std::collections::HashMap;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::process::read_stat;

/// The label with the process id of the harness that made a container.
pub const HARNESS: &str = "tollgate.harness";
/// When that process was started, in clock ticks since the machine was: its
/// id may be another's by now.
const STARTED: &str = "tollgate.started";
/// The boot of the machine that the two hold for.
const BOOT: &str = "tollgate.boot";
/// The process namespace that they hold for.
const NAMESPACE: &str = "tollgate.namespace";

/// The labels of everything that this process makes.
pub fn of_this_harness() -> HashMap<String, String> {
    let pid = std::process::id();
    HashMap::from([
        (HARNESS.to_owned(), pid.to_string()),
        (
            STARTED.to_owned(),
            start_time(pid).unwrap_or_default().to_string(),
        ),
        (BOOT.to_owned(), boot()),
        (NAMESPACE.to_owned(), namespace()),
    ])
}

/// A name that no other container has.
pub(super) fn container_name(about: &str) -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let made = MADE.fetch_add(1, Ordering::Relaxed);
    format!("tollgate-{}-{made}-{about}", std::process::id())
}

/// What becomes of a container of a harness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The harness of this process id runs.
    Lives,
    /// It has ended.
    Dead(u32),
    /// It ran where this process cannot see.
    Unknown,
}

/// Whether the harness that made a container with these labels still runs;
/// `running` is whether the container does.
pub(super) fn owner(labels: &HashMap<String, String>, running: bool) -> Owner {
    let Some(harness) = labels.get(HARNESS).and_then(|pid| pid.parse().ok()) else {
        return Owner::Unknown;
    };
    if labels.get(BOOT) != Some(&boot()) {
        // No container outlives the boot of its machine, so one that runs is
        // another machine's, at an engine that several share.
        return if running {
            Owner::Unknown
        } else {
            Owner::Dead(harness)
        };
    }
    if labels.get(NAMESPACE) != Some(&namespace()) {
        return Owner::Unknown;
    }
    let started: Option<u64> = labels.get(STARTED).and_then(|time| time.parse().ok());
    match (start_time(harness), started) {
        (Some(now), Some(then)) if now == then => Owner::Lives,
        _ => Owner::Dead(harness),
    }
}

/// When a process that runs was started, in clock ticks since boot.
fn start_time(pid: u32) -> Option<u64> {
    let stat = read_stat(pid).ok().filter(|stat| !stat.is_dead())?;
    Some(stat.started_ticks)
}

fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

fn namespace() -> String {
    let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    link.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harness_is_known_by_its_id_and_its_start() {
        let mut labels = of_this_harness();
        assert_eq!(owner(&labels, true), Owner::Lives);
        labels.insert(STARTED.into(), "1".into());
        assert_eq!(owner(&labels, true), Owner::Dead(std::process::id()));
        labels.insert(NAMESPACE.into(), "pid:[1]".into());
        assert_eq!(owner(&labels, true), Owner::Unknown);
        labels.insert(BOOT.into(), "another".into());
        assert_eq!(owner(&labels, true), Owner::Unknown);
        assert_eq!(owner(&labels, false), Owner::Dead(std::process::id()));
        assert_eq!(owner(&HashMap::new(), false), Owner::Unknown);
    }
}
