//! The records of a journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::docker::{EngineInfo, Image};
use crate::image_size::ImageSize;
use crate::measured::{Measured, Reason};
use crate::placement::Placement;
use crate::plan::Profile;
use crate::resources::{Sample as ResourceSample, Stolen, Usage};
use crate::route::{ProviderDialect, Received};
use crate::runner::ContainerSettings;

/// Version of the records' form; stands in each as `v`.
pub const VERSION: u32 = 1;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Record {
    /// What the run is; the first line.
    Run(Box<Run>),
    /// Something was measured.
    Sample(Box<Sample>),
    /// A trial has ended.
    Trial(Trial),
    /// The run has ended, or a part of it; a resumed run has several.
    End(End),
}

/// What a run is: its plan, its entrants, its machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Name of the run's folder when it was begun.
    pub run: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// Version of the harness.
    pub harness: String,
    /// What every shuffle and every resample depends on.
    pub seed: u64,
    /// `process` or `docker`.
    pub runner: String,
    /// The engine of a run in containers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineInfo>,
    /// What holds for all containers of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containers: Option<ContainerSettings>,
    /// Which CPUs the entrants had to themselves, if they had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// How much of everything is measured.
    pub profile: Profile,
    /// All entrants asked for, in the order asked for.
    pub entrants: Vec<EntrantRecord>,
    /// The machine's fingerprint.
    pub machine: serde_json::Value,
}

/// An entrant as the run found it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntrantRecord {
    /// The folder's name.
    pub name: String,
    /// The name people know it by.
    pub title: String,
    /// What it runs on.
    pub runtime: String,
    /// Its licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// How it is configured here and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Who builds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neutrality: Option<String>,
    /// Whether it is known by a manifest, rather than by a `--target`.
    #[serde(default = "yes")]
    pub has_manifest: bool,
    /// Its version, or why it is not known.
    pub version: Measured<String>,
    /// Why it takes no part in this run, if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<Reason>,
    /// The image of its containers, if it runs in any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// How large its image is; none where it does not run in a container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_size: Option<ImageSize>,
    /// Workloads that its manifest says it does not serve, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_served: BTreeMap<String, String>,
    /// The ways from a client's dialect to a provider's that its manifest
    /// declares; why not, where it says that one is not served.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translation: BTreeMap<String, BTreeMap<ProviderDialect, Option<String>>>,
}

fn yes() -> bool {
    true
}

/// The parts of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Before any trial: the image as it is shipped.
    Image,
    /// From the start to the first right answer.
    Cold,
    /// The same after the kernel was told to forget the files that it had
    /// read.
    #[serde(rename = "cold-dropped")]
    ColdDropped,
    /// Which workloads are served.
    Coverage,
    /// Started, but without load.
    Idle,
    /// Closed loop at the published concurrency.
    Latency,
    /// Closed loop over several concurrencies.
    Capacity,
    /// A longer look at CPU and memory under load.
    Resources,
    /// Open loop at common rates; the level is the rate.
    Ladder,
    /// Many streams at once whose pieces come at a pace; the level is how many.
    Paced,
    /// The highest rates within limits of overhead; the level is the limit.
    Frontier,
    /// From a client's dialect to a provider's: without a level whether it is
    /// served, else a closed loop.
    Translation,
    /// The same in an open loop at a common rate, which is the level.
    #[serde(rename = "translation-rate")]
    TranslationRate,
    /// After all load has stopped.
    After,
    /// Memory and CPU over the whole trial.
    Series,
}

impl Phase {
    /// The name in journals and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Cold => "cold",
            Self::ColdDropped => "cold-dropped",
            Self::Coverage => "coverage",
            Self::Idle => "idle",
            Self::Latency => "latency",
            Self::Capacity => "capacity",
            Self::Resources => "resources",
            Self::Ladder => "ladder",
            Self::Paced => "paced",
            Self::Frontier => "frontier",
            Self::Translation => "translation",
            Self::TranslationRate => "translation-rate",
            Self::After => "after",
            Self::Series => "series",
        }
    }
}

/// One thing that was measured. Which of the optional fields it has follows
/// from its phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The trial it belongs to; unique in the journal.
    pub trial_id: String,
    /// The block, from 1.
    pub block: u32,
    /// The entrant's name.
    pub entrant: String,
    /// The part of the trial.
    pub phase: Phase,
    /// The workload, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload: Option<String>,
    /// The dialect that the provider is to be asked in, where that is
    /// measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderDialect>,
    /// The number of workers, or the rate of an open loop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u32>,
    /// Between two pieces of a stream, in milliseconds, where they come at a
    /// pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_ms: Option<u32>,
    /// What the mock received meanwhile, warm-up included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    /// Why it was left out, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Reason>,
    /// From exec to the first right answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cold_start_ns: Option<Measured<u64>>,
    /// What loadgen measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<LoadPoint>,
    /// What the entrant and the rig used meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// Proportional set size at the end of the phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pss_bytes: Option<Measured<u64>>,
    /// The highest rates within limits of overhead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frontier: Vec<FrontierLimit>,
    /// Readings over the trial, thinned out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<ResourceSample>,
}

impl Sample {
    /// A sample of `phase` that holds nothing yet.
    pub fn new(trial_id: &str, block: u32, entrant: &str, phase: Phase) -> Self {
        Self {
            trial_id: trial_id.to_owned(),
            block,
            entrant: entrant.to_owned(),
            phase,
            workload: None,
            provider: None,
            level: None,
            gap_ms: None,
            received: None,
            skipped: None,
            cold_start_ns: None,
            point: None,
            resources: None,
            pss_bytes: None,
            frontier: Vec::new(),
            series: Vec::new(),
        }
    }
}

/// What was used during a stretch of load, warm-up included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resources {
    /// By the entrant, all its processes.
    pub entrant: Measured<Usage>,
    /// CPU time of the mock.
    pub mock_cpu_ns: Measured<u64>,
}

/// One point of `loadgen --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadPoint {
    /// The workload's name.
    pub workload: String,
    /// `closed` or `open`.
    pub mode: String,
    /// Number of workers.
    pub concurrency: u32,
    /// Rate asked for; none in a closed loop.
    pub offered_rps: Option<f64>,
    /// Right answers a second; none where there was no right answer.
    pub achieved_rps: Option<f64>,
    /// Monotonic clock.
    pub started_ns: u64,
    /// Length of the stretch that the rate stands on.
    pub elapsed_ns: u64,
    /// How many requests had each outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// The same of the warm-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warmup_outcomes: Option<BTreeMap<String, u64>>,
    /// The first wrong answer of each outcome, in words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<String, String>,
    /// The histograms by metric.
    pub histograms: BTreeMap<String, Histogram>,
    /// Why a metric has no histogram.
    #[serde(default)]
    pub absent: BTreeMap<String, String>,
    /// CPU time of the generator during the point, warm-up not included.
    #[serde(default)]
    pub generator_cpu_ns: u64,
    /// Connections made.
    #[serde(default)]
    pub connects: u64,
    /// Mean number of events in a stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events_per_stream: Option<f64>,
}

impl LoadPoint {
    /// Right answers.
    pub fn ok(&self) -> u64 {
        self.outcomes.get("ok").copied().unwrap_or(0)
    }

    /// The outcomes that are not right, with what came instead.
    pub fn wrong_in_words(&self) -> String {
        let wrong = self.outcomes.iter();
        let wrong = wrong.filter(|(name, count)| **count > 0 && *name != "ok");
        let words: Vec<String> = wrong
            .map(|(name, _)| match self.examples.get(name) {
                Some(why) => format!("{name} ({})", first_line(why)),
                None => name.clone(),
            })
            .collect();
        words.join(", ")
    }

    /// Requests of the point, whatever became of them.
    pub fn total(&self) -> u64 {
        self.outcomes.values().sum()
    }

    /// Requests of the point and of its warm-up.
    pub fn total_with_warmup(&self) -> u64 {
        let warmup = self.warmup_outcomes.iter().flat_map(BTreeMap::values);
        self.total() + warmup.sum::<u64>()
    }
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

/// The highest rate that was carried within a limit of overhead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrontierLimit {
    /// The limit of the p99.
    pub p99_overhead_ms: u32,
    /// The rate; none where not even the lowest was carried.
    pub rate_rps: Option<f64>,
    /// Why there is no rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
}

/// A histogram of nanoseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Values recorded.
    pub n: u64,
    /// Median; this and the others are missing where they do not count, and
    /// the point's `absent` tells why.
    pub p50: Option<u64>,
    /// 90th percentile.
    pub p90: Option<u64>,
    /// 99th percentile.
    pub p99: Option<u64>,
    /// The largest.
    pub max: Option<u64>,
    /// All of it: HdrHistogram's V2 deflate form, in base64.
    pub hdr: String,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Unique in the journal.
    pub trial_id: String,
    /// The block, from 1.
    pub block: u32,
    /// The entrant's name.
    pub entrant: String,
    /// How it ended.
    pub end: TrialEnd,
    /// How long it took.
    pub elapsed_ms: u64,
    /// CPU time that a hypervisor took meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stolen: Option<Stolen>,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrialEnd {
    /// Everything of it was measured.
    Done,
    /// It was cut short; what it has measured counts until it is repeated.
    Interrupted,
    /// It could not go on.
    Failed(Reason),
    /// It was not begun, for the profile has no time for it; why.
    Skipped(String),
}

impl TrialEnd {
    /// Whether the trial need not be repeated when the run goes on: what the
    /// user or the rig ended says nothing of the entrant.
    pub fn is_settled(&self) -> bool {
        !matches!(
            self,
            Self::Interrupted | Self::Failed(Reason::HarnessFault(_))
        )
    }
}

/// How the run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// Whether every trial of the plan has ended.
    pub complete: bool,
    /// Whether it stopped because its time was used up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub over_budget: bool,
    /// RFC 3339, UTC.
    pub at: String,
    /// How long it took, without earlier parts of a resumed run.
    pub elapsed_ms: u64,
}
