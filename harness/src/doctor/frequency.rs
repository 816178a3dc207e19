//! Whether the CPUs keep their speed.

use super::Finding;
use super::kernel;

const SUBJECT: &str = "CPU frequency";

/// What decides the speed of the CPUs; `None` where the kernel does not tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Frequency {
    /// The governor of the first CPU.
    pub(super) governor: Option<String>,
    /// Whether a CPU may run above its nominal speed while others rest.
    pub(super) turbo: Option<bool>,
}

pub(super) fn probe() -> Frequency {
    let flag = |path| kernel::value::<u8>(path).map(|flag| flag != 0);
    Frequency {
        governor: kernel::text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        turbo: flag("/sys/devices/system/cpu/intel_pstate/no_turbo")
            .map(|off| !off)
            .or_else(|| flag("/sys/devices/system/cpu/cpufreq/boost")),
    }
}

pub(super) fn judge(frequency: &Frequency) -> Finding {
    let found = |governor: &str| {
        let turbo = match frequency.turbo {
            Some(true) => "turbo on",
            Some(false) => "turbo off",
            None => "turbo unknown",
        };
        format!("governor {governor}, {turbo}")
    };
    match frequency.governor.as_deref() {
        None => Finding::unknown(
            SUBJECT,
            "not told, as is usual in a virtual machine",
            "the host may change the speed; shuffled blocks spread that over all entrants",
        ),
        Some(governor) if governor != "performance" => Finding::beware(
            SUBJECT,
            found(governor),
            "a CPU that was idle wakes slowly: light load looks slower than heavy load",
            "cpupower frequency-set -g performance",
        ),
        Some(governor) if frequency.turbo == Some(true) => Finding::beware(
            SUBJECT,
            found(governor),
            "the speed depends on temperature and on how many CPUs are busy",
            "switch turbo off for a run that is compared with others",
        ),
        Some(governor) => Finding::good(SUBJECT, found(governor), "the CPUs keep their speed"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn judges() {
        let verdict = |governor: Option<&str>, turbo| {
            let governor = governor.map(str::to_owned);
            judge(&Frequency { governor, turbo }).verdict
        };
        assert_eq!(verdict(None, None), Verdict::Unknown);
        assert_eq!(verdict(Some("powersave"), Some(false)), Verdict::Beware);
        assert_eq!(verdict(Some("performance"), Some(true)), Verdict::Beware);
        assert_eq!(verdict(Some("performance"), Some(false)), Verdict::Good);
        assert_eq!(verdict(Some("performance"), None), Verdict::Good);
    }
}
