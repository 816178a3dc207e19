//! What machine a run was made on.

use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sysinfo::System;

use crate::measured::{Measured, Reason};
use crate::project;
use crate::runner::cpus;

/// What can make two runs differ although nothing else does; the content of
/// `machine.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// When it was taken, UTC, as RFC 3339 has it.
    pub date: String,
    /// Version of the harness.
    pub harness_version: String,
    /// The commit of the project's folder, with `-dirty` if it was changed.
    pub commit: Measured<String>,
    /// Name and version of the operating system.
    pub os: Measured<String>,
    /// Release of the kernel.
    pub kernel: Measured<String>,
    /// Processor architecture, as Rust names it.
    pub architecture: String,
    /// The machine's maker and type; of a virtual one, the host's and the
    /// instance's.
    pub product: Measured<String>,
    /// Model of the processor.
    pub cpu_model: Measured<String>,
    /// CPUs that the harness may use.
    pub cpus: usize,
    /// Processor cores, where two CPUs may share one.
    pub cores: Measured<usize>,
    /// Memory of the machine.
    pub memory_bytes: Measured<u64>,
    /// Whether the processor says that it is virtual.
    pub hypervisor: Measured<bool>,
    /// 1 or 2.
    pub cgroup_version: Measured<u8>,
    /// What the kernel takes the time from.
    pub clock_source: Measured<String>,
    /// The frequency governor of the first CPU.
    pub governor: Measured<String>,
    /// Load averages over 1, 5 and 15 minutes before the run.
    pub load_average: Measured<[f64; 3]>,
}

/// Takes the fingerprint of this machine, now.
pub fn fingerprint() -> Fingerprint {
    let system = System::new().map(|mut system| {
        system.refresh_memory();
        system.refresh_cpu_all();
        system
    });
    Fingerprint {
        date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        harness_version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: commit(),
        os: told(System::long_os_version()),
        kernel: told(System::kernel_version()),
        architecture: std::env::consts::ARCH.to_owned(),
        product: product(),
        cpu_model: cpu_model(system.as_ref()),
        cpus: cpus(),
        cores: told(System::physical_core_count()),
        memory_bytes: told(system.as_ref().map(System::total_memory)),
        hypervisor: read("/proc/cpuinfo").map(|text| has_hypervisor_flag(&text)),
        cgroup_version: cgroup_version(),
        clock_source: read("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        governor: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        load_average: told(System::load_average().map(|load| [load.one, load.five, load.fifteen])),
    }
}

fn unavailable<T>(why: impl ToString) -> Measured<T> {
    Measured::absent(Reason::NotAvailable(why.to_string()))
}

fn told<T, E: Display>(answer: Result<T, E>) -> Measured<T> {
    match answer {
        Ok(value) => Measured::Value(value),
        Err(error) => unavailable(error),
    }
}

fn cpu_model(system: Result<&System, &sysinfo::Error>) -> Measured<String> {
    let system = match system {
        Ok(system) => system,
        Err(error) => return unavailable(error),
    };
    match system.cpus().first().map(|cpu| cpu.brand().trim()) {
        Some(model) if !model.is_empty() => Measured::Value(model.to_owned()),
        _ => unavailable("the processor does not tell its model"),
    }
}

/// The text of a file, trimmed, or why it cannot be read.
fn read(path: &str) -> Measured<String> {
    match fs::read_to_string(path) {
        Ok(text) => Measured::Value(text.trim().to_owned()),
        Err(error) => unavailable(format!("{path}: {error}")),
    }
}

fn product() -> Measured<String> {
    let maker = read("/sys/class/dmi/id/sys_vendor");
    let model = read("/sys/class/dmi/id/product_name");
    match (maker, model) {
        (Measured::Value(maker), Measured::Value(model)) => {
            Measured::Value(format!("{maker} {model}"))
        }
        (absent @ Measured::Absent { .. }, _) | (_, absent) => absent,
    }
}

fn has_hypervisor_flag(cpuinfo: &str) -> bool {
    cpuinfo
        .lines()
        .filter(|line| line.starts_with("flags"))
        .any(|line| {
            line.split_ascii_whitespace()
                .any(|flag| flag == "hypervisor")
        })
}

fn cgroup_version() -> Measured<u8> {
    let root = Path::new("/sys/fs/cgroup");
    if root.join("cgroup.controllers").exists() {
        Measured::Value(2)
    } else if root.join("memory").is_dir() {
        Measured::Value(1)
    } else {
        unavailable("/sys/fs/cgroup is not mounted")
    }
}

fn commit() -> Measured<String> {
    let describe = || {
        let here = std::env::current_dir().ok()?;
        let output = Command::new("git")
            .arg("-C")
            .arg(project::root_from(&here))
            .args([
                "describe",
                "--always",
                "--dirty",
                "--abbrev=40",
                "--exclude=*",
            ])
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    match describe() {
        Some(commit) => Measured::Value(commit),
        None => unavailable("not run in a git work tree"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_this_machine_is() {
        let found = fingerprint();
        assert!(found.cpus >= 1);
        assert!(
            found
                .memory_bytes
                .value()
                .is_some_and(|&bytes| bytes > 1 << 20)
        );
        assert!(found.kernel.value().is_some());
        assert!(found.date.ends_with('Z'), "{}", found.date);
        let json = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), found);
    }

    #[test]
    fn a_missing_file_is_a_reason() {
        let absent = read("/no/such/file");
        let reason = absent.reason().unwrap().to_string();
        assert!(
            reason.starts_with("not available here: /no/such/file: "),
            "{reason}"
        );
    }

    #[test]
    fn a_flag_is_a_whole_word() {
        assert!(has_hypervisor_flag("flags\t\t: fpu hypervisor lm\n"));
        assert!(!has_hypervisor_flag(
            "flags: fpu nohypervisor\nbugs: hypervisor\n"
        ));
    }
}
