//! The page: every journal gives one, and none of them misleads.
//!
//! With `TOLLGATE_PAGES=DIR` the pages are kept there, for a browser to look
//! at: `tests/page/run.sh`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::journal::{Histogram, Journal, Phase, Sample, TrialEnd};
use harness::measured::{Measured, Reason};
use harness::report::{Format, comparison, overview_picture, render};
use harness::resources::Sample as Reading;
use harness::summary::Summary;
use hdrhistogram::serialization::{Serializer, V2DeflateSerializer};
use workload::Workload;

use crate::made_up::{entrant, point, resources, trial};

/// Names that would break a page that does not escape them.
const ODD: [&str; 6] = [
    "<script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "a&b 'c' </title></svg>",
    "mirror\u{202e}drow\nline\u{7}",
    "a-name-that-is-far-too-long-for-any-row-of-any-picture-on-a-phone",
    "网关 🚪 بوابة",
];

/// `n` times around `ns`, with a tail; as loadgen records them.
fn histogram(ns: f64, n: u64) -> Histogram {
    let mut all = hdrhistogram::Histogram::<u64>::new(3).expect("a histogram");
    for index in 0..n {
        let share = index as f64 / n as f64;
        all.record((ns * (1.0 + 0.3 / (1.001 - share))) as u64)
            .expect("in range");
    }
    let mut bytes = Vec::new();
    V2DeflateSerializer::new()
        .serialize(&all, &mut bytes)
        .expect("bytes");
    let at = |quantile| Some(all.value_at_quantile(quantile));
    Histogram {
        n,
        p50: at(0.5),
        p90: at(0.9),
        p99: at(0.99),
        max: Some(all.max()),
        hdr: STANDARD.encode(bytes),
    }
}

/// A run of the full profile in which everything of these workloads was
/// measured, of entrants each somewhat slower than the one before.
fn full(names: &[&str], blocks: u32, workloads: &[Workload], n: u64) -> Journal {
    let mut journal = crate::made_up::journal(0, |_| 0.0, |_| 0.0);
    journal.run.entrants = names.iter().map(|name| entrant(name)).collect();
    journal.run.profile.blocks = blocks;
    journal.run.profile.capacity.concurrency = vec![1, 16];
    if let Some(ladder) = &mut journal.run.profile.ladder {
        ladder.rates = vec![200, 1_000];
    }
    for block in 1..=blocks {
        for (index, name) in (0_u32..).zip(names) {
            let id = format!("{block}-{name}");
            let slow =
                1.7_f64.powi(index as i32 % 12) * (1.0 + 0.02 * f64::from(block * (index + 3) % 5));
            let measured = Measure {
                block,
                name,
                id: &id,
                slow,
                n,
            };
            for workload in workloads {
                measured.workload(*workload, &mut journal.samples);
            }
            measured.trial(&mut journal.samples);
            journal.trials.push(trial(block, name, TrialEnd::Done));
        }
    }
    journal
}

struct Measure<'a> {
    block: u32,
    name: &'a str,
    id: &'a str,
    slow: f64,
    n: u64,
}

impl Measure<'_> {
    fn sample(&self, phase: Phase) -> Sample {
        Sample::new(self.id, self.block, self.name, phase)
    }

    fn load(&self, phase: Phase, workload: Workload, level: u32) -> Sample {
        let mut sample = self.sample(phase);
        sample.workload = Some(workload.name().to_owned());
        sample.level = Some(level);
        let rate = match phase {
            Phase::Ladder => f64::from(level),
            _ => 40_000.0 / self.slow * f64::from(level).sqrt(),
        };
        let mut point = point(rate);
        point.workload = workload.name().to_owned();
        point.started_ns = 1_000_000_000;
        let mut keep = |name: &str, ns: f64| {
            point
                .histograms
                .insert(name.to_owned(), histogram(ns * self.slow, self.n));
        };
        keep("overhead_ns", 20_000.0);
        if phase == Phase::Ladder {
            keep("response_ns", 50_000.0);
            keep("send_lag_ns", 900.0);
        } else {
            keep("service_ns", 45_000.0);
        }
        if workload.stream {
            keep("ttft_ns", 90_000.0);
            keep("chunk_overhead_ns", 15_000.0);
        }
        sample.point = Some(point);
        sample.resources = Some(resources(30.0 * self.slow));
        sample
    }

    fn workload(&self, workload: Workload, samples: &mut Vec<Sample>) {
        let mut check = self.load(Phase::Coverage, workload, 1);
        check.level = None;
        samples.extend([
            check,
            self.load(Phase::Latency, workload, 10),
            self.load(Phase::Capacity, workload, 1),
            self.load(Phase::Capacity, workload, 16),
            self.load(Phase::Ladder, workload, 200),
            self.load(Phase::Ladder, workload, 1_000),
        ]);
        if workload.name() == "chat-stream" {
            let mut paced = self.load(Phase::Paced, workload, 32);
            paced.gap_ms = Some(20);
            samples.push(paced);
        }
    }

    fn trial(&self, samples: &mut Vec<Sample>) {
        for start in 0..3 {
            let mut cold = self.sample(Phase::Cold);
            cold.cold_start_ns = Some(Measured::Value((3e6 * self.slow) as u64 + start * 200_000));
            samples.push(cold);
        }
        for phase in [Phase::Idle, Phase::After] {
            let mut sample = self.sample(phase);
            sample.resources = Some(resources(0.0));
            samples.push(sample);
        }
        let mut series = self.sample(Phase::Series);
        series.series = (0..20)
            .map(|step| Reading {
                t_ns: 500_000_000 + step * 100_000_000,
                cpu_ns: step,
                anon_shmem_bytes: (4e6 * self.slow) as u64 + step * 100_000,
                rss_bytes: None,
                kernel_bytes: None,
                processes: 1,
                threads: 1,
            })
            .collect();
        samples.push(series);
    }
}

const CHAT: [Workload; 2] = [Workload::ALL[0], Workload::ALL[1]];

/// A figure absent for every reason that there is.
fn every_absence() -> Journal {
    let reasons = [
        Reason::NotServed("it speaks no chat".to_owned()),
        Reason::OtherDialect("the provider was asked in messages".to_owned()),
        Reason::NotInstalled("harness setup b".to_owned()),
        Reason::NotAvailable("no such file here".to_owned()),
        Reason::TooFewSamples { have: 3, need: 9 },
        Reason::LimitedByRig("the generator was late: by 3 ms".to_owned()),
        Reason::CutOffByCap,
        Reason::EntrantFailed("it exited with status 3".to_owned()),
        Reason::OutOfMemory("at 64 MB".to_owned()),
        Reason::HarnessFault("no thread".to_owned()),
    ];
    let names: Vec<String> = (b'a'..)
        .take(reasons.len())
        .map(|letter| format!("gone-{}", letter as char))
        .collect();
    let mut all = vec!["direct", "whole", "bare"];
    all.extend(names.iter().map(String::as_str));
    let mut journal = full(&all, 2, &CHAT, 300);
    for (name, reason) in names.iter().zip(reasons) {
        journal.samples.retain(|one| one.entrant != *name);
        journal.trials.retain(|one| one.entrant != *name);
        let mut entrants = journal.run.entrants.iter_mut();
        let record = entrants.find(|one| one.name == *name).expect("the entrant");
        record.absent = Some(reason);
    }
    // One that took part, and of which nothing could be read.
    for sample in journal
        .samples
        .iter_mut()
        .filter(|one| one.entrant == "bare")
    {
        sample.series.clear();
        sample.cold_start_ns = sample
            .cold_start_ns
            .as_ref()
            .map(|_| Measured::absent(Reason::CutOffByCap));
        if let Some(used) = &mut sample.resources {
            used.entrant = Measured::absent(Reason::NotAvailable("no such cgroup".to_owned()));
        }
        if let Some(point) = &mut sample.point {
            point.achieved_rps = None;
            point.outcomes = BTreeMap::from([("wrong-body".to_owned(), 2)]);
            point.histograms.clear();
        }
        if sample.phase == Phase::Ladder {
            sample.point = None;
            sample.skipped = Some(Reason::NotAvailable("above what it carries".to_owned()));
        }
    }
    journal
}

/// Journals that are hard to report, by name.
pub(crate) fn journals() -> Vec<(&'static str, Journal)> {
    let thirty: Vec<String> = (1..=30).map(|number| format!("gateway-{number}")).collect();
    let thirty: Vec<&str> = thirty.iter().map(String::as_str).collect();
    vec![
        ("every-absence", every_absence()),
        ("one-entrant", full(&["reference"], 1, &Workload::ALL, 300)),
        ("thirty-entrants", full(&thirty, 1, &CHAT, 120)),
        ("a-hundred-blocks", hundred_blocks()),
        ("odd-names", full(&ODD, 2, &CHAT, 6_000)),
        ("nothing-yet", full(&["direct", "nginx"], 0, &CHAT, 1)),
        ("older-format", older()),
    ]
}

/// Of one entrant and few figures: an interval over a hundred blocks takes a
/// second where nothing is optimized.
fn hundred_blocks() -> Journal {
    let mut journal = full(&["reference"], 100, &CHAT[..1], 150);
    let few = [Phase::Coverage, Phase::Latency, Phase::Cold];
    journal.samples.retain(|one| few.contains(&one.phase));
    journal
}

/// A journal of before containers, open loops and later fields, as text.
fn older() -> Journal {
    let folder = tempfile::tempdir().expect("a folder");
    let newer = full(&["direct", "nginx"], 1, &CHAT, 200);
    let mut lines = Vec::new();
    let mut run = serde_json::to_value(&newer.run).expect("JSON");
    let profile = run["profile"].as_object_mut().expect("a profile");
    for field in [
        "ladder",
        "after_ms",
        "dropped_cold_starts",
        "paced",
        "translation",
    ] {
        profile.remove(field);
    }
    lines.push((run, "run"));
    for sample in &newer.samples {
        let later = [Phase::Ladder, Phase::After, Phase::Series, Phase::Paced];
        if later.contains(&sample.phase) {
            continue;
        }
        let mut sample = serde_json::to_value(sample).expect("JSON");
        let usage = sample.pointer_mut("/resources/entrant");
        if let Some(usage) = usage.and_then(serde_json::Value::as_object_mut) {
            usage.remove("last_anon_shmem_bytes");
        }
        lines.push((sample, "sample"));
    }
    for trial in &newer.trials {
        let mut trial = serde_json::to_value(trial).expect("JSON");
        trial.as_object_mut().expect("an object").remove("stolen");
        lines.push((trial, "trial"));
    }
    let text: String = lines
        .into_iter()
        .map(|(mut record, kind)| {
            record["v"] = 1.into();
            record["type"] = kind.into();
            format!("{record}\n")
        })
        .collect();
    fs::write(folder.path().join("journal.jsonl"), text).expect("a write");
    Journal::read(folder.path()).expect("a journal")
}

fn page(journal: &Journal) -> String {
    render(journal, &Summary::of(journal), Format::Html).expect("a page")
}

/// Keeps a page for a browser, if one waits for it.
fn keep(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os("TOLLGATE_PAGES") {
        fs::write(Path::new(&folder).join(name), page).expect("a write");
    }
}

#[test]
fn every_journal_has_a_page() {
    for (name, journal) in journals() {
        let page = page(&journal);
        keep(&format!("{name}.html"), &page);
        assert!(page.starts_with("<!doctype html>"), "{name}");
        assert!(page.ends_with("</html>\n"), "{name}");
        for word in ["NaN", ">inf", "Infinity", "undefined"] {
            assert!(!page.contains(word), "{name} has {word}");
        }
        // Nothing is fetched, and nothing runs.
        for word in ["<script", "src=", "@import", "url(", "http://", "https://"] {
            assert!(!page.contains(word), "{name} has {word}");
        }
        for (tag, end) in [
            ("<figure>", "</figure>"),
            ("<svg", "</svg>"),
            ("<table", "</table>"),
            ("<details", "</details>"),
        ] {
            let count = |what: &str| page.matches(what).count();
            assert_eq!(count(tag), count(end), "{name}: {tag}");
        }
    }
}

#[test]
fn the_same_journal_has_the_same_page() {
    let journal = every_absence();
    assert_eq!(page(&journal), page(&journal.clone()));
}

#[test]
fn every_reason_is_told_and_nothing_missing_is_a_number() {
    let page = page(&every_absence());
    for why in [
        "not served: it speaks no chat",
        "not translated so: the provider was asked in messages",
        "not installed: harness setup b",
        "not available here: no such file here",
        "too few samples: fewer than 9",
        "limited by the rig: the generator was late",
        "cut off by the cap",
        "entrant failed: it exited with status 3",
        "out of memory: at 64 MB",
        "harness fault: no thread",
        "no such cgroup",
        "above what it carries",
        "no right answer under load: wrong-body",
    ] {
        assert!(page.contains(why), "{why}");
    }
    // In the data of every plot one that is gone has no value at all.
    let rows = page.match_indices("<tr><th scope=\"row\">gone-");
    // What the plan asked of it: streams that are open, and their gap.
    let asked = ["32", "20"];
    let mut seen = 0;
    for (at, _) in rows {
        let row = &page[at..at + page[at..].find("</tr>").expect("an end")];
        let cells = row.split("<td").skip(1).map(|cell| {
            let text = cell.split_once('>').map_or("", |(_, text)| text);
            text.split('<').next().unwrap_or_default().trim()
        });
        for cell in cells {
            let is_figure = cell.parse::<f64>().is_ok() && !asked.contains(&cell);
            assert!(!is_figure, "{cell} in {row}");
        }
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn odd_names_are_text() {
    let page = page(&full(&ODD, 1, &CHAT[..1], 50));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(
        !page.contains("onmouseover=\"alert"),
        "an attribute was broken"
    );
    assert!(!page.contains('\u{202e}') && !page.contains('\u{7}'));
    assert!(page.contains("网关 🚪 بوابة"));
    // The whole name stands where the pointer rests, its beginning in the row.
    assert!(page.contains(ODD[4]) && page.contains("a-name-that-is-far-"));
}

#[test]
fn streams_at_a_pace_have_plots_of_their_own() {
    let figure = |page: &str, title: &str| {
        let (_, rest) = page
            .split_once(&format!("<h3>{title}</h3>"))
            .expect("a plot");
        rest.split("</figure>")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut journal = full(&["direct", "nginx"], 1, &CHAT, 12_000);
    let many = page(&journal);
    let pieces = figure(&many, "chat-stream, 32 streams: overhead of a piece");
    for percentile in ["p50", "p90", "p99", "p99.9"] {
        assert!(
            pieces.contains(&format!("<title>nginx, {percentile}: ")),
            "{percentile}"
        );
    }
    let first = figure(
        &many,
        "chat-stream, 32 streams: overhead of the first piece",
    );
    assert!(first.contains("<title>nginx, p99.9: "), "{first}");
    let memory = figure(&many, "chat-stream, 32 streams: memory");
    assert!(
        memory.contains("<title>nginx, chat-stream, 32 streams: memory: 8.00 MB, n 1</title>"),
        "{memory}"
    );
    // Of few samples the tail is absent, with that reason.
    let few = page(&full(&["direct", "nginx"], 1, &CHAT, 300));
    let pieces = figure(&few, "chat-stream, 32 streams: overhead of a piece");
    assert!(!pieces.contains("<title>nginx, p99"), "{pieces}");
    assert!(
        pieces.contains("<b>p99, p99.9 of direct, nginx</b> too few samples: fewer than 10,000"),
        "{pieces}"
    );
    // A run that paces nothing says nothing of it.
    journal.run.profile.paced.clear();
    assert!(!page(&journal).contains("Streams at a pace"));
}

#[test]
fn a_level_without_a_mark_on_the_frontier_has_a_reason() {
    let mut journal = full(&["direct", "nginx"], 1, &CHAT, 12_000);
    let is_it = |one: &&mut Sample| {
        one.entrant == "nginx" && one.phase == Phase::Capacity && one.level == Some(16)
    };
    for sample in journal.samples.iter_mut().filter(is_it) {
        let point = sample.point.as_mut().expect("a point");
        point.histograms = BTreeMap::from([("overhead_ns".to_owned(), histogram(2e4, 300))]);
    }
    let page = page(&journal);
    let (_, frontier) = page.split_once("<h3>chat, p99</h3>").expect("a plot");
    let frontier = frontier.split("</figure>").next().unwrap_or_default();
    assert!(
        frontier.contains("<b>c=16 of nginx</b> too few samples: fewer than 10,000"),
        "{frontier}"
    );
}

#[test]
fn an_entrant_has_its_colour_in_every_run() {
    let colour = |journal: &Journal| {
        let page = page(journal);
        let legend = page
            .split("aria-label=\"Entrants\"")
            .nth(1)
            .expect("a legend")
            .to_owned();
        let mine = legend
            .split("<li>")
            .find(|item| item.contains(">nginx<"))
            .expect("nginx");
        mine.split("fill=\"").nth(1).expect("a colour")[..7].to_owned()
    };
    let first = colour(&full(&["nginx", "direct"], 1, &CHAT[..1], 50));
    assert_eq!(
        first,
        colour(&full(
            &["direct", "zeta", "alpha", "nginx"],
            1,
            &CHAT[..1],
            50
        ))
    );
    assert_eq!(first, "#009E73");
}

#[test]
fn who_looks_like_another_is_named() {
    let mut names: Vec<String> = (1..=30).map(|number| format!("gateway-{number}")).collect();
    names.push("nginx".to_owned());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let all = page(&full(&names, 1, &CHAT[..1], 20));
    let (_, alike) = all.split_once("These look the same: ").expect("a note");
    let alike = alike.split("</p>").next().unwrap_or_default();
    assert!(
        alike.contains("gateway-") && alike.contains("; "),
        "{alike}"
    );
    let few = page(&full(&["direct", "nginx", "reference"], 1, &CHAT[..1], 20));
    assert!(!few.contains("These look the same"));
}

#[test]
fn two_runs_stand_side_by_side() {
    let one = full(&["direct", "nginx", "left"], 2, &CHAT, 400);
    let mut other = full(&["direct", "nginx", "came"], 2, &CHAT, 400);
    other.run.run = "another".to_owned();
    let summaries = [Summary::of(&one), Summary::of(&other)];
    let page = comparison((&one, &summaries[0]), (&other, &summaries[1])).expect("a page");
    keep("two-runs.html", &page);
    assert!(page.contains("<title>made-up and another</title>"));
    assert!(page.contains("left in another") && page.contains("came in made-up"));
    assert!(page.contains("it is not in this run"));
    assert!(page.contains(" → "), "values of both in a row");
    assert!(page.contains("<h3>chat-stream, 32 streams: overhead of a piece, p50</h3>"));
}

#[test]
fn the_picture_is_a_file_of_its_own() {
    let journal = full(&["direct", "reference"], 1, &CHAT[..1], 200);
    let picture = overview_picture(&journal, &Summary::of(&journal)).expect("a picture");
    keep("overview.svg", &picture);
    assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(picture.contains("prefers-color-scheme:dark"));
    assert!(
        picture.matches("class=\"hit\"").count() >= 6,
        "marks of both entrants"
    );
}
