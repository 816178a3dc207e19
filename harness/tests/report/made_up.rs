//! Journals made up here, and how to look into what is reported of them.

use std::collections::BTreeMap;

use harness::journal::{
    EntrantRecord, Journal, LoadPoint, Phase, Resources, Run, Sample, Trial, TrialEnd,
};
use harness::measured::{Measured, Reason};
use harness::plan::Profile;
use harness::report::{Document, Section};
use harness::resources::{Stolen, Usage};
use harness::summary::Summary;

const ENTRANTS: [&str; 4] = ["direct", "reference", "reference-twin", "slow"];

/// A run of the full profile in which `rate` and `cpu_us` are what an entrant
/// reaches and uses on chat, but for a little noise.
pub(crate) fn journal(
    blocks: u32,
    rate: impl Fn(&str) -> f64,
    cpu_us: impl Fn(&str) -> f64,
) -> Journal {
    let profile = Profile::named("full").expect("a profile");
    let mut samples = Vec::new();
    let mut trials = Vec::new();
    for block in 1..=blocks {
        for (index, name) in (0..).zip(ENTRANTS) {
            let noise = 1.0 + 0.01 * f64::from((block * 5 + index * 3) % 7);
            let sample = |phase: Phase, level: u32| {
                let mut sample = Sample::new(&format!("{block}-{name}"), block, name, phase);
                sample.workload = Some("chat".to_owned());
                sample.level = Some(level);
                sample.point = Some(point(rate(name) * noise));
                sample.resources = Some(resources(cpu_us(name) * noise));
                sample
            };
            samples.push(sample(Phase::Coverage, 1));
            samples.push(sample(Phase::Latency, 10));
            samples.push(sample(Phase::Capacity, 64));
            trials.push(trial(block, name, TrialEnd::Done));
        }
    }
    Journal {
        run: Run {
            run: "made-up".to_owned(),
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            harness: "0.1.0".to_owned(),
            seed: 1,
            runner: "process".to_owned(),
            engine: None,
            containers: None,
            placement: None,
            profile,
            entrants: ENTRANTS.map(entrant).to_vec(),
            machine: serde_json::Value::Null,
        },
        samples,
        trials,
        cut: false,
    }
}

/// A trial of which the hypervisor took little, but of `slow` in block 2.
pub(crate) fn trial(block: u32, name: &str, end: TrialEnd) -> Trial {
    Trial {
        trial_id: format!("{block}-{name}"),
        block,
        entrant: name.to_owned(),
        end,
        elapsed_ms: 1,
        stolen: Some(Stolen {
            stolen_ticks: u64::from(block == 2 && name == "slow") * 5,
            all_ticks: 100,
        }),
    }
}

/// An entrant that takes part.
pub(crate) fn entrant(name: &str) -> EntrantRecord {
    EntrantRecord {
        name: name.to_owned(),
        title: name.to_owned(),
        runtime: "none".to_owned(),
        licence: None,
        neutrality: None,
        image_size: None,
        has_manifest: true,
        notes: None,
        version: Measured::absent(Reason::NotAvailable("made up".to_owned())),
        absent: None,
        image: None,
        not_served: BTreeMap::new(),
        translation: BTreeMap::new(),
    }
}

/// A thousand right answers.
pub(crate) fn point(rps: f64) -> LoadPoint {
    LoadPoint {
        workload: "chat".to_owned(),
        mode: "closed".to_owned(),
        concurrency: 1,
        offered_rps: None,
        achieved_rps: Some(rps),
        started_ns: 0,
        elapsed_ns: 1_000_000_000,
        outcomes: BTreeMap::from([("ok".to_owned(), 1_000)]),
        warmup_outcomes: None,
        examples: BTreeMap::new(),
        histograms: BTreeMap::new(),
        absent: BTreeMap::new(),
        generator_cpu_ns: 0,
        connects: 0,
        events_per_stream: None,
    }
}

/// What a thousand requests used.
pub(crate) fn resources(cpu_us: f64) -> Resources {
    Resources {
        entrant: Measured::Value(Usage {
            elapsed_ns: 1_000_000_000,
            samples: 40,
            cpu_ns: Measured::Value((cpu_us * 1e6) as u64),
            peak_anon_shmem_bytes: Measured::Value(8_000_000),
            peak_rss_bytes: Measured::Value(9_000_000),
            last_anon_shmem_bytes: None,
            peak_kernel_bytes: None,
            counters: None,
        }),
        mock_cpu_ns: Measured::Value(1),
    }
}

pub(crate) fn section(journal: &Journal, title: &str) -> Option<Section> {
    let document = Document::of(&Summary::of(journal));
    let mut sections = document.sections.into_iter();
    sections.find(|section| section.title == title)
}

/// The row that begins with these cells; the rest of it.
pub(crate) fn row(section: &Section, begin: &[&str]) -> Vec<String> {
    let rows = &section.grid.rows;
    let found = rows.iter().find(|row| row[..begin.len()] == *begin);
    let row = found.unwrap_or_else(|| panic!("no row {begin:?} in {rows:?}"));
    row[begin.len()..].to_vec()
}
