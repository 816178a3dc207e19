//! The JSON report; its shape is fixed by the project's interfaces.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::{Serializer, V2DeflateSerializer};
use serde::Serialize;
use workload::Outcome;

use crate::cli::PointPacing;
use crate::frontier::Frontier;
use crate::point::Point;
use crate::record::{Metric, Recorder};

/// Version of the document's shape.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document {
    schema: u32,
    points: Vec<PointJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frontier: Vec<FrontierJson>,
}

/// The frontier of one workload; what was tried stands among the points.
#[derive(Serialize)]
struct FrontierJson {
    workload: &'static str,
    capacity_rps: Option<f64>,
    limits: Vec<LimitJson>,
    /// Where streams are paced: how many were carried at once without a stall.
    #[serde(skip_serializing_if = "Option::is_none")]
    streams: Option<StreamsJson>,
}

#[derive(Serialize)]
struct StreamsJson {
    concurrent: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<String>,
}

#[derive(Serialize)]
struct LimitJson {
    p99_overhead_ms: u64,
    rate_rps: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<String>,
}

#[derive(Serialize)]
struct PointJson {
    workload: &'static str,
    mode: &'static str,
    /// Workers of a closed loop; connections an open loop may use.
    concurrency: u32,
    offered_rps: Option<f64>,
    achieved_rps: Option<f64>,
    /// Monotonic clock, so that samples taken by others can be laid beside it.
    started_ns: u64,
    elapsed_ns: u64,
    outcomes: BTreeMap<String, u64>,
    /// Of the requests before the point, which are in no other figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    warmup_outcomes: Option<BTreeMap<String, u64>>,
    /// The first wrong answer of each outcome, in words.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    examples: BTreeMap<String, String>,
    histograms: BTreeMap<&'static str, HistogramJson>,
    absent: BTreeMap<String, String>,
    /// CPU time of the generator.
    generator_cpu_ns: u64,
    connects: u64,
    /// Mean number of events in a stream answered right.
    #[serde(skip_serializing_if = "Option::is_none")]
    events_per_stream: Option<f64>,
}

#[derive(Serialize)]
struct HistogramJson {
    n: u64,
    p50: Option<u64>,
    p90: Option<u64>,
    p99: Option<u64>,
    max: Option<u64>,
    hdr: String,
}

/// The report of `points` as one JSON document.
///
/// # Errors
/// When a histogram cannot be serialised.
pub fn document(points: &[Point]) -> Result<String, Box<dyn std::error::Error>> {
    let points = points.iter().map(point).collect::<Result<_, _>>()?;
    Ok(serde_json::to_string(&Document {
        schema: SCHEMA,
        points,
        frontier: Vec::new(),
    })?)
}

/// The report of `frontiers`, with everything that was tried, as one JSON
/// document.
///
/// # Errors
/// When a histogram cannot be serialised.
pub fn frontier_document(frontiers: &[Frontier]) -> Result<String, Box<dyn std::error::Error>> {
    let tried = frontiers.iter().flat_map(|frontier| &frontier.points);
    let limit = |(ms, carried): &(u64, Result<f64, String>)| LimitJson {
        p99_overhead_ms: *ms,
        rate_rps: carried.as_ref().ok().copied(),
        absent: carried.as_ref().err().cloned(),
    };
    Ok(serde_json::to_string(&Document {
        schema: SCHEMA,
        points: tried.map(point).collect::<Result<_, _>>()?,
        frontier: frontiers
            .iter()
            .map(|frontier| FrontierJson {
                workload: frontier.workload.name(),
                capacity_rps: frontier.capacity_rps,
                limits: frontier.limits.iter().map(limit).collect(),
                streams: frontier.streams.as_ref().map(|streams| StreamsJson {
                    concurrent: streams.as_ref().ok().copied(),
                    absent: streams.as_ref().err().cloned(),
                }),
            })
            .collect(),
    })?)
}

fn point(point: &Point) -> Result<PointJson, Box<dyn std::error::Error>> {
    let stretch = &point.stretch;
    let mut histograms = BTreeMap::new();
    let mut absent = BTreeMap::new();
    for metric in Metric::ALL {
        match point.why_absent(metric) {
            Some(reason) => {
                absent.insert(metric.name().to_owned(), reason);
            }
            None => {
                let histogram = summarise(point, metric, &mut absent)?;
                histograms.insert(metric.name(), histogram);
            }
        }
    }
    if point.achieved_rps().is_none() {
        absent.insert("achieved_rps".to_owned(), "no right answer".to_owned());
    }
    let (mode, offered_rps) = match point.pacing {
        PointPacing::Closed(_) => ("closed", None),
        PointPacing::Open(rate_rps) => ("open", Some(rate_rps)),
    };
    let right = stretch.recorder.ok();
    Ok(PointJson {
        workload: point.workload.name(),
        mode,
        concurrency: point.connections,
        offered_rps,
        achieved_rps: point.achieved_rps(),
        started_ns: stretch.started_ns,
        elapsed_ns: stretch.elapsed_ns,
        outcomes: outcomes(&stretch.recorder),
        warmup_outcomes: point.warmup.as_ref().map(outcomes),
        examples: stretch
            .recorder
            .examples()
            .iter()
            .map(|(outcome, why)| (outcome.to_string(), why.clone()))
            .collect(),
        histograms,
        absent,
        generator_cpu_ns: stretch.cpu_ns,
        connects: stretch.connects,
        events_per_stream: (point.workload.stream && right > 0)
            .then(|| stretch.recorder.events() as f64 / right as f64),
    })
}

fn outcomes(recorder: &Recorder) -> BTreeMap<String, u64> {
    let wrong = recorder.wrong().iter();
    wrong
        .map(|(outcome, count)| (outcome.to_string(), *count))
        .chain([(Outcome::Ok.to_string(), recorder.ok())])
        .collect()
}

fn summarise(
    point: &Point,
    metric: Metric,
    absent: &mut BTreeMap<String, String>,
) -> Result<HistogramJson, Box<dyn std::error::Error>> {
    let histogram = point.stretch.recorder.histogram(metric);
    let mut bytes = Vec::new();
    V2DeflateSerializer::new().serialize(histogram, &mut bytes)?;
    let mut percentile =
        |name: &str, quantile: f64| match point.why_percentile_absent(metric, quantile) {
            None => Some(histogram.value_at_quantile(quantile)),
            Some(reason) => {
                absent.insert(format!("{}.{name}", metric.name()), reason);
                None
            }
        };
    Ok(HistogramJson {
        n: histogram.len(),
        p50: percentile("p50", 0.50),
        p90: percentile("p90", 0.90),
        p99: percentile("p99", 0.99),
        max: percentile("max", 1.0),
        hdr: STANDARD.encode(bytes),
    })
}
