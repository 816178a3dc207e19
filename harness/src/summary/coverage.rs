//! Which workloads an entrant serves.

use workload::Workload;

use super::{Estimate, Figure, Key, Metric, why_no_samples};
use crate::journal::{EntrantRecord, Journal, LoadPoint, Phase};
use crate::measured::{Measured, Reason};

/// Whether an entrant serves a workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The workload.
    pub workload: Workload,
    /// It does, in every trial; or why it does not.
    pub served: Result<(), Reason>,
}

/// What the trials of an entrant say of each workload.
pub(super) fn of(journal: &Journal, entrant: &EntrantRecord) -> Vec<Coverage> {
    Workload::ALL
        .into_iter()
        .map(|workload| Coverage {
            workload,
            served: served(journal, entrant, workload),
        })
        .collect()
}

fn served(journal: &Journal, entrant: &EntrantRecord, workload: Workload) -> Result<(), Reason> {
    let mut seen = false;
    for sample in journal.counted_samples() {
        if sample.phase != Phase::Coverage
            || sample.entrant != entrant.name
            || sample.workload.as_deref() != Some(workload.name())
        {
            continue;
        }
        let Some(point) = &sample.point else { continue };
        seen = true;
        if point.ok() < point.total() || point.total() == 0 {
            return Err(refusal(entrant, workload, point));
        }
    }
    if seen {
        Ok(())
    } else {
        Err(why_no_samples(journal, entrant, Phase::Coverage))
    }
}

/// What came instead of a right answer, and what the manifest says of it.
fn refusal(entrant: &EntrantRecord, workload: Workload, point: &LoadPoint) -> Reason {
    let outcomes: Vec<String> = point
        .outcomes
        .iter()
        .filter(|(name, count)| **count > 0 && *name != "ok")
        .map(|(name, _)| match point.examples.get(name) {
            Some(why) => format!("{name} ({})", first_line(why)),
            None => name.clone(),
        })
        .collect();
    let measured = outcomes.join(", ");
    Reason::NotServed(match entrant.not_served.get(workload.name()) {
        Some(why) => format!("{why} [{measured}]"),
        None => measured,
    })
}

/// The beginning of a message, on one line.
fn first_line(text: &str) -> String {
    const LENGTH: usize = 160;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Coverage as figures: one a workload, and their number.
pub(super) fn figures(entrant: &EntrantRecord, seen: &[Coverage]) -> Vec<Figure> {
    let mut figures: Vec<Figure> = seen
        .iter()
        .map(|coverage| Figure {
            entrant: entrant.name.clone(),
            key: Key::of_load(Phase::Coverage, coverage.workload, None, Metric::Served),
            value: match &coverage.served {
                Ok(()) => Measured::Value(Estimate::exact(1.0, 1)),
                Err(reason) => Measured::absent(reason.clone()),
            },
        })
        .collect();
    let count = seen.iter().filter(|one| one.served.is_ok()).count();
    let failed = seen.iter().find_map(|one| match &one.served {
        Err(reason) if !matches!(reason, Reason::NotServed(_)) => Some(reason.clone()),
        _ => None,
    });
    figures.push(Figure {
        entrant: entrant.name.clone(),
        key: Key::of_trial(Phase::Coverage, Metric::Served),
        value: match failed {
            Some(reason) if count == 0 => Measured::absent(reason),
            _ => Measured::Value(Estimate::exact(count as f64, seen.len() as u64)),
        },
    });
    figures
}
