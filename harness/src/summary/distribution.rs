//! Whole distributions of times: the histograms of all blocks put together.

use workload::Workload;

use super::{Summary, pool, why_no_samples};
use crate::journal::{Journal, Phase, Sample};
use crate::measured::{Measured, Reason};

/// What lies beyond the last quantile shown: fewer would be single requests.
const SAMPLES_BEYOND: u64 = 10;
/// Steps for each factor of ten of what lies beyond a quantile.
const STEPS_A_DECADE: u32 = 16;
/// The quantiles from which loadgen's word on a percentile holds.
const DOUBTED: [(&str, f64); 4] = [("p50", 0.0), ("p90", 0.5), ("p99", 0.9), ("max", 0.999)];

/// A distribution of times.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Quantiles, ascending from 0, and the nanoseconds at each.
    pub points: Vec<(f64, u64)>,
    /// Samples it stands on.
    pub n: u64,
    /// Why it ends before its samples do, where it does.
    pub cut: Option<String>,
}

/// Where a distribution is read from, but for the entrant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The part of the trial.
    pub phase: Phase,
    /// The workload.
    pub workload: Workload,
    /// Number of workers, or rate.
    pub level: u32,
    /// loadgen's name of the histogram.
    pub histogram: &'static str,
}

/// The distribution of an entrant's times over all blocks.
pub fn distribution(
    journal: &Journal,
    summary: &Summary,
    entrant: &str,
    source: Source,
) -> Measured<Distribution> {
    read(journal, summary, entrant, source).into()
}

fn read(
    journal: &Journal,
    summary: &Summary,
    entrant: &str,
    source: Source,
) -> Result<Distribution, Reason> {
    let is_of_source = |sample: &&Sample| {
        sample.entrant == entrant
            && sample.phase == source.phase
            && sample.level == Some(source.level)
            && sample.workload.as_deref() == Some(source.workload.name())
    };
    let samples: Vec<&Sample> = journal.counted_samples().filter(is_of_source).collect();
    if let Some(reason) = samples.iter().find_map(|sample| sample.skipped.clone()) {
        return Err(reason);
    }
    let points = || samples.iter().filter_map(|sample| sample.point.as_ref());
    let mut histograms = points()
        .filter_map(|point| point.histograms.get(source.histogram))
        .peekable();
    if histograms.peek().is_none() {
        let why = points().find_map(|point| point.absent.get(source.histogram));
        return Err(match why {
            Some(why) => Reason::NotAvailable(why.clone()),
            None => missing(journal, summary, entrant, source),
        });
    }
    let all = pool::merge(histograms)?;
    let doubted = DOUBTED.iter().find_map(|(percentile, from)| {
        let key = format!("{}.{percentile}", source.histogram);
        let why = points().find_map(|point| point.absent.get(&key))?;
        Some((*from, why.clone()))
    });
    let end = 1.0 - SAMPLES_BEYOND as f64 / all.len().max(1) as f64;
    let (end, cut) = match doubted {
        Some((from, why)) if from < end => (from, Some(why)),
        _ => (end, None),
    };
    if end <= 0.0 {
        return Err(match cut {
            Some(why) => Reason::LimitedByRig(why),
            None => Reason::TooFewSamples {
                have: all.len(),
                need: SAMPLES_BEYOND + 1,
            },
        });
    }
    let points = (0..)
        .map(|step| 1.0 - 10_f64.powf(-f64::from(step) / f64::from(STEPS_A_DECADE)))
        .take_while(|quantile| *quantile < end)
        .chain([end])
        .map(|quantile| (quantile, all.value_at_quantile(quantile)))
        .collect();
    Ok(Distribution {
        points,
        n: all.len(),
        cut,
    })
}

fn missing(journal: &Journal, summary: &Summary, entrant: &str, source: Source) -> Reason {
    let mut seen = summary.coverage.iter();
    let served = seen
        .find(|(name, _)| name == entrant)
        .and_then(|(_, seen)| seen.iter().find(|one| one.workload == source.workload));
    if let Some(Err(reason)) = served.map(|one| &one.served) {
        return reason.clone();
    }
    let mut entrants = journal.run.entrants.iter();
    match entrants.find(|one| one.name == entrant) {
        Some(record) => why_no_samples(journal, record, source.phase),
        None => Reason::NotAvailable("it is not in this run".to_owned()),
    }
}
