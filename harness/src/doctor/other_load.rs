//! What else is at work.

use super::Finding;
use super::window::{Busy, Window};
use crate::machine::Fingerprint;

const SUBJECT: &str = "other load";
/// From this part of one CPU on, others disturb.
const MUCH_CPUS: f64 = 0.05;
/// The busiest that are named.
const NAMED: usize = 3;

/// What others do.
#[derive(Clone, Debug)]
pub(super) struct OtherLoad {
    /// Mean number of threads that ran or wanted to, over a minute.
    pub(super) load_average: Option<f64>,
    /// Other processes, the busiest first.
    pub(super) busy: Vec<Busy>,
}

pub(super) fn probe(machine: &Fingerprint, window: &Window) -> OtherLoad {
    OtherLoad {
        load_average: machine.load_average.value().map(|[one, ..]| *one),
        busy: window.busy.clone(),
    }
}

pub(super) fn judge(load: &OtherLoad) -> Finding {
    let cpus: f64 = load.busy.iter().map(|one| one.cpus).sum();
    let average = match load.load_average {
        Some(average) => format!("load average {average:.2}"),
        None => "load average unknown".to_owned(),
    };
    let busiest: Vec<String> = load
        .busy
        .iter()
        .take(NAMED)
        .map(|one| format!("{} ({}) {:.0}%", one.name, one.pid, 100.0 * one.cpus))
        .collect();
    let found = if busiest.is_empty() {
        format!("{average}; no other process is busy")
    } else {
        format!("{average}; busiest: {}", busiest.join(", "))
    };
    if cpus < MUCH_CPUS {
        return Finding::good(SUBJECT, found, "the machine is quiet now");
    }
    Finding::beware(
        SUBJECT,
        found,
        format!(
            "others use {:.0}% of a CPU that the rig and the gateways lack",
            100.0 * cpus
        ),
        "end them, or wait; never measure while something builds",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn judged(cpus: &[f64]) -> Finding {
        let busy = cpus.iter().map(|&cpus| Busy {
            pid: 7,
            name: "cc".into(),
            cpus,
        });
        judge(&OtherLoad {
            load_average: Some(0.5),
            busy: busy.collect(),
        })
    }

    #[test]
    fn judges_the_sum_and_names_the_busiest() {
        assert_eq!(judged(&[]).verdict, Verdict::Good);
        assert_eq!(judged(&[0.01, 0.01]).verdict, Verdict::Good);
        let busy = judged(&[0.5, 0.2, 0.1, 0.05]);
        assert_eq!(busy.verdict, Verdict::Beware);
        assert_eq!(
            busy.found,
            "load average 0.50; busiest: cc (7) 50%, cc (7) 20%, cc (7) 10%"
        );
        assert!(busy.meaning.contains("85%"), "{}", busy.meaning);
    }
}
