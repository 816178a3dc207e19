//! The phases of a trial that load the routes from a client's dialect to a
//! provider's.

use std::collections::BTreeMap;
use std::time::Duration;

use super::coverage::{COVERAGE_WALL, received};
use super::run::{Trial, TrialError, not_carried};
use super::stage::Stage;
use super::{LoadRequest, Pace};
use crate::journal::{Phase, Sample};
use crate::plan::{LoadLimit, TranslationPlan, workload_order};
use crate::route::Route;

impl Trial<'_, '_> {
    /// Sends a few requests on every route; gives those on which every answer
    /// was right and the provider was asked in its dialect and in no other.
    pub(super) fn crossings(&mut self, stage: &mut Stage) -> Result<Vec<Route>, TrialError> {
        let Some(plan) = &self.rig.profile.translation else {
            return Ok(Vec::new());
        };
        let mut served = Vec::new();
        for route in self.contestant.entrant.manifest.routes_of(self.rig.profile) {
            let request = LoadRequest {
                workload: route.workload,
                pace: Pace::Closed(1),
                limit: LoadLimit::Requests(plan.coverage_requests),
                warmup: 0,
                max_wall: Some(COVERAGE_WALL),
            };
            let sample = self.sample_on(route, Phase::Translation, None);
            let sample = self.load_on(stage, route, &request, sample)?;
            if sample.fault_on(route).is_none() {
                served.push(route);
            }
            self.append(sample)?;
            self.still_there(stage)?;
        }
        Ok(served)
    }

    /// Load on the routes that are served, those without translation among
    /// them: closed loops in one shuffled order, then the common rate.
    pub(super) fn translation(
        &mut self,
        stage: &mut Stage,
        plan: &TranslationPlan,
        served: &[Route],
    ) -> Result<(), TrialError> {
        let mut points = Vec::new();
        for route in served {
            points.extend(plan.concurrency.iter().map(|level| (*route, *level)));
        }
        let mut peaks = BTreeMap::new();
        let (slot, seed) = (self.slot, self.rig.seed);
        for (route, level) in workload_order(&points, slot, Phase::Translation.name(), seed) {
            let request = LoadRequest {
                workload: route.workload,
                pace: Pace::Closed(level),
                limit: LoadLimit::DurationMs(plan.duration_ms),
                warmup: plan.warmup,
                max_wall: Some(Duration::from_millis(plan.duration_ms + plan.grace_ms)),
            };
            let sample = self.sample_on(route, Phase::Translation, Some(level));
            let sample = self.load_on(stage, route, &request, sample)?;
            let rate = sample.point.as_ref().and_then(|point| point.achieved_rps);
            let peak: &mut f64 = peaks.entry(route).or_default();
            *peak = peak.max(rate.unwrap_or_default());
            self.append(sample)?;
            self.still_there(stage)?;
        }
        let Some(rate) = plan.rate else {
            return Ok(());
        };
        for route in workload_order(served, slot, Phase::TranslationRate.name(), seed) {
            let mut sample = self.sample_on(route, Phase::TranslationRate, Some(rate));
            let peak = peaks.get(&route).copied().unwrap_or_default();
            if let Some(reason) = not_carried(rate, peak) {
                sample.skipped = Some(reason);
                self.append(sample)?;
                continue;
            }
            let request = LoadRequest {
                workload: route.workload,
                pace: Pace::Open {
                    rate_rps: f64::from(rate),
                    max_connections: plan.max_connections,
                },
                limit: LoadLimit::DurationMs(plan.rate_ms),
                warmup: plan.warmup,
                max_wall: Some(Duration::from_millis(plan.rate_ms + plan.grace_ms)),
            };
            let sample = self.load_on(stage, route, &request, sample)?;
            self.append(sample)?;
            self.still_there(stage)?;
        }
        Ok(())
    }

    fn sample_on(&self, route: Route, phase: Phase, level: Option<u32>) -> Sample {
        let mut sample = self.sample(phase);
        sample.workload = Some(route.workload.name().to_owned());
        sample.provider = Some(route.provider);
        sample.level = level;
        sample
    }

    /// `sample` with what came of load on a route, with what was used
    /// meanwhile, and with what the mock received.
    fn load_on(
        &self,
        stage: &Stage,
        route: Route,
        request: &LoadRequest,
        mut sample: Sample,
    ) -> Result<Sample, TrialError> {
        let level = match request.pace {
            Pace::Closed(workers) => format!("c={workers}"),
            Pace::Open { rate_rps, .. } => format!("{rate_rps}/s"),
        };
        self.part(&format!("{}, {route}, {level}", sample.phase.name()));
        let Some(target) = stage.running.target().on(route) else {
            return Err(TrialError::Rig(format!("{route} is no declared route")));
        };
        let before = received(stage)?;
        let mark = stage.mark();
        sample.point = Some(self.loadgen_at(target).measure(request)?);
        sample.resources = Some(stage.since(&mark));
        sample.received = Some(received(stage)?.since(&before));
        Ok(sample)
    }
}
