//! Figures of routes from a client's dialect to a provider's.

use workload::Workload;

use super::load::Stretches;
use super::primary::estimate_of;
use super::{Coverage, Estimate, Figure, Key, Metric, why_no_samples};
use crate::journal::{EntrantRecord, Journal, Phase};
use crate::measured::{Measured, Reason};
use crate::plan::TranslationPlan;
use crate::route::{ProviderDialect, Route};

/// The phases in which routes are asked or loaded.
const PHASES: [Phase; 2] = [Phase::Translation, Phase::TranslationRate];

/// Whether an entrant serves a route.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteCoverage {
    /// The route.
    pub route: Route,
    /// It does, in every trial and under all load; or why it does not.
    pub served: Result<(), Reason>,
}

/// What the trials of an entrant say of each route that it was asked on.
pub(super) fn of(journal: &Journal, entrant: &EntrantRecord) -> Vec<RouteCoverage> {
    let Some(plan) = &journal.run.profile.translation else {
        return Vec::new();
    };
    routes(entrant, plan)
        .into_iter()
        .map(|route| RouteCoverage {
            route,
            served: served(journal, entrant, route),
        })
        .collect()
}

/// The declared routes, and under load those without translation.
fn routes(entrant: &EntrantRecord, plan: &TranslationPlan) -> Vec<Route> {
    let mut routes = Vec::new();
    for workload in Workload::ALL {
        let own = Route::own(workload);
        let is_served = !entrant.not_served.contains_key(workload.name());
        let declared = entrant.translation.get(workload.dialect.name());
        for provider in ProviderDialect::ALL {
            let route = Route { workload, provider };
            let is_declared = declared.is_some_and(|all| all.contains_key(&provider));
            if is_declared || (route == own && plan.is_loaded() && is_served) {
                routes.push(route);
            }
        }
    }
    routes
}

fn served(journal: &Journal, entrant: &EntrantRecord, route: Route) -> Result<(), Reason> {
    let mut seen = false;
    for sample in journal.counted_samples() {
        if !PHASES.contains(&sample.phase)
            || sample.entrant != entrant.name
            || sample.provider != Some(route.provider)
            || sample.workload.as_deref() != Some(route.workload.name())
        {
            continue;
        }
        seen |= sample.point.is_some();
        if let Some(fault) = sample.fault_on(route) {
            return Err(explained(entrant, route, fault));
        }
    }
    if seen {
        Ok(())
    } else {
        Err(why_no_samples(journal, entrant, Phase::Translation))
    }
}

/// A fault with what the manifest says of it.
fn explained(entrant: &EntrantRecord, route: Route, fault: Reason) -> Reason {
    let providers = entrant.translation.get(route.workload.dialect.name());
    let why = providers.and_then(|all| all.get(&route.provider)?.clone());
    match (fault, why) {
        (Reason::NotServed(measured), Some(why)) => {
            Reason::NotServed(format!("{why} [{measured}]"))
        }
        (fault, _) => fault,
    }
}

/// Every figure of an entrant's routes.
pub(super) fn figures(
    journal: &Journal,
    entrant: &EntrantRecord,
    seen: &[RouteCoverage],
) -> Vec<Figure> {
    let Some(plan) = &journal.run.profile.translation else {
        return Vec::new();
    };
    let mut figures = Vec::new();
    for one in seen {
        figures.push(Figure {
            entrant: entrant.name.clone(),
            key: Key::of_route(Phase::Translation, one.route, None, Metric::ServedOnRoute),
            value: match &one.served {
                Ok(()) => Measured::Value(Estimate::exact(1.0, 1)),
                Err(reason) => Measured::absent(reason.clone()),
            },
        });
        let rate: Vec<u32> = plan.rate.into_iter().collect();
        for (phase, levels) in PHASES.into_iter().zip([&plan.concurrency, &rate]) {
            let of_phase = Stretches {
                journal,
                entrant,
                phase,
                coverage: &Coverage {
                    workload: one.route.workload,
                    served: one.served.clone(),
                    translated_to: (one.route.is_translated()).then_some(one.route.provider),
                    mixed_with: None,
                },
                asked: Some(one.route.provider),
                gap_ms: None,
            }
            .figures(levels);
            figures.extend(of_phase.into_iter().map(|figure| match &one.served {
                Ok(()) => figure,
                // Under load it may have answered, and fast.
                Err(reason) => Figure {
                    value: Measured::absent(reason.clone()),
                    ..figure
                },
            }));
        }
    }
    let ratios = Ratios {
        entrant,
        figures: &figures,
        seed: journal.run.seed,
    };
    let all = ratios.all(seen, &plan.concurrency);
    figures.extend(all);
    figures
}

/// The rates of routes against those without translation.
struct Ratios<'a> {
    entrant: &'a EntrantRecord,
    figures: &'a [Figure],
    seed: u64,
}

impl Ratios<'_> {
    fn all(&self, seen: &[RouteCoverage], levels: &[u32]) -> Vec<Figure> {
        let mut ratios = Vec::new();
        for one in seen.iter().filter(|one| one.route.is_translated()) {
            let stream = one.route.workload.stream;
            let same = [
                (Metric::RatioToClient, Some(one.route.workload)),
                (
                    Metric::RatioToProvider,
                    own_workload(one.route.provider, stream),
                ),
            ];
            for &level in levels {
                for (metric, own) in same {
                    ratios.push(Figure {
                        entrant: self.entrant.name.clone(),
                        key: Key::of_route(Phase::Translation, one.route, Some(level), metric),
                        value: self.ratio(one.route, own, level).into(),
                    });
                }
            }
        }
        ratios
    }

    fn ratio(&self, route: Route, own: Option<Workload>, level: u32) -> Result<Estimate, Reason> {
        let not_available = |why: String| Reason::NotAvailable(why);
        let own = own.ok_or_else(|| {
            not_available(format!(
                "no client speaks the dialect of {}",
                route.provider
            ))
        })?;
        let translated = self.rates(route, level)?;
        let own_route = Route::own(own);
        let of_own = self.rates(own_route, level).map_err(|reason| {
            not_available(format!(
                "nothing to hold it against: {own_route} is {reason}"
            ))
        })?;
        Estimate::of_ratios(&translated.paired_with(of_own), self.seed)
            .ok_or_else(|| not_available(format!("no block has both it and {own_route}")))
    }

    fn rates(&self, route: Route, level: u32) -> Result<&Estimate, Reason> {
        let key = Key::of_route(Phase::Translation, route, Some(level), Metric::Rate);
        if let Some(estimate) = estimate_of(self.figures, &self.entrant.name, &key) {
            return Ok(estimate);
        }
        let mut all = self.figures.iter();
        let figure = all.find(|figure| figure.key == key);
        Err(figure
            .and_then(|figure| figure.value.reason().cloned())
            .unwrap_or_else(|| Reason::NotAvailable("not measured".to_owned())))
    }
}

/// The workload of clients that speak a provider's dialect themselves.
fn own_workload(provider: ProviderDialect, stream: bool) -> Option<Workload> {
    Workload::ALL.into_iter().find(|workload| {
        workload.stream == stream && ProviderDialect::from(workload.dialect) == provider
    })
}
