//! What a figure is of.

use workload::Workload;

use super::Estimate;
use crate::journal::Phase;
use crate::measured::Measured;
use crate::route::{ProviderDialect, Route};

/// A kind of figure; its name and unit stand in every export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Workloads served.
    Served,
    /// From the start to the first right answer.
    ColdStart,
    /// Configuration and compressed layers of the image.
    ImageCompressed,
    /// Its layers on the engine's disk.
    ImageDisk,
    /// Anonymous and shared memory without load.
    MemoryIdle,
    /// The most anonymous and shared memory in any phase under load.
    MemoryPeak,
    /// The most resident memory in any phase under load.
    RssPeak,
    /// Proportional set size without load.
    PssIdle,
    /// Anonymous and shared memory some time after the load has stopped.
    MemoryAfter,
    /// The most memory that the kernel held for its control group under load.
    KernelPeak,
    /// The most memory of all kinds, page cache too, that its control group
    /// ever held.
    GroupPeak,
    /// How long it was kept from running under load because its CPU quota was
    /// used up.
    Throttled,
    /// Processes of its control group killed for want of memory under load.
    OomKills,
    /// Right answers a second.
    Rate,
    /// The highest of the rates of a sweep.
    PeakRate,
    /// The lowest concurrency that reaches 95% of the highest rate.
    Knee,
    /// Median service time.
    LatencyP50,
    /// 99th percentile of service time.
    LatencyP99,
    /// Median time to the first generated piece.
    TtftP50,
    /// Median time between two pieces of a stream.
    GapP50,
    /// Median time on the way, by the stamps.
    OverheadP50,
    /// 90th percentile of the same.
    OverheadP90,
    /// 99th percentile of the same.
    OverheadP99,
    /// 99.9th percentile of the same.
    OverheadP999,
    /// Median time from the mock's write of a streamed piece to its arrival.
    ChunkOverheadP50,
    /// 90th percentile of the same.
    ChunkOverheadP90,
    /// 99th percentile of the same.
    ChunkOverheadP99,
    /// 99.9th percentile of the same.
    ChunkOverheadP999,
    /// Median time from the planned send to the complete answer.
    ResponseP50,
    /// 99th percentile of the same.
    ResponseP99,
    /// 99th percentile of the generator's own lateness.
    SendLagP99,
    /// CPU time of the entrant for one request.
    CpuPerRequest,
    /// Right answers a second for each percent of one CPU that the entrant
    /// used.
    Efficiency,
    /// CPU time of the mock for one request.
    MockCpuPerRequest,
    /// CPU time of the generator for one request.
    GeneratorCpuPerRequest,
    /// Requests that were not answered right, per thousand.
    Wrong,
    /// The highest rate whose p99 overhead is within the limit that the
    /// figure's level gives, in milliseconds.
    FrontierRate,
    /// Whether a route from a client's dialect to a provider's is served.
    ServedOnRoute,
    /// The rate of a route, held against the rate of the same client's dialect
    /// without translation in the same trial.
    RatioToClient,
    /// The same against the provider's dialect without translation.
    RatioToProvider,
    /// The rate as a part of nginx's of the same block.
    RateBesideNginx,
    /// The CPU time of a request as a part of nginx's of the same block.
    CpuBesideNginx,
    /// The median overhead less nginx's of the same block.
    OverheadP50BesideNginx,
    /// The 99th percentile of overhead as a part of nginx's of the same block.
    OverheadP99BesideNginx,
    /// The median chunk overhead less nginx's of the same block.
    ChunkOverheadBesideNginx,
}

impl Metric {
    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::ColdStart => "cold_start",
            Self::ImageCompressed => "image_compressed",
            Self::ImageDisk => "image_disk",
            Self::MemoryIdle => "memory_idle",
            Self::MemoryPeak => "memory_peak",
            Self::RssPeak => "rss_peak",
            Self::PssIdle => "pss_idle",
            Self::MemoryAfter => "memory_after",
            Self::KernelPeak => "kernel_peak",
            Self::GroupPeak => "group_peak",
            Self::Throttled => "throttled",
            Self::OomKills => "oom_kills",
            Self::Rate => "rate",
            Self::PeakRate => "peak_rate",
            Self::Knee => "knee",
            Self::LatencyP50 => "latency_p50",
            Self::LatencyP99 => "latency_p99",
            Self::TtftP50 => "ttft_p50",
            Self::GapP50 => "gap_p50",
            Self::OverheadP50 => "overhead_p50",
            Self::OverheadP90 => "overhead_p90",
            Self::OverheadP99 => "overhead_p99",
            Self::OverheadP999 => "overhead_p999",
            Self::ChunkOverheadP50 => "chunk_overhead_p50",
            Self::ChunkOverheadP90 => "chunk_overhead_p90",
            Self::ChunkOverheadP99 => "chunk_overhead_p99",
            Self::ChunkOverheadP999 => "chunk_overhead_p999",
            Self::ResponseP50 => "response_p50",
            Self::ResponseP99 => "response_p99",
            Self::SendLagP99 => "send_lag_p99",
            Self::CpuPerRequest => "cpu_per_request",
            Self::Efficiency => "efficiency",
            Self::MockCpuPerRequest => "mock_cpu_per_request",
            Self::GeneratorCpuPerRequest => "generator_cpu_per_request",
            Self::Wrong => "wrong",
            Self::FrontierRate => "frontier_rate",
            Self::ServedOnRoute => "served_on_route",
            Self::RatioToClient => "ratio_to_client_dialect",
            Self::RatioToProvider => "ratio_to_provider_dialect",
            Self::RateBesideNginx => "rate_ratio_to_nginx",
            Self::CpuBesideNginx => "cpu_per_request_ratio_to_nginx",
            Self::OverheadP50BesideNginx => "overhead_p50_less_nginx",
            Self::OverheadP99BesideNginx => "overhead_p99_ratio_to_nginx",
            Self::ChunkOverheadBesideNginx => "chunk_overhead_p50_less_nginx",
        }
    }

    /// The unit in exports and tables.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Served => "of 6",
            Self::ColdStart
            | Self::Throttled
            | Self::LatencyP50
            | Self::LatencyP99
            | Self::TtftP50
            | Self::GapP50
            | Self::ResponseP50
            | Self::ResponseP99 => "ms",
            Self::OverheadP50
            | Self::OverheadP90
            | Self::OverheadP99
            | Self::OverheadP999
            | Self::ChunkOverheadP50
            | Self::ChunkOverheadP90
            | Self::ChunkOverheadP99
            | Self::ChunkOverheadP999
            | Self::OverheadP50BesideNginx
            | Self::ChunkOverheadBesideNginx
            | Self::SendLagP99
            | Self::CpuPerRequest
            | Self::MockCpuPerRequest
            | Self::GeneratorCpuPerRequest => "µs",
            Self::ImageCompressed
            | Self::ImageDisk
            | Self::MemoryIdle
            | Self::MemoryPeak
            | Self::MemoryAfter
            | Self::KernelPeak
            | Self::GroupPeak
            | Self::RssPeak
            | Self::PssIdle => "MB",
            Self::OomKills => "processes",
            Self::Efficiency => "req/s per CPU %",
            Self::Rate | Self::PeakRate | Self::FrontierRate => "req/s",
            Self::Knee => "workers",
            Self::Wrong => "‰",
            Self::ServedOnRoute => "",
            Self::RatioToClient
            | Self::RatioToProvider
            | Self::RateBesideNginx
            | Self::CpuBesideNginx
            | Self::OverheadP99BesideNginx => "×",
        }
    }
}

/// What a figure is of, but for the entrant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The part of the trial it was measured in.
    pub phase: Phase,
    /// The workload, where there is one.
    pub workload: Option<Workload>,
    /// The dialect that the provider was asked in, where that is another than
    /// the client's.
    pub provider: Option<ProviderDialect>,
    /// The number of workers, or the rate of an open loop.
    pub level: Option<u32>,
    /// Between two pieces of a stream, in milliseconds, where they came at a
    /// pace.
    pub gap_ms: Option<u32>,
    /// The kind of figure.
    pub metric: Metric,
}

impl Key {
    /// A figure of a whole trial.
    pub fn of_trial(phase: Phase, metric: Metric) -> Self {
        Self {
            phase,
            workload: None,
            provider: None,
            level: None,
            gap_ms: None,
            metric,
        }
    }

    /// A figure of a workload, at a number of workers where it has one.
    pub fn of_load(phase: Phase, workload: Workload, level: Option<u32>, metric: Metric) -> Self {
        Self {
            phase,
            workload: Some(workload),
            provider: None,
            level,
            gap_ms: None,
            metric,
        }
    }

    /// A figure of so many streams at once, whose pieces came `gap_ms` apart.
    pub fn of_paced(workload: Workload, streams: u32, gap_ms: u32, metric: Metric) -> Self {
        Self {
            gap_ms: Some(gap_ms),
            ..Self::of_load(Phase::Paced, workload, Some(streams), metric)
        }
    }

    /// A figure of a route.
    pub fn of_route(phase: Phase, route: Route, level: Option<u32>, metric: Metric) -> Self {
        Self {
            provider: route.is_translated().then_some(route.provider),
            ..Self::of_load(phase, route.workload, level, metric)
        }
    }

    /// The workload's name in exports; where it was translated, that of the
    /// route, as `messages-stream>chat`, and where it was paced with its gap, as
    /// `chat-stream@20ms`.
    pub fn workload_name(&self) -> Option<String> {
        let workload = self.workload?;
        let mut name = match self.provider {
            Some(provider) => Route { workload, provider }.to_string(),
            None => workload.name().to_owned(),
        };
        if let Some(gap_ms) = self.gap_ms {
            name += &format!("@{gap_ms}ms");
        }
        Some(name)
    }
}

/// A figure of an entrant, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The entrant's name.
    pub entrant: String,
    /// What it is of.
    pub key: Key,
    /// The figure.
    pub value: Measured<Estimate>,
}
