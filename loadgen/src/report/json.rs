//! The JSON report; its shape is fixed by the project's interfaces.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Serializer, V2DeflateSerializer};
use serde::Serialize;
use workload::Outcome;

use crate::engine::Stretch;
use crate::point::Point;
use crate::record::Metric;

/// Version of the document's shape.
const SCHEMA: u32 = 1;

/// Metrics that only a planned send time gives; a closed loop has none.
const OPEN_LOOP_METRICS: [&str; 3] = ["response_ns", "send_lag_ns", "queue_wait_ns"];

#[derive(Serialize)]
struct Document {
    schema: u32,
    points: Vec<PointJson>,
}

#[derive(Serialize)]
struct PointJson {
    workload: &'static str,
    mode: &'static str,
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
    absent: BTreeMap<&'static str, String>,
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
    p50: u64,
    p90: u64,
    p99: u64,
    max: u64,
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
    })?)
}

fn point(point: &Point) -> Result<PointJson, Box<dyn std::error::Error>> {
    let stretch = &point.stretch;
    let mut histograms = BTreeMap::new();
    let mut absent = BTreeMap::new();
    for metric in Metric::ALL {
        let histogram = stretch.recorder.histogram(metric);
        match why_absent(point, metric) {
            Some(reason) => {
                absent.insert(metric.name(), reason);
            }
            None => {
                histograms.insert(metric.name(), summarise(histogram)?);
            }
        }
    }
    for metric in OPEN_LOOP_METRICS {
        absent.insert(metric, "a closed loop plans no send times".to_owned());
    }
    if point.achieved_rps().is_none() {
        absent.insert("achieved_rps", "no right answer".to_owned());
    }
    let right = stretch.recorder.ok();
    Ok(PointJson {
        workload: point.workload.name(),
        mode: "closed",
        concurrency: point.concurrency,
        offered_rps: None,
        achieved_rps: point.achieved_rps(),
        started_ns: stretch.started_ns,
        elapsed_ns: stretch.elapsed_ns,
        outcomes: outcomes(stretch),
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

/// Why a histogram of a point is missing; `None` when it is not.
pub(super) fn why_absent(point: &Point, metric: Metric) -> Option<String> {
    let recorder = &point.stretch.recorder;
    let only_streams = matches!(metric, Metric::Ttft | Metric::Gap | Metric::ChunkOverhead);
    if recorder.ok() == 0 {
        return Some("no right answer".to_owned());
    }
    if only_streams && !point.workload.stream {
        return Some("not a stream".to_owned());
    }
    if matches!(metric, Metric::Overhead | Metric::ChunkOverhead)
        && let Some((fault, count)) = recorder.clock_faults().iter().next_back()
    {
        return Some(format!(
            "{} ({count} of {} answers)",
            fault.reason(),
            recorder.ok()
        ));
    }
    recorder
        .histogram(metric)
        .is_empty()
        .then(|| "the answers came in one piece each".to_owned())
}

fn outcomes(stretch: &Stretch) -> BTreeMap<String, u64> {
    let count = |(outcome, count): (&Outcome, &u64)| (outcome.to_string(), *count);
    stretch.recorder.outcomes().iter().map(count).collect()
}

fn summarise(histogram: &Histogram<u64>) -> Result<HistogramJson, Box<dyn std::error::Error>> {
    let mut bytes = Vec::new();
    V2DeflateSerializer::new().serialize(histogram, &mut bytes)?;
    Ok(HistogramJson {
        n: histogram.len(),
        p50: histogram.value_at_quantile(0.50),
        p90: histogram.value_at_quantile(0.90),
        p99: histogram.value_at_quantile(0.99),
        max: histogram.max(),
        hdr: STANDARD.encode(bytes),
    })
}
