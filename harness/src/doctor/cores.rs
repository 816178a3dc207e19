//! CPUs, and which of them share a core.

use std::collections::BTreeSet;

use super::Finding;
use super::kernel;
use crate::machine::Fingerprint;

/// From so many CPUs on, gateway, mock and generator can have their own.
const ENOUGH: usize = 4;

/// The CPUs.
#[derive(Clone, Debug)]
pub(super) struct Cores {
    /// CPUs that the harness may use.
    pub(super) cpus: usize,
    /// Their model, if it is known.
    pub(super) model: Option<String>,
    /// Whether a hypervisor presents them; `None` where it is not known.
    pub(super) is_virtual: Option<bool>,
    /// The CPUs of each core, as `0-1`; `None` where the kernel does not tell.
    pub(super) by_core: Option<BTreeSet<String>>,
}

pub(super) fn probe(machine: &Fingerprint) -> Cores {
    let list = |cpu: usize| {
        kernel::text(format!(
            "/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
        ))
    };
    let by_core: BTreeSet<String> = (0..).map_while(list).collect();
    Cores {
        cpus: machine.cpus,
        model: machine.cpu_model.value().cloned(),
        is_virtual: machine.hypervisor.value().copied(),
        by_core: (!by_core.is_empty()).then_some(by_core),
    }
}

pub(super) fn judge(cores: &Cores) -> Vec<Finding> {
    vec![cpus(cores), siblings(cores)]
}

fn cpus(cores: &Cores) -> Finding {
    let model = cores.model.as_deref().unwrap_or("model unknown");
    let plural = if cores.cpus == 1 { "" } else { "s" };
    let found = format!("{} CPU{plural}, {model}", cores.cpus);
    if cores.cpus >= ENOUGH {
        return Finding::good(
            "CPUs",
            found,
            "gateway, mock and generator need not wait for one another",
        );
    }
    Finding::beware(
        "CPUs",
        found,
        "gateway, mock and generator share them: rates and latencies compare entrants with one \
         another on this machine, and say little about others",
        format!("use a machine with at least {ENOUGH}, or compare within a run only"),
    )
}

fn siblings(cores: &Cores) -> Finding {
    let subject = "SMT siblings";
    let Some(by_core) = &cores.by_core else {
        return Finding::unknown(subject, "not told", "CPUs may share cores");
    };
    let shared: Vec<&str> = by_core
        .iter()
        .map(String::as_str)
        .filter(|cpus| cpus.contains(['-', ',']))
        .collect();
    if shared.is_empty() && cores.is_virtual != Some(false) {
        return Finding::unknown(
            subject,
            "none told, but a hypervisor may hide them",
            "CPUs may share cores, with one another or with other guests",
        );
    }
    if shared.is_empty() {
        return Finding::good(subject, "none", "a busy CPU does not slow another");
    }
    Finding::beware(
        subject,
        format!("CPUs {} share a core", shared.join("; ")),
        "a request costs more CPU time while the other CPU of its core is busy",
        "read CPU a request as of a busy machine; or switch SMT off",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn verdicts(cpus: usize, is_virtual: bool, by_core: Option<&[&str]>) -> [Verdict; 2] {
        let by_core = by_core.map(|cores| cores.iter().map(|&core| core.into()).collect());
        let found = judge(&Cores {
            cpus,
            model: None,
            is_virtual: Some(is_virtual),
            by_core,
        });
        [found[0].verdict, found[1].verdict]
    }

    #[test]
    fn judges() {
        use Verdict::{Beware, Good, Unknown};
        assert_eq!(verdicts(2, true, Some(&["0-1"])), [Beware, Beware]);
        assert_eq!(verdicts(4, false, Some(&["0,2", "1,3"])), [Good, Beware]);
        let four = ["0", "1", "2", "3"];
        assert_eq!(verdicts(4, false, Some(&four)), [Good, Good]);
        assert_eq!(verdicts(4, true, Some(&four)), [Good, Unknown]);
        assert_eq!(verdicts(1, false, None), [Beware, Unknown]);
    }
}
