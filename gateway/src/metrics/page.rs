//! The page that Prometheus reads, in its text format, version 0.0.4.

use std::fmt::Write as _;

use super::counts::{Metrics, Outcome, STATUS_CLASSES, SeriesKey, UpstreamError};
use super::histogram::{BOUNDS, Histogram};
use super::names::Names;

/// What is not counted by any worker.
pub(crate) struct Process {
    /// Log lines lost after they left the worker, as when a disk is full.
    pub(crate) log_lost: u64,
    pub(crate) reloads: u64,
    pub(crate) reloads_refused: u64,
    /// Each provider, and whether its breaker is open.
    pub(crate) breakers: Vec<(String, bool)>,
}

/// Writes the page.
pub(crate) fn render(metrics: &Metrics, process: &Process, names: &Names) -> String {
    let names = names.list();
    let mut page = Page(String::with_capacity(16 * 1024));
    let mut series: Vec<_> = metrics.series.iter().collect();
    series.sort_by_key(|(key, _)| **key);
    let of = |key: &SeriesKey| {
        Labels::new()
            .with("dialect", key.dialect)
            .with("provider", key.provider.name(&names))
            .with("model", key.model.name(&names))
    };
    page.family(
        "gateway_requests_total",
        "counter",
        "Requests that ended, by how.",
    );
    for (key, series) in &series {
        for outcome in Outcome::ALL {
            for (class, count) in STATUS_CLASSES.iter().zip(series.ended[outcome as usize]) {
                if count > 0 {
                    let labels = of(key)
                        .with("status", class)
                        .with("outcome", outcome.name());
                    page.sample("gateway_requests_total", &labels, count);
                }
            }
        }
    }
    for (name, help, pick) in HISTOGRAMS {
        page.family(name, "histogram", help);
        for (key, series) in &series {
            page.histogram(name, &of(key), pick(series));
        }
    }
    tokens(&mut page, metrics, &names);
    upstreams(&mut page, metrics, &names);
    page.family(
        "gateway_breaker_open",
        "gauge",
        "Whether a provider is being left alone.",
    );
    for (provider, open) in &process.breakers {
        let labels = Labels::new().with("provider", provider);
        page.sample("gateway_breaker_open", &labels, u64::from(*open));
    }
    for (name, kind, help, value) in [
        (
            "gateway_requests_in_flight",
            "gauge",
            "Requests being worked on.",
            metrics.in_flight,
        ),
        (
            "gateway_log_lines_total",
            "counter",
            "Log lines of requests.",
            metrics.log_lines,
        ),
        (
            "gateway_log_dropped_total",
            "counter",
            "Log lines that were lost because the log could not keep up.",
            metrics.log_dropped + process.log_lost,
        ),
        (
            "gateway_reloads_total",
            "counter",
            "Configurations taken up.",
            process.reloads,
        ),
        (
            "gateway_reloads_refused_total",
            "counter",
            "Configurations refused at a reload.",
            process.reloads_refused,
        ),
    ] {
        page.family(name, kind, help);
        page.sample(name, &Labels::new(), value);
    }
    page.0
}

type Pick = fn(&super::counts::Series) -> &Histogram;
const HISTOGRAMS: [(&str, &str, Pick); 2] = [
    (
        "gateway_request_duration_seconds",
        "From a request's head to the end of its answer.",
        |series| &series.latency,
    ),
    (
        "gateway_time_to_first_token_seconds",
        "From a request's head to the first generated piece of a stream.",
        |series| &series.ttft,
    ),
];

fn tokens(page: &mut Page, metrics: &Metrics, names: &[Box<str>]) {
    let mut sorted: Vec<_> = metrics.tokens.iter().collect();
    sorted.sort_by_key(|(key, _)| **key);
    let of = |(key, model): (super::Label, super::Label)| {
        Labels::new()
            .with("key", key.name(names))
            .with("model", model.name(names))
    };
    page.family(
        "gateway_usage_requests_total",
        "counter",
        "Requests whose usage is known.",
    );
    for (key, counts) in &sorted {
        page.sample("gateway_usage_requests_total", &of(**key), counts.requests);
    }
    page.family(
        "gateway_tokens_total",
        "counter",
        "Tokens; cached ones are part of input, reasoning part of output.",
    );
    for (key, counts) in &sorted {
        let tokens = &counts.tokens;
        for (kind, count) in [
            ("input", tokens.input),
            ("output", tokens.output),
            ("cached", tokens.cached),
            ("reasoning", tokens.reasoning),
        ] {
            page.sample("gateway_tokens_total", &of(**key).with("kind", kind), count);
        }
    }
}

fn upstreams(page: &mut Page, metrics: &Metrics, names: &[Box<str>]) {
    let mut sorted: Vec<_> = metrics.upstreams.iter().collect();
    sorted.sort_by_key(|(provider, _)| **provider);
    page.family(
        "gateway_upstream_errors_total",
        "counter",
        "Attempts that failed, by kind.",
    );
    for (provider, counts) in &sorted {
        for error in UpstreamError::ALL {
            let count = counts.errors[error as usize];
            if count > 0 {
                let labels = Labels::new()
                    .with("provider", provider.name(names))
                    .with("kind", error.name());
                page.sample("gateway_upstream_errors_total", &labels, count);
            }
        }
    }
    for (name, help, pick) in UPSTREAM_COUNTERS {
        page.family(name, "counter", help);
        for (provider, counts) in &sorted {
            let labels = Labels::new().with("provider", provider.name(names));
            page.sample(name, &labels, pick(counts));
        }
    }
}

type Count = fn(&super::counts::Upstream) -> u64;
const UPSTREAM_COUNTERS: [(&str, &str, Count); 3] = [
    (
        "gateway_retries_total",
        "Attempts repeated at the same provider.",
        |of| of.retries,
    ),
    (
        "gateway_fallbacks_total",
        "Requests that left a provider for the next.",
        |of| of.fallbacks,
    ),
    (
        "gateway_breaker_opens_total",
        "Times that a provider was begun to be left alone.",
        |of| of.breaker_opens,
    ),
];

struct Labels(String);

impl Labels {
    fn new() -> Self {
        Self(String::new())
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        let comma = if self.0.is_empty() { "" } else { "," };
        let value = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        self.0.push_str(&format!("{comma}{name}=\"{value}\""));
        self
    }
}

struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string never fails, here and below.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, name: &str, labels: &Labels, value: u64) {
        let _ = if labels.0.is_empty() {
            writeln!(self.0, "{name} {value}")
        } else {
            writeln!(self.0, "{name}{{{}}} {value}", labels.0)
        };
    }

    fn histogram(&mut self, name: &str, labels: &Labels, histogram: &Histogram) {
        let total = histogram.total();
        if total == 0 {
            return;
        }
        let mut below = 0;
        let bounds = BOUNDS.iter().map(|(_, text)| *text).chain(["+Inf"]);
        for (bound, count) in bounds.zip(histogram.counts) {
            below += count;
            let _ = writeln!(
                self.0,
                "{name}_bucket{{{},le=\"{bound}\"}} {below}",
                labels.0
            );
        }
        let seconds = format!(
            "{}.{:06}",
            histogram.sum_us / 1_000_000,
            histogram.sum_us % 1_000_000
        );
        let _ = writeln!(self.0, "{name}_sum{{{}}} {seconds}", labels.0);
        let _ = writeln!(self.0, "{name}_count{{{}}} {total}", labels.0);
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
