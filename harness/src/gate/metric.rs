//! What a gate measures: names, units, directions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use workload::Workload;

/// A figure of one side in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Metric {
    /// Median time on the way, one request at a time; microseconds.
    Overhead(Workload),
    /// Right answers a second of a closed loop of ten workers.
    Capacity(Workload),
    /// CPU time for one request in that loop; microseconds.
    Cpu(Workload),
    /// The most memory under load; megabytes.
    MemoryPeak,
    /// Memory before any load; megabytes.
    MemoryIdle,
    /// From the start to the first right answer; milliseconds.
    ColdStart,
}

/// No metric of a gate has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown metric `{0}`; known: overhead-p50/WORKLOAD, capacity/WORKLOAD, cpu/WORKLOAD, \
     memory-peak, memory-idle, cold-start; workloads: {workloads}",
    workloads = Workload::ALL.map(Workload::name).join(", ")
)]
pub struct UnknownMetric(String);

impl Metric {
    /// The five that a gate judges unless its policy names others.
    pub fn primary() -> Vec<Self> {
        let [chat, chat_stream, ..] = Workload::ALL;
        vec![
            Self::Overhead(chat),
            Self::Capacity(chat),
            Self::Cpu(chat),
            Self::Capacity(chat_stream),
            Self::MemoryPeak,
        ]
    }

    /// What a comparison shows: the five, and what they leave out.
    pub fn compared() -> Vec<Self> {
        let [chat, chat_stream, ..] = Workload::ALL;
        vec![
            Self::Overhead(chat),
            Self::Overhead(chat_stream),
            Self::Capacity(chat),
            Self::Capacity(chat_stream),
            Self::Cpu(chat),
            Self::Cpu(chat_stream),
            Self::MemoryPeak,
            Self::MemoryIdle,
            Self::ColdStart,
        ]
    }

    /// Whether more is better.
    pub fn more_is_better(self) -> bool {
        matches!(self, Self::Capacity(_))
    }

    /// The unit of its values.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Overhead(_) | Self::Cpu(_) => "µs",
            Self::Capacity(_) => "/s",
            Self::MemoryPeak | Self::MemoryIdle => "MB",
            Self::ColdStart => "ms",
        }
    }

    /// What tables call it.
    pub fn title(self) -> String {
        match self {
            Self::Overhead(workload) => format!("overhead p50, {workload}"),
            Self::Capacity(workload) => format!("capacity c=10, {workload}"),
            Self::Cpu(workload) => format!("CPU a request, {workload}"),
            Self::MemoryPeak => "memory under load".to_owned(),
            Self::MemoryIdle => "memory idle".to_owned(),
            Self::ColdStart => "cold start".to_owned(),
        }
    }
}

/// The name in policies, journals and JSON.
impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overhead(workload) => write!(f, "overhead-p50/{workload}"),
            Self::Capacity(workload) => write!(f, "capacity/{workload}"),
            Self::Cpu(workload) => write!(f, "cpu/{workload}"),
            Self::MemoryPeak => f.write_str("memory-peak"),
            Self::MemoryIdle => f.write_str("memory-idle"),
            Self::ColdStart => f.write_str("cold-start"),
        }
    }
}

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(name: &str) -> Result<Self, UnknownMetric> {
        let unknown = || UnknownMetric(name.to_owned());
        let (kind, workload) = match name.split_once('/') {
            Some((kind, workload)) => (kind, Some(workload.parse().map_err(|_| unknown())?)),
            None => (name, None),
        };
        match (kind, workload) {
            ("overhead-p50", Some(workload)) => Ok(Self::Overhead(workload)),
            ("capacity", Some(workload)) => Ok(Self::Capacity(workload)),
            ("cpu", Some(workload)) => Ok(Self::Cpu(workload)),
            ("memory-peak", None) => Ok(Self::MemoryPeak),
            ("memory-idle", None) => Ok(Self::MemoryIdle),
            ("cold-start", None) => Ok(Self::ColdStart),
            _ => Err(unknown()),
        }
    }
}

impl TryFrom<String> for Metric {
    type Error = UnknownMetric;

    fn try_from(name: String) -> Result<Self, UnknownMetric> {
        name.parse()
    }
}

impl From<Metric> for String {
    fn from(metric: Metric) -> Self {
        metric.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back() {
        for metric in Metric::compared().into_iter().chain(Metric::primary()) {
            assert_eq!(metric.to_string().parse(), Ok(metric));
        }
    }

    #[test]
    fn another_name_is_refused_with_those_there_are() {
        for name in ["latency", "cpu", "cpu/", "cpu/nothing", "memory-peak/chat"] {
            let error = name.parse::<Metric>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("unknown metric `{name}`; known: ")));
            assert!(error.contains("cpu/WORKLOAD") && error.contains("chat-stream"));
        }
    }
}
