//! Whether the machine is virtual, and what its host takes.

use super::Finding;
use super::window::Window;
use crate::machine::Fingerprint;
use crate::resources::Stolen;

const SUBJECT: &str = "hypervisor";
/// From this part of the CPU time on, what the host takes shows in figures.
const MUCH: f64 = 0.01;

/// What stands below the machine.
#[derive(Clone, Debug)]
pub(super) struct Hypervisor {
    /// Whether there is one; `None` where the processor does not tell.
    pub(super) is_there: Option<bool>,
    /// The machine's maker and type, if it is known.
    pub(super) product: Option<String>,
    /// What it took while the machine was watched.
    pub(super) stolen: Option<Stolen>,
}

pub(super) fn probe(machine: &Fingerprint, window: &Window) -> Hypervisor {
    Hypervisor {
        is_there: machine.hypervisor.value().copied(),
        product: machine.product.value().cloned(),
        stolen: window.stolen,
    }
}

pub(super) fn judge(hypervisor: &Hypervisor) -> Finding {
    let product = hypervisor.product.as_deref().unwrap_or("maker unknown");
    let share = hypervisor.stolen.and_then(Stolen::share);
    match (hypervisor.is_there, share) {
        (Some(false), _) => Finding::good(SUBJECT, "none", "nobody else uses these CPUs"),
        (_, Some(share)) if share >= MUCH => Finding::beware(
            SUBJECT,
            format!("{product}; it took {:.1}% of the CPU time", 100.0 * share),
            "stolen time looks like a slow gateway, and comes and goes",
            "wait for a quieter hour or take a dedicated instance; the report tells what each \
             run lost",
        ),
        (Some(true), Some(share)) => Finding::good(
            SUBJECT,
            format!("{product}; it took {:.1}% of the CPU time", 100.0 * share),
            "quiet now; each run records what it loses",
        ),
        (None, Some(_)) => Finding::unknown(
            SUBJECT,
            "not told; no CPU time was stolen",
            "each run records what it loses",
        ),
        (_, None) => Finding::unknown(
            SUBJECT,
            "stolen time is not told",
            "a host's other guests cannot be told from a slow gateway",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn judges() {
        let verdict = |is_there, stolen_ticks: Option<u64>| {
            let stolen = stolen_ticks.map(|stolen_ticks| Stolen {
                stolen_ticks,
                all_ticks: 200,
            });
            let finding = judge(&Hypervisor {
                is_there,
                product: None,
                stolen,
            });
            finding.verdict
        };
        assert_eq!(verdict(Some(false), Some(0)), Verdict::Good);
        assert_eq!(verdict(Some(true), Some(1)), Verdict::Good);
        assert_eq!(verdict(Some(true), Some(2)), Verdict::Beware);
        assert_eq!(verdict(None, Some(20)), Verdict::Beware);
        assert_eq!(verdict(None, Some(0)), Verdict::Unknown);
        assert_eq!(verdict(Some(true), None), Verdict::Unknown);
    }
}
