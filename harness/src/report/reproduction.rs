//! The figures published in June 2026 beside what a run by the same method
//! found.

use std::collections::BTreeSet;

use serde::Deserialize;
use workload::Workload;

use super::footnotes::Footnotes;
use super::grid::{Grid, Section};
use super::number::significant;
use super::sections::latency_key;
use crate::journal::Phase;
use crate::measured::{Measured, Reason};
use crate::summary::{DIRECT, Estimate, Key, Metric, Summary};

/// One measurement a row; the source of every published figure.
const PUBLISHED: &str = include_str!("../../../results/published/2026-06-26.csv");
/// What the benchmark called its runs without a gateway.
const BASELINE: &str = "baseline";

/// One published measurement.
#[derive(Clone, Debug, Deserialize)]
struct Published {
    entrant: String,
    workload: String,
    metric: String,
    value: f64,
    unit: String,
}

/// A column of the ranking: what it is by, the metric's name in the published
/// file, and whether more is better.
const RANKED: [(&str, &str, bool); 8] = [
    ("p50", "latency_p50", false),
    ("p99", "latency_p99", false),
    ("throughput, c=16", "capacity_c16", true),
    ("one request at a time, req/s", "capacity_c1", true),
    ("peak memory", "memory_peak", false),
    ("efficiency", "efficiency", true),
    ("cold start", "cold_start", false),
    ("image", "image_compressed", false),
];

/// All sections; none in a run by another method or without a published
/// gateway.
pub(super) fn sections(summary: &Summary, notes: &mut Footnotes) -> Vec<Section> {
    let published = published();
    let names = named_in(summary, &published);
    let has_gateway = names.iter().any(|name| *name != BASELINE);
    if !summary.run.profile.published_preset || !has_gateway {
        return Vec::new();
    }
    vec![
        figures(summary, &published, &names, notes),
        ranking(summary, &published, &names),
        differences(summary, &names),
    ]
}

fn published() -> Vec<Published> {
    let mut reader = csv::Reader::from_reader(PUBLISHED.as_bytes());
    reader.deserialize().flatten().collect()
}

/// The published entrants that take part in a run.
fn named_in(summary: &Summary, published: &[Published]) -> BTreeSet<String> {
    let takes_part = |name: &str| {
        let record = summary.run.entrants.iter().find(|one| one.name == name);
        record.is_some_and(|one| one.absent.is_none())
    };
    published
        .iter()
        .filter(|one| takes_part(here(&one.entrant)))
        .map(|one| one.entrant.clone())
        .collect()
}

/// The name that a published entrant has here.
fn here(entrant: &str) -> &str {
    if entrant == BASELINE { DIRECT } else { entrant }
}

fn figures(
    summary: &Summary,
    published: &[Published],
    names: &BTreeSet<String>,
    notes: &mut Footnotes,
) -> Section {
    let mut grid = Grid::new(
        4,
        [
            "entrant",
            "workload",
            "metric",
            "inside",
            "published",
            "reproduced",
            "from",
            "to",
            "ratio",
        ],
    );
    for one in published.iter().filter(|one| names.contains(&one.entrant)) {
        let mut row = vec![
            one.entrant.clone(),
            one.workload.clone(),
            format!("{}, {}", one.metric, one.unit),
        ];
        match reproduced(summary, one) {
            Measured::Value(estimate) => row.extend([
                is_inside(one.value, &estimate).to_owned(),
                significant(one.value),
                significant(estimate.value),
                significant(estimate.low),
                significant(estimate.high),
                format!("{:.2}", estimate.value / one.value),
            ]),
            Measured::Absent { absent } => row.extend([
                String::new(),
                significant(one.value),
                format!("– {}", notes.mark(&absent.to_string())),
                String::new(),
                String::new(),
                String::new(),
            ]),
        }
        grid.rows.push(row);
    }
    let left_out: BTreeSet<&str> = published
        .iter()
        .filter(|one| !names.contains(&one.entrant))
        .map(|one| one.entrant.as_str())
        .collect();
    let missing = if left_out.is_empty() {
        String::new()
    } else {
        let left_out: Vec<&str> = left_out.into_iter().collect();
        format!(" Published, but not in this run: {}.", left_out.join(", "))
    };
    Section {
        title: "Published on 2026-06-26, and reproduced".to_owned(),
        note: format!(
            "Inside: whether the published value lies within the reproduced one's interval \
             (under six blocks: the range of the trials, which is short of an interval). Ratio: \
             reproduced to published. On another machine than theirs, only the ratios between \
             gateways can be compared.{missing}"
        ),
        grid,
    }
}

fn is_inside(published: f64, estimate: &Estimate) -> &'static str {
    if (estimate.low..=estimate.high).contains(&published) {
        "yes"
    } else {
        "no"
    }
}

/// What this run has for a published measurement, in its unit.
fn reproduced(summary: &Summary, one: &Published) -> Measured<Estimate> {
    let unknown = || {
        Measured::absent(Reason::NotAvailable(format!(
            "nothing here corresponds to {}",
            one.metric
        )))
    };
    let Some(workload) = workload_of(&one.workload) else {
        return unknown();
    };
    let level = summary.run.profile.latency.concurrency.first().copied();
    let level = level.unwrap_or_default();
    let of_window = |metric| Key::of_load(Phase::Resources, workload, Some(level), metric);
    let get = |key: Key| summary.get_however_asked(here(&one.entrant), &key);
    match one.metric.as_str() {
        "latency_p50" => get(latency_key(workload, level, Metric::LatencyP50)),
        "latency_p99" => get(latency_key(workload, level, Metric::LatencyP99)),
        "ttft_p50" => get(latency_key(workload, level, Metric::TtftP50)),
        "cold_start" => get(Key::of_trial(Phase::Cold, Metric::ColdStart)).map(seconds_of_ms),
        "memory_peak" => get(Key::of_trial(Phase::Latency, Metric::MemoryPeak)),
        "coverage" => get(Key::of_trial(Phase::Coverage, Metric::Served)),
        "image_compressed" => get(Key::of_trial(Phase::Image, Metric::ImageCompressed)),
        "image_on_disk" => get(Key::of_trial(Phase::Image, Metric::ImageDisk)),
        "resource_window_rate" => get(of_window(Metric::Rate)),
        "efficiency" => get(of_window(Metric::Efficiency)),
        "cpu_average" => cpu_share(
            get(of_window(Metric::Rate)),
            get(of_window(Metric::CpuPerRequest)),
            summary.run.seed,
        ),
        other => match other.strip_prefix("capacity_c").map(str::parse) {
            Some(Ok(workers)) => get(Key::of_load(
                Phase::Capacity,
                workload,
                Some(workers),
                Metric::Rate,
            )),
            _ => unknown(),
        },
    }
}

fn workload_of(name: &str) -> Option<Workload> {
    let name = if name == "all" { "chat" } else { name };
    Workload::ALL.into_iter().find(|one| one.name() == name)
}

fn seconds_of_ms(mut estimate: Estimate) -> Estimate {
    for value in [&mut estimate.value, &mut estimate.low, &mut estimate.high] {
        *value /= 1e3;
    }
    for value in estimate.blocks.values_mut() {
        *value /= 1e3;
    }
    estimate
}

/// Percent of one CPU: requests a second times µs a request, block by block.
fn cpu_share(rate: Measured<Estimate>, cpu: Measured<Estimate>, seed: u64) -> Measured<Estimate> {
    match (rate, cpu) {
        (Measured::Value(rate), Measured::Value(cpu)) => {
            let shares = rate
                .blocks
                .iter()
                .filter_map(|(block, rate)| Some((*block, rate * cpu.blocks.get(block)? / 1e4)))
                .collect();
            Estimate::of_blocks(shares, seed)
        }
        (Measured::Absent { absent }, _) | (_, Measured::Absent { absent }) => {
            Measured::absent(absent)
        }
    }
}

fn ranking(summary: &Summary, published: &[Published], names: &BTreeSet<String>) -> Section {
    let mut grid = Grid::new(4, ["by", "same", "published", "reproduced"]);
    for (title, metric, more_is_better) in RANKED {
        let mut then = Vec::new();
        let mut now = Vec::new();
        for one in published {
            let is_of_gateway = one.entrant != BASELINE && names.contains(&one.entrant);
            let is_of_chat = ["chat", "all"].contains(&one.workload.as_str());
            if one.metric != metric || !is_of_gateway || !is_of_chat {
                continue;
            }
            // Both orders are of the same entrants, or they say nothing.
            if let Measured::Value(estimate) = reproduced(summary, one) {
                then.push((one.entrant.as_str(), one.value));
                now.push((one.entrant.as_str(), estimate.value));
            }
        }
        if then.len() < 2 {
            continue;
        }
        let [then, now] = [then, now].map(|values| order(values, more_is_better));
        let same = if then == now { "yes" } else { "no" };
        grid.rows
            .push(vec![title.to_owned(), same.to_owned(), then, now]);
    }
    Section {
        title: "The ranking, published and reproduced".to_owned(),
        note: "Chat, the best first, by the bare values as they were published: two trials rank \
               nothing."
            .to_owned(),
        grid,
    }
}

fn order(mut values: Vec<(&str, f64)>, more_is_better: bool) -> String {
    values.sort_by(|a, b| {
        let order = a.1.total_cmp(&b.1);
        if more_is_better {
            order.reverse()
        } else {
            order
        }
    });
    let names: Vec<&str> = values.into_iter().map(|(name, _)| name).collect();
    names.join(", ")
}

/// What is not as it was: the reader's first suspects where figures differ.
fn differences(summary: &Summary, names: &BTreeSet<String>) -> Section {
    let run = &summary.run;
    let machine = |name: &str| match &run.machine[name] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "unknown".to_owned(),
        other => other.to_string(),
    };
    let mut rows = vec![
        [
            "machine".to_owned(),
            "c7i.large (2 vCPU, 4 GiB), Amazon Linux 2023, us-east-1".to_owned(),
            format!(
                "{}, {} cores, kernel {}",
                machine("cpu_model"),
                machine("cores"),
                machine("kernel")
            ),
        ],
        [
            "entrants".to_owned(),
            "containers, one at a time".to_owned(),
            format!("runner {}", run.runner),
        ],
    ];
    for entrant in &run.entrants {
        if entrant.name == DIRECT || !names.contains(&entrant.name) {
            continue;
        }
        let version = match &entrant.version {
            Measured::Value(version) => version.clone(),
            Measured::Absent { absent } => absent.to_string(),
        };
        rows.push([
            format!("version of {}", entrant.name),
            "the image of June 2026; no version was published".to_owned(),
            version,
        ]);
    }
    rows.extend(
        [
            [
                "generator",
                "an idle stream, or one without its end, counted as answered",
                "every answer is validated; only right ones are timed",
            ],
            [
                "mock",
                "Responses events without type and sequence number",
                "the same text and number of events, in the provider's form",
            ],
            [
                "TTFT",
                "the first data line, whatever it holds",
                "the first generated piece",
            ],
            [
                "memory and CPU",
                "a few samples of `docker stats`",
                "the kernel's counters, 40 times a second; memory is anonymous + shared",
            ],
            [
                "cold start",
                "one, looked at every 0.2 s, through a compose client",
                "as many a trial as the profile says, from the start call to the first right answer",
            ],
            [
                "image",
                "gzip of `docker save`",
                "as a registry serves it, or its layers compressed",
            ],
        ]
        .map(|row| row.map(str::to_owned)),
    );
    let mut grid = Grid::new(3, ["what", "then", "now"]);
    grid.rows = rows.into_iter().map(Vec::from).collect();
    Section {
        title: "What differs between then and now".to_owned(),
        note: String::new(),
        grid,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_published_row_is_read_and_has_its_like_here() {
        let published = published();
        assert_eq!(published.len(), PUBLISHED.lines().count() - 1);
        for one in &published {
            assert!(workload_of(&one.workload).is_some(), "{one:?}");
        }
        for (_, metric, _) in RANKED {
            assert!(published.iter().any(|one| one.metric == metric), "{metric}");
        }
    }

    #[test]
    fn inside_is_within_the_interval() {
        let estimate = Estimate {
            low: 1.0,
            high: 2.0,
            ..Estimate::exact(1.5, 2)
        };
        assert_eq!(is_inside(2.0, &estimate), "yes");
        assert_eq!(is_inside(2.01, &estimate), "no");
    }

    #[test]
    fn the_share_of_a_cpu_is_of_each_block() {
        let blocks = |values: [f64; 2]| {
            Estimate::of_blocks(BTreeMap::from([(1, values[0]), (2, values[1])]), 1)
        };
        // 4,824 requests a second at 192 µs each: 92.6% of a CPU.
        let share = cpu_share(blocks([4_824.0, 4_824.0]), blocks([192.0, 200.0]), 1);
        let share = share.value().unwrap().clone();
        assert!((share.low - 92.62).abs() < 0.01 && (share.high - 96.48).abs() < 0.01);
        let missing = cpu_share(
            Measured::absent(Reason::NotAvailable("cut".into())),
            blocks([1.0, 1.0]),
            1,
        );
        assert!(missing.reason().is_some());
    }

    #[test]
    fn the_best_comes_first() {
        let values = vec![("a", 3.0), ("b", 1.0), ("c", 2.0)];
        assert_eq!(order(values.clone(), false), "b, c, a");
        assert_eq!(order(values, true), "a, c, b");
    }
}
