//! What is kept of a point: outcomes counted, times in histograms.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use workload::Outcome;

use crate::exchange::{ClockFault, Exchange};

/// The longest time a histogram holds, in nanoseconds: one hour.
const MAX_NS: u64 = 3_600_000_000_000;
/// Significant decimal digits of every histogram.
const DIGITS: u8 = 3;

/// A metric of which a histogram is kept, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// From just before the request is written to the last byte of a whole
    /// answer or to a stream's terminal event.
    Service,
    /// From the planned moment to the same.
    Response,
    /// From the planned moment, or from when a connection was free for it, to
    /// the sending: the generator was late.
    SendLag,
    /// For how long no connection was free.
    QueueWait,
    /// To the first byte of the response, its head included.
    FirstByte,
    /// To the first non-empty generated piece of a stream.
    Ttft,
    /// Between two generated pieces of a stream.
    Gap,
    /// Time spent on the way, both directions, read from the stamps.
    Overhead,
    /// From the mock's write of a streamed chunk to its arrival here.
    ChunkOverhead,
}

impl Metric {
    /// All of them, in the order in which reports list them.
    pub const ALL: [Self; 9] = [
        Self::Service,
        Self::Response,
        Self::SendLag,
        Self::QueueWait,
        Self::FirstByte,
        Self::Ttft,
        Self::Gap,
        Self::Overhead,
        Self::ChunkOverhead,
    ];

    /// The name in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service_ns",
            Self::Response => "response_ns",
            Self::SendLag => "send_lag_ns",
            Self::QueueWait => "queue_wait_ns",
            Self::FirstByte => "first_byte_ns",
            Self::Ttft => "ttft_ns",
            Self::Gap => "gap_ns",
            Self::Overhead => "overhead_ns",
            Self::ChunkOverhead => "chunk_overhead_ns",
        }
    }
}

/// The records of one point.
#[derive(Debug)]
pub struct Recorder {
    histograms: [Histogram<u64>; Metric::ALL.len()],
    ok: u64,
    /// Every outcome but `ok`, which is counted on the hot path.
    wrong: BTreeMap<Outcome, u64>,
    /// The first answer of each wrong outcome, in words.
    examples: BTreeMap<Outcome, String>,
    clock_faults: BTreeMap<ClockFault, u64>,
    /// Events of a stream, summed over the right answers.
    events: u64,
    last_done_ns: u64,
}

impl Recorder {
    /// An empty recorder; its memory is allocated here, none while recording.
    pub fn new() -> Self {
        Self {
            histograms: Metric::ALL.map(|_| {
                // The bounds are constants that the crate accepts.
                Histogram::new_with_bounds(1, MAX_NS, DIGITS).unwrap_or_else(|_| unreachable!())
            }),
            ok: 0,
            wrong: BTreeMap::new(),
            examples: BTreeMap::new(),
            clock_faults: BTreeMap::new(),
            events: 0,
            last_done_ns: 0,
        }
    }

    /// Counts an outcome other than `ok`.
    pub fn count(&mut self, outcome: Outcome, why: &str) {
        *self.wrong.entry(outcome).or_insert(0) += 1;
        if !why.is_empty() {
            self.examples
                .entry(outcome)
                .or_insert_with(|| why.to_owned());
        }
    }

    /// Takes the times of an exchange whose answer was right.
    pub fn take_right(&mut self, exchange: &Exchange, events: u64) {
        self.ok += 1;
        self.events += events;
        self.last_done_ns = self.last_done_ns.max(exchange.done_ns());
        self.record(Metric::Service, exchange.service_ns());
        for (metric, value_ns) in [
            (Metric::Response, exchange.response_ns()),
            (Metric::SendLag, exchange.send_lag_ns()),
            (Metric::QueueWait, exchange.queue_wait_ns()),
        ] {
            if let Some(value_ns) = value_ns {
                self.record(metric, value_ns);
            }
        }
        if let Some(first_byte_ns) = exchange.first_byte_ns() {
            self.record(Metric::FirstByte, first_byte_ns);
        }
        if exchange.streamed() {
            if let Some(ttft_ns) = exchange.ttft_ns() {
                self.record(Metric::Ttft, ttft_ns);
            }
            for gap_ns in exchange.gaps_ns() {
                self.record(Metric::Gap, *gap_ns);
            }
        }
        if let Some(fault) = exchange.clock_fault() {
            *self.clock_faults.entry(fault).or_insert(0) += 1;
            return;
        }
        if let Some(overhead_ns) = exchange.overhead_ns() {
            self.record(Metric::Overhead, overhead_ns);
        }
        if exchange.streamed() {
            for overhead_ns in exchange.chunk_overheads_ns() {
                self.record(Metric::ChunkOverhead, *overhead_ns);
            }
        }
    }

    fn record(&mut self, metric: Metric, value_ns: u64) {
        self.histograms[metric as usize].saturating_record(value_ns);
    }

    /// The histogram of a metric.
    pub fn histogram(&self, metric: Metric) -> &Histogram<u64> {
        &self.histograms[metric as usize]
    }

    /// Why the stamps could not be used, if they could not.
    pub fn clock_faults(&self) -> &BTreeMap<ClockFault, u64> {
        &self.clock_faults
    }

    /// How many exchanges had each outcome but `ok`.
    pub fn wrong(&self) -> &BTreeMap<Outcome, u64> {
        &self.wrong
    }

    /// The first answer of each wrong outcome, in words.
    pub fn examples(&self) -> &BTreeMap<Outcome, String> {
        &self.examples
    }

    /// Number of right answers.
    pub fn ok(&self) -> u64 {
        self.ok
    }

    /// Number of exchanges, whatever their outcome.
    pub fn total(&self) -> u64 {
        self.ok + self.wrong.values().sum::<u64>()
    }

    /// Events of the streams answered right, all together.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// When the last right answer was complete, by the monotonic clock.
    pub fn last_done_ns(&self) -> u64 {
        self.last_done_ns
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}
