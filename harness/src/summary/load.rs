//! Figures of load: rates, times, CPU a request.

use std::collections::BTreeMap;

use workload::Workload;

use super::{Coverage, Estimate, Figure, Key, Metric, Percentile, pool, why_no_samples};
use crate::journal::{EntrantRecord, Histogram, Journal, LoadPoint, Phase, Sample};
use crate::measured::{Measured, Reason};
use crate::route::ProviderDialect;
use crate::stats::mean;

const NS_PER_MS: f64 = 1e6;
const NS_PER_US: f64 = 1e3;
/// The knee is the lowest level that reaches this part of the highest rate.
const KNEE: f64 = 0.95;

/// Every figure of an entrant under load.
pub(super) fn figures(
    journal: &Journal,
    entrant: &EntrantRecord,
    seen: &[Coverage],
) -> Vec<Figure> {
    let profile = &journal.run.profile;
    let closed = [
        (Phase::Latency, Some(&profile.latency)),
        (Phase::Capacity, Some(&profile.capacity)),
        (Phase::Resources, profile.resources.as_ref()),
    ];
    let mut plans: Vec<(Phase, &[String], &[u32])> = closed
        .into_iter()
        .filter_map(|(phase, plan)| {
            let plan = plan?;
            Some((phase, &plan.workloads[..], &plan.concurrency[..]))
        })
        .collect();
    if let Some(ladder) = &profile.ladder {
        plans.push((Phase::Ladder, &ladder.workloads, &ladder.rates));
    }
    let mut figures = Vec::new();
    for (phase, workloads, levels) in plans {
        for coverage in seen {
            if workloads
                .iter()
                .any(|name| name == coverage.workload.name())
            {
                let stretches = Stretches {
                    journal,
                    entrant,
                    phase,
                    coverage,
                    asked: None,
                    gap_ms: None,
                };
                figures.extend(stretches.figures(levels));
            }
        }
    }
    figures
}

/// All stretches of load of one entrant, phase and workload.
pub(super) struct Stretches<'a> {
    pub(super) journal: &'a Journal,
    pub(super) entrant: &'a EntrantRecord,
    pub(super) phase: Phase,
    pub(super) coverage: &'a Coverage,
    /// The dialect that the provider was to be asked in, in phases that tell.
    pub(super) asked: Option<ProviderDialect>,
    /// Between two pieces of a stream, in the phase that paces them.
    pub(super) gap_ms: Option<u32>,
}

impl<'a> Stretches<'a> {
    fn workload(&self) -> Workload {
        self.coverage.workload
    }

    pub(super) fn figures(&self, levels: &[u32]) -> Vec<Figure> {
        let mut figures = Vec::new();
        for &level in levels {
            let samples = self.samples(level);
            // A rung that only some blocks carried would show its best blocks.
            let skipped = samples.iter().find_map(|sample| sample.skipped.as_ref());
            for (metric, value) in self.at_level(&samples) {
                let value = skipped.map_or(value, |reason| Measured::absent(reason.clone()));
                figures.push(self.figure(Some(level), metric, value));
            }
        }
        if self.phase == Phase::Capacity {
            let (peak, knee) = self.peak_and_knee(levels);
            figures.push(self.figure(None, Metric::PeakRate, peak));
            figures.push(self.figure(None, Metric::Knee, knee));
        }
        figures
    }

    fn figure(&self, level: Option<u32>, metric: Metric, value: Measured<Estimate>) -> Figure {
        Figure {
            entrant: self.entrant.name.clone(),
            key: Key {
                gap_ms: self.gap_ms,
                ..self.coverage.key(self.phase, level, metric)
            },
            value,
        }
    }

    fn samples(&self, level: u32) -> Vec<&'a Sample> {
        self.journal
            .counted_samples()
            .filter(|sample| {
                sample.entrant == self.entrant.name
                    && sample.phase == self.phase
                    && sample.provider == self.asked
                    && sample.gap_ms == self.gap_ms
                    && sample.level == Some(level)
                    && sample.workload.as_deref() == Some(self.workload().name())
            })
            .collect()
    }

    /// Why there is no sample at all.
    fn missing(&self) -> Reason {
        match &self.coverage.served {
            Err(reason) => reason.clone(),
            Ok(()) => why_no_samples(self.journal, self.entrant, self.phase),
        }
    }

    fn at_level(&self, samples: &[&'a Sample]) -> Vec<(Metric, Measured<Estimate>)> {
        let p50 = |name, ns_per_unit| self.median_of(samples, name, ns_per_unit);
        let of = |percentile, name, ns_per_unit| {
            self.percentile_of(samples, percentile, name, ns_per_unit)
        };
        let p99 = |name, ns_per_unit| of(Percentile::P99, name, ns_per_unit);
        let mut figures = vec![
            (Metric::Rate, self.rate(samples)),
            (Metric::Wrong, self.wrong(samples)),
            (Metric::OverheadP50, p50("overhead_ns", NS_PER_US)),
            (Metric::CpuPerRequest, self.cpu(samples, entrant_cpu_ns)),
            (Metric::Efficiency, self.efficiency(samples)),
            (Metric::MockCpuPerRequest, self.cpu(samples, mock_cpu_ns)),
            (
                Metric::GeneratorCpuPerRequest,
                self.cpu(samples, generator_cpu_ns),
            ),
        ];
        if matches!(self.phase, Phase::Ladder | Phase::TranslationRate) {
            let overhead = |percentile| of(percentile, "overhead_ns", NS_PER_US);
            figures.extend([
                (Metric::OverheadP90, overhead(Percentile::P90)),
                (Metric::OverheadP99, overhead(Percentile::P99)),
                (Metric::OverheadP999, overhead(Percentile::P999)),
                (Metric::ResponseP50, p50("response_ns", NS_PER_MS)),
                (Metric::ResponseP99, p99("response_ns", NS_PER_MS)),
                (Metric::SendLagP99, p99("send_lag_ns", NS_PER_US)),
            ]);
        } else {
            figures.extend([
                (Metric::LatencyP50, p50("service_ns", NS_PER_MS)),
                (Metric::LatencyP99, p99("service_ns", NS_PER_MS)),
            ]);
        }
        if self.phase == Phase::Capacity {
            // The tail of a level beside its rate; entrants are not judged by it.
            figures.push((Metric::OverheadP99, p99("overhead_ns", NS_PER_US)));
        }
        if self.workload().stream {
            figures.extend([
                (Metric::TtftP50, p50("ttft_ns", NS_PER_MS)),
                (Metric::GapP50, p50("gap_ns", NS_PER_MS)),
                (
                    Metric::ChunkOverheadP50,
                    p50("chunk_overhead_ns", NS_PER_US),
                ),
            ]);
        }
        if self.phase == Phase::Paced {
            let first = |percentile| of(percentile, "overhead_ns", NS_PER_US);
            let each = |percentile| of(percentile, "chunk_overhead_ns", NS_PER_US);
            figures.extend([
                (Metric::OverheadP90, first(Percentile::P90)),
                (Metric::OverheadP99, first(Percentile::P99)),
                (Metric::OverheadP999, first(Percentile::P999)),
                (Metric::ChunkOverheadP90, each(Percentile::P90)),
                (Metric::ChunkOverheadP99, each(Percentile::P99)),
                (Metric::ChunkOverheadP999, each(Percentile::P999)),
            ]);
        }
        figures
    }

    fn estimate(
        &self,
        observations: BTreeMap<u32, f64>,
        absent: Option<Reason>,
    ) -> Measured<Estimate> {
        if observations.is_empty() {
            Measured::absent(absent.unwrap_or_else(|| self.missing()))
        } else {
            Estimate::of_blocks(observations, self.journal.run.seed)
        }
    }

    fn rate(&self, samples: &[&Sample]) -> Measured<Estimate> {
        self.estimate(block_rates(samples), self.nothing_right(samples))
    }

    fn nothing_right(&self, samples: &[&Sample]) -> Option<Reason> {
        let point = samples.first()?.point.as_ref()?;
        let wrong: Vec<&str> = point
            .outcomes
            .iter()
            .filter(|(name, count)| **count > 0 && *name != "ok")
            .map(|(name, _)| name.as_str())
            .collect();
        Some(Reason::EntrantFailed(format!(
            "no right answer under load: {}",
            wrong.join(", ")
        )))
    }

    fn wrong(&self, samples: &[&Sample]) -> Measured<Estimate> {
        let points: Vec<&LoadPoint> = samples
            .iter()
            .filter_map(|sample| sample.point.as_ref())
            .collect();
        let total: u64 = points.iter().map(|point| point.total()).sum();
        let right: u64 = points.iter().map(|point| point.ok()).sum();
        if total == 0 {
            return Measured::absent(self.missing());
        }
        let per_mille = (total - right) as f64 * 1e3 / total as f64;
        Measured::Value(Estimate::exact(per_mille, total))
    }

    /// With their blocks.
    fn histograms(
        &self,
        samples: &[&'a Sample],
        name: &str,
    ) -> Result<Vec<(u32, &'a Histogram)>, Reason> {
        let mut absent = None;
        let mut histograms = Vec::new();
        for sample in samples {
            let Some(point) = &sample.point else { continue };
            match point.histograms.get(name) {
                Some(histogram) => {
                    histograms.push((sample.block, histogram));
                }
                None => {
                    absent = point
                        .absent
                        .get(name)
                        .map(|why| Reason::NotAvailable(why.clone()));
                }
            }
        }
        if histograms.is_empty() {
            Err(absent.unwrap_or_else(|| self.missing()))
        } else {
            Ok(histograms)
        }
    }

    fn median_of(
        &self,
        samples: &[&'a Sample],
        name: &str,
        ns_per_unit: f64,
    ) -> Measured<Estimate> {
        match self.histograms(samples, name) {
            Ok(histograms) => {
                let medians = histograms.into_iter().filter_map(|(block, histogram)| {
                    Some((block, histogram.p50? as f64 / ns_per_unit))
                });
                self.estimate(
                    mean_over_turns(medians),
                    self.why_no_percentile(samples, name, "p50"),
                )
            }
            Err(reason) => Measured::absent(reason),
        }
    }

    /// Why a percentile of a histogram that is there does not count.
    fn why_no_percentile(
        &self,
        samples: &[&'a Sample],
        name: &str,
        percentile: &str,
    ) -> Option<Reason> {
        let key = format!("{name}.{percentile}");
        samples
            .iter()
            .filter_map(|sample| sample.point.as_ref())
            .find_map(|point| point.absent.get(&key))
            .map(|why| Reason::LimitedByRig(why.clone()))
    }

    /// Of each block where each has samples enough; else of all together;
    /// else absent.
    fn percentile_of(
        &self,
        samples: &[&'a Sample],
        percentile: Percentile,
        name: &str,
        ns_per_unit: f64,
    ) -> Measured<Estimate> {
        let need = percentile.min_samples();
        let pooled = || -> Result<Estimate, Reason> {
            let histograms = self.histograms(samples, name)?;
            let have = histograms.iter().map(|(_, histogram)| histogram.n).sum();
            let mut values = Vec::new();
            for (block, histogram) in &histograms {
                // Of too few samples together it is absent whatever each says.
                if have >= need || percentile.is_recorded() {
                    let ns = percentile.of(histogram)?;
                    values.extend(ns.map(|ns| (*block, ns as f64 / ns_per_unit)));
                }
            }
            let blocks = mean_over_turns(values.into_iter());
            if percentile.is_recorded() && blocks.is_empty() {
                let absent = self.why_no_percentile(samples, name, percentile.name());
                return Err(absent.unwrap_or_else(|| self.missing()));
            }
            if histograms.iter().all(|(_, one)| one.n >= need) {
                return self.estimate(blocks, None).into_result();
            }
            if have < need {
                return Err(Reason::TooFewSamples { have, need });
            }
            let all = pool::merge(histograms.into_iter().map(|(_, one)| one))?;
            let value = all.value_at_quantile(percentile.quantile()) as f64 / ns_per_unit;
            Ok(Estimate::pooled(value, blocks, have))
        };
        pooled().into()
    }

    fn cpu(
        &self,
        samples: &[&Sample],
        cpu_ns: fn(&Sample) -> Option<Measured<f64>>,
    ) -> Measured<Estimate> {
        let mut absent = None;
        let mut observations = Vec::new();
        for sample in samples {
            match cpu_ns(sample) {
                Some(Measured::Value(ns)) => observations.push((sample.block, ns / NS_PER_US)),
                Some(Measured::Absent { absent: reason }) => absent = Some(reason),
                None => {}
            }
        }
        self.estimate(mean_over_turns(observations.into_iter()), absent)
    }

    /// The inverse of the CPU time of a request: of a window that both the
    /// requests and the CPU time are of, its length cancels out.
    fn efficiency(&self, samples: &[&Sample]) -> Measured<Estimate> {
        const US_PER_PERCENT: f64 = 1e4;
        let cpu = self.cpu(samples, entrant_cpu_ns);
        match cpu {
            Measured::Value(cpu) => {
                let used = cpu.blocks.iter().filter(|(_, us)| **us > 0.0);
                let rates = used.map(|(block, us)| (*block, US_PER_PERCENT / us));
                let too_short = Reason::LimitedByRig("the window is too short".to_owned());
                self.estimate(rates.collect(), Some(too_short))
            }
            absent => absent,
        }
    }

    /// The highest rate of each block's sweep; and the lowest level that, over
    /// all blocks, comes close to the highest.
    fn peak_and_knee(&self, levels: &[u32]) -> (Measured<Estimate>, Measured<Estimate>) {
        let mut peaks: BTreeMap<u32, f64> = BTreeMap::new();
        let mut rates = Vec::new();
        for &level in levels {
            let samples = self.samples(level);
            for (block, rate) in block_rates(&samples) {
                let peak = peaks.entry(block).or_insert(rate);
                *peak = peak.max(rate);
            }
            if let Measured::Value(rate) = self.rate(&samples) {
                rates.push((level, rate.value));
            }
        }
        let blocks = peaks.len() as u64;
        let absent = levels
            .first()
            .and_then(|level| self.nothing_right(&self.samples(*level)));
        let peak = self.estimate(peaks, absent);
        let highest = rates.iter().map(|(_, rate)| *rate).fold(0.0, f64::max);
        let knee = rates.iter().find(|(_, rate)| *rate >= KNEE * highest);
        let knee = match (&peak, knee) {
            (Measured::Absent { absent }, _) => Measured::absent(absent.clone()),
            (Measured::Value(_), Some((level, _))) => {
                Measured::Value(Estimate::exact(f64::from(*level), blocks))
            }
            (Measured::Value(_), None) => Measured::absent(self.missing()),
        };
        (peak, knee)
    }
}

fn block_rates(samples: &[&Sample]) -> BTreeMap<u32, f64> {
    let rate = |sample: &&Sample| Some((sample.block, sample.point.as_ref()?.achieved_rps?));
    mean_over_turns(samples.iter().filter_map(rate))
}

/// One value a block, which is one observation in however many turns it was
/// measured.
fn mean_over_turns(values: impl Iterator<Item = (u32, f64)>) -> BTreeMap<u32, f64> {
    let mut turns: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (block, value) in values {
        turns.entry(block).or_default().push(value);
    }
    let means = turns.into_iter();
    means
        .filter_map(|(block, turns)| Some((block, mean(&turns)?)))
        .collect()
}

fn per_request(sample: &Sample, ns: Measured<u64>) -> Option<Measured<f64>> {
    let requests = sample.point.as_ref()?.total_with_warmup();
    (requests > 0).then(|| ns.map(|ns| ns as f64 / requests as f64))
}

/// CPU time of the entrant for one request of a stretch of load.
pub(crate) fn entrant_cpu_ns(sample: &Sample) -> Option<Measured<f64>> {
    let usage = sample.resources.as_ref()?.entrant.clone();
    let cpu_ns = match usage {
        Measured::Value(usage) => usage.cpu_ns,
        Measured::Absent { absent } => Measured::absent(absent),
    };
    per_request(sample, cpu_ns)
}

fn mock_cpu_ns(sample: &Sample) -> Option<Measured<f64>> {
    per_request(sample, sample.resources.as_ref()?.mock_cpu_ns.clone())
}

/// Of the generator alone the warm-up is known apart and left out.
fn generator_cpu_ns(sample: &Sample) -> Option<Measured<f64>> {
    let point = sample.point.as_ref()?;
    (point.total() > 0)
        .then(|| Measured::Value(point.generator_cpu_ns as f64 / point.total() as f64))
}
