//! Which workloads an entrant serves.

use workload::Workload;

use super::{Estimate, Figure, Key, Metric, why_no_samples};
use crate::journal::{EntrantRecord, Journal, LoadPoint, Phase};
use crate::measured::{Measured, Reason};
use crate::route::ProviderDialect;

/// Whether an entrant serves a workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The workload.
    pub workload: Workload,
    /// It does, in every trial; or why it does not.
    pub served: Result<(), Reason>,
    /// The dialect that the provider was asked in, where that was another than
    /// the client's: the entrant translated.
    pub translated_to: Option<ProviderDialect>,
    /// The same where it was another only now and then: the figures are of
    /// both.
    pub mixed_with: Option<ProviderDialect>,
}

impl Coverage {
    /// What a figure under load is of.
    pub(super) fn key(&self, phase: Phase, level: Option<u32>, metric: Metric) -> Key {
        Key {
            provider: self.translated_to,
            ..Key::of_load(phase, self.workload, level, metric)
        }
    }
}

/// What the trials of an entrant say of each workload.
pub(super) fn of(journal: &Journal, entrant: &EntrantRecord) -> Vec<Coverage> {
    Workload::ALL
        .into_iter()
        .map(|workload| {
            let (translated_to, mixed_with) = foreign(journal, entrant, workload);
            Coverage {
                workload,
                served: served(journal, entrant, workload),
                translated_to,
                mixed_with,
            }
        })
        .collect()
}

/// In which dialect the provider was asked, as far as it was not the client's:
/// all along, or now and then.
fn foreign(
    journal: &Journal,
    entrant: &EntrantRecord,
    workload: Workload,
) -> (Option<ProviderDialect>, Option<ProviderDialect>) {
    let own = workload.dialect.into();
    let here = journal.counted_samples().filter(|sample| {
        sample.phase == Phase::Coverage
            && sample.entrant == entrant.name
            && sample.workload.as_deref() == Some(workload.name())
    });
    let mut was_own = false;
    let mut foreign = None;
    for received in here.filter_map(|sample| sample.received.as_ref()) {
        was_own |= received.in_dialect(own) > 0;
        foreign = foreign.or(received.others(own).first().copied());
    }
    if was_own {
        (None, foreign)
    } else {
        (foreign, None)
    }
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
    let measured = point.wrong_in_words();
    Reason::NotServed(match entrant.not_served.get(workload.name()) {
        Some(why) => format!("{why} [{measured}]"),
        None => measured,
    })
}

/// Coverage as figures: one a workload, and their number.
pub(super) fn figures(entrant: &EntrantRecord, seen: &[Coverage]) -> Vec<Figure> {
    let mut figures: Vec<Figure> = seen
        .iter()
        .map(|coverage| Figure {
            entrant: entrant.name.clone(),
            key: coverage.key(Phase::Coverage, None, Metric::Served),
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
