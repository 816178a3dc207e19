//! One worker's counts, and adding up those of several.

use std::hash::Hash;

use super::histogram::Histogram;
use super::names::Label;
use super::quick_hash::QuickMap;
use crate::usage::Tokens;

/// How a request ended for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Answered, and the answer was handed over to its end.
    Ok,
    /// Refused by the gateway as the client's mistake (4xx).
    Refused,
    /// Refused by the gateway because it has too much to do.
    Shed,
    /// The provider's own error, passed on.
    ProviderError,
    /// No provider gave a whole answer: the gateway's own 5xx.
    Failed,
    /// The provider ended the stream with an error of its own, passed on.
    StreamError,
    /// The answer broke off after it had begun.
    Broken,
    /// The client went away before the end.
    Cancelled,
}

impl Outcome {
    pub(crate) const ALL: [Self; 8] = [
        Self::Ok,
        Self::Refused,
        Self::Shed,
        Self::ProviderError,
        Self::Failed,
        Self::StreamError,
        Self::Broken,
        Self::Cancelled,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Shed => "shed",
            Self::ProviderError => "provider_error",
            Self::Failed => "failed",
            Self::StreamError => "stream_error",
            Self::Broken => "broken",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What went wrong between the gateway and a provider, in one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpstreamError {
    /// No connection.
    Connect,
    /// No whole answer, or one that is not HTTP.
    BadAnswer,
    /// A timeout, whichever.
    Timeout,
    /// 429.
    RateLimited,
    /// Another 4xx of the gateway's own making: its key was refused.
    KeyRefused,
    /// 5xx.
    Status5xx,
    /// An error of the provider's in the middle of a stream.
    StreamError,
    /// A stream without its end.
    Broken,
}

impl UpstreamError {
    pub(crate) const ALL: [Self; 8] = [
        Self::Connect,
        Self::BadAnswer,
        Self::Timeout,
        Self::RateLimited,
        Self::KeyRefused,
        Self::Status5xx,
        Self::StreamError,
        Self::Broken,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::BadAnswer => "bad_answer",
            Self::Timeout => "timeout",
            Self::RateLimited => "rate_limited",
            Self::KeyRefused => "key_refused",
            Self::Status5xx => "status_5xx",
            Self::StreamError => "stream_error",
            Self::Broken => "broken",
        }
    }
}

/// What distinguishes one series of requests from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SeriesKey {
    /// The dialect's name, `other` for everything that is no dialect's.
    pub(crate) dialect: &'static str,
    pub(crate) provider: Label,
    pub(crate) model: Label,
}

/// The hundreds of a status, 0 where no status was ever decided.
pub(super) const STATUS_CLASSES: [&str; 6] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    pub(super) ended: [[u64; STATUS_CLASSES.len()]; Outcome::ALL.len()],
    pub(super) latency: Histogram,
    pub(super) ttft: Histogram,
}

/// Of one provider.
#[derive(Clone, Debug, Default)]
pub(super) struct Upstream {
    pub(super) errors: [u64; UpstreamError::ALL.len()],
    pub(super) retries: u64,
    pub(super) fallbacks: u64,
    pub(super) breaker_opens: u64,
}

/// Everything that is counted. Only ever grows, but for `in_flight`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    pub(super) series: QuickMap<SeriesKey, Series>,
    /// Of a client key (its name) and a model.
    pub(super) tokens: QuickMap<(Label, Label), TokenCounts>,
    pub(super) upstreams: QuickMap<Label, Upstream>,
    pub(crate) in_flight: u64,
    pub(crate) log_lines: u64,
    pub(crate) log_dropped: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct TokenCounts {
    /// Requests whose usage is known.
    pub(super) requests: u64,
    pub(super) tokens: Tokens,
}

impl Metrics {
    /// Counts a request that ended. `status` is 0 where none was decided.
    pub(crate) fn ended(
        &mut self,
        key: SeriesKey,
        outcome: Outcome,
        status: u16,
        took: std::time::Duration,
        ttft: Option<std::time::Duration>,
    ) {
        let series = self.series.entry(key).or_default();
        let class = usize::from(status / 100).min(STATUS_CLASSES.len() - 1);
        series.ended[outcome as usize][class] += 1;
        series.latency.observe(took);
        if let Some(ttft) = ttft {
            series.ttft.observe(ttft);
        }
    }

    /// Adds what a request used.
    pub(crate) fn used(&mut self, client_key: Label, model: Label, tokens: &Tokens) {
        let counts = self.tokens.entry((client_key, model)).or_default();
        counts.requests += 1;
        counts.tokens.add(tokens);
    }

    pub(crate) fn upstream_error(&mut self, provider: Label, error: UpstreamError) {
        self.upstreams.entry(provider).or_default().errors[error as usize] += 1;
    }

    pub(crate) fn retried(&mut self, provider: Label) {
        self.upstreams.entry(provider).or_default().retries += 1;
    }

    /// Counts that `provider` was given up for the next.
    pub(crate) fn fell_back(&mut self, provider: Label) {
        self.upstreams.entry(provider).or_default().fallbacks += 1;
    }

    pub(crate) fn breaker_opened(&mut self, provider: Label) {
        self.upstreams.entry(provider).or_default().breaker_opens += 1;
    }

    /// Adds another worker's counts.
    pub(crate) fn add(&mut self, other: &Self) {
        merge(&mut self.series, &other.series, |sum, more| {
            let pairs = sum.ended.iter_mut().flatten();
            for (count, more) in pairs.zip(more.ended.iter().flatten()) {
                *count += more;
            }
            sum.latency.add(&more.latency);
            sum.ttft.add(&more.ttft);
        });
        merge(&mut self.tokens, &other.tokens, |sum, more| {
            sum.requests += more.requests;
            sum.tokens.add(&more.tokens);
        });
        merge(&mut self.upstreams, &other.upstreams, |sum, more| {
            for (count, more) in sum.errors.iter_mut().zip(more.errors) {
                *count += more;
            }
            sum.retries += more.retries;
            sum.fallbacks += more.fallbacks;
            sum.breaker_opens += more.breaker_opens;
        });
        self.in_flight += other.in_flight;
        self.log_lines += other.log_lines;
        self.log_dropped += other.log_dropped;
    }
}

fn merge<K: Copy + Eq + Hash, V: Default>(
    sum: &mut QuickMap<K, V>,
    more: &QuickMap<K, V>,
    add: impl Fn(&mut V, &V),
) {
    for (key, value) in more {
        add(sum.entry(*key).or_default(), value);
    }
}
