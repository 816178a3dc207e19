//! The command line.

use std::fmt;
use std::time::Duration;

use clap::{ArgGroup, Parser};
use workload::{
    BENCH_API_KEY, DEFAULT_CHUNKS, DEFAULT_MODEL, DEFAULT_PROMPT, Dialect, Preset, Script, Workload,
};

use crate::arrivals::Arrivals;
use crate::target::BaseUrl;

/// Drives an AI gateway, or any OpenAI-compatible server that answers as
/// mockbackend does, and says exactly what happened.
///
/// Every answer is validated: status, the dialect's shape, the whole text in
/// order, the terminal event. Only right answers are timed; every other
/// outcome is named and counted.
#[derive(Debug, Parser)]
#[command(version, group = ArgGroup::new("limit").args(["requests", "duration"]))]
#[command(group = ArgGroup::new("pacing").args(["concurrency", "rate"]))]
pub struct Cli {
    /// The target, without a path.
    #[arg(long, value_name = "http://HOST:PORT")]
    pub url: BaseUrl,

    /// What to send: `all`, or a comma-separated list of chat, chat-stream,
    /// responses, responses-stream, messages, messages-stream.
    #[arg(long, value_name = "W[,W…]", value_parser = Workload::parse_list, default_value = "chat")]
    pub workload: Workloads,

    /// Closed loop: so many workers, each sending its next request when it has
    /// the answer to the one before. Several numbers: one point for each.
    #[arg(long, value_name = "C[,C…]", value_delimiter = ',', default_value = "10",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub concurrency: Vec<u32>,

    /// Open loop: so many requests a second, each sent when it was planned to
    /// be. Several numbers: one point for each.
    #[arg(long, value_name = "R[,R…]", value_delimiter = ',', value_parser = parse_rate)]
    pub rate: Vec<f64>,

    /// How the sends of an open loop are spread: uniform or poisson.
    #[arg(
        long,
        value_name = "KIND",
        default_value = "uniform",
        requires = "rate"
    )]
    pub arrivals: Arrivals,

    /// Connections an open loop may use; a request that finds none free waits.
    #[arg(long, value_name = "N", default_value_t = 1024,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max_connections: u32,

    /// What random send times depend on.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// Requests to send for each point.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub requests: Option<u64>,

    /// How long to send for each point [default: 5s]. In a closed loop it
    /// begins when the warm-up's answers have come, at least one a worker, and
    /// lasts until there was one a worker. Requests under way at its end are
    /// let finish, but count for the rate only if they end in time.
    #[arg(long, value_name = "D", value_parser = humantime::parse_duration)]
    pub duration: Option<Duration>,

    /// Requests before each point that are not measured.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub warmup: u64,

    /// Cut off what is still under way so long after the point began; such
    /// requests are `capped`.
    #[arg(long, value_name = "D", value_parser = humantime::parse_duration)]
    pub max_wall: Option<Duration>,

    /// Search, for each workload, the highest rate with a p99 overhead within
    /// 1, 5, 10 and 50 ms and no wrong answer: a closed loop at each
    /// --concurrency first, then open loops. Where the backend paces its
    /// streams, also how many are carried at once without a stall, up to
    /// --max-connections. Each try takes --duration [default: 1s].
    #[arg(long, conflicts_with = "rate")]
    pub frontier: bool,

    /// Model name in the requests.
    #[arg(long, value_name = "M", default_value = DEFAULT_MODEL)]
    pub model: String,

    /// Prompt in the requests.
    #[arg(long, value_name = "TEXT", default_value = DEFAULT_PROMPT)]
    pub prompt: String,

    /// Key sent as each dialect's SDK sends it.
    #[arg(long, value_name = "KEY", default_value = BENCH_API_KEY)]
    pub api_key: String,

    /// Header of every request; replaces the workload's own of that name.
    #[arg(long, value_name = "K: V", value_parser = workload::arguments::header)]
    pub header: Vec<(String, String)>,

    /// Path of a dialect, where it is not the provider's own.
    #[arg(long, value_name = "DIALECT=PATH", value_parser = workload::arguments::path)]
    pub path: Vec<(Dialect, String)>,

    /// Longest time from sending a request to its complete answer.
    #[arg(long, value_name = "D", value_parser = humantime::parse_duration, default_value = "30s")]
    pub timeout: Duration,

    /// Longest silence once a response has begun.
    #[arg(long, value_name = "D", value_parser = humantime::parse_duration, default_value = "10s")]
    pub idle_gap: Duration,

    /// The answer to expect: the mock's `--preset`.
    #[arg(long, value_name = "NAME", value_parser = [Preset::PUBLISHED_NAME], conflicts_with = "chunks")]
    pub preset: Option<String>,

    /// Content chunks to expect in a stream: the mock's `--chunks`.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CHUNKS)]
    pub chunks: usize,

    /// Print one JSON document with the full histograms instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// How one point is paced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PointPacing {
    /// A closed loop of so many workers.
    Closed(u32),
    /// An open loop of so many requests a second.
    Open(f64),
}

impl fmt::Display for PointPacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(concurrency) => write!(f, "c={concurrency}"),
            Self::Open(rate) => write!(f, "{}/s", (rate * 10.0).round() / 10.0),
        }
    }
}

/// The workloads of one run, as clap stores a list that is parsed as a whole.
pub type Workloads = Vec<Workload>;

impl Cli {
    /// The text that right answers hold.
    pub fn script(&self) -> Script {
        match self.preset {
            Some(_) => Script::published_2026_06(),
            None => Script::stamped(self.chunks),
        }
    }

    /// The points of each workload, in order.
    pub fn pacings(&self) -> Vec<PointPacing> {
        if self.rate.is_empty() {
            let closed = |concurrency: &u32| PointPacing::Closed(*concurrency);
            return self.concurrency.iter().map(closed).collect();
        }
        self.rate
            .iter()
            .map(|rate| PointPacing::Open(*rate))
            .collect()
    }

    /// The path that requests of `dialect` go to.
    pub fn path_of(&self, dialect: Dialect) -> &str {
        self.path
            .iter()
            .rev()
            .find(|(of, _)| *of == dialect)
            .map_or(dialect.path(), |(_, path)| path)
    }
}

fn parse_rate(rate: &str) -> Result<f64, String> {
    match rate.parse::<f64>() {
        Ok(value) if (0.01..=1_000_000.0).contains(&value) => Ok(value),
        _ => Err(format!(
            "`{rate}` is no rate from 0.01 to 1000000 requests a second"
        )),
    }
}
