//! What a report says of a run's own controls, from a journal made up here.

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
fn journal(blocks: u32, rate: impl Fn(&str) -> f64, cpu_us: impl Fn(&str) -> f64) -> Journal {
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
            trials.push(Trial {
                trial_id: format!("{block}-{name}"),
                block,
                entrant: name.to_owned(),
                end: TrialEnd::Done,
                elapsed_ms: 1,
                stolen: Some(Stolen {
                    stolen_ticks: u64::from(block == 2 && name == "slow") * 5,
                    all_ticks: 100,
                }),
            });
        }
    }
    Journal {
        run: Run {
            run: "made-up".to_owned(),
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            harness: "0.1.0".to_owned(),
            seed: 1,
            runner: "process".to_owned(),
            profile,
            entrants: ENTRANTS.map(entrant).to_vec(),
            machine: serde_json::Value::Null,
        },
        samples,
        trials,
        cut: false,
    }
}

fn entrant(name: &str) -> EntrantRecord {
    EntrantRecord {
        name: name.to_owned(),
        title: name.to_owned(),
        runtime: "none".to_owned(),
        licence: None,
        neutrality: None,
        has_manifest: true,
        notes: None,
        version: Measured::absent(Reason::NotAvailable("made up".to_owned())),
        absent: None,
        not_served: BTreeMap::new(),
    }
}

/// A thousand right answers.
fn point(rps: f64) -> LoadPoint {
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
fn resources(cpu_us: f64) -> Resources {
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

fn section(journal: &Journal, title: &str) -> Option<Section> {
    let document = Document::of(&Summary::of(journal));
    let mut sections = document.sections.into_iter();
    sections.find(|section| section.title == title)
}

/// The row that begins with these cells; the rest of it.
fn row(section: &Section, begin: &[&str]) -> Vec<String> {
    let rows = &section.grid.rows;
    let found = rows.iter().find(|row| row[..begin.len()] == *begin);
    let row = found.unwrap_or_else(|| panic!("no row {begin:?} in {rows:?}"));
    row[begin.len()..].to_vec()
}

const TRUST: &str = "Can this run be trusted?";
const TWINS: &str = "reference against reference-twin";

#[test]
fn alike_twins_let_entrants_be_ranked() {
    let rate = |name: &str| match name {
        "direct" => 9_000.0,
        "slow" => 1_000.0,
        _ => 5_000.0,
    };
    let cpu_us = |name: &str| if name == "slow" { 500.0 } else { 50.0 };
    let journal = journal(13, rate, cpu_us);
    let trust = section(&journal, TRUST).expect("a section");
    let twins = row(&trust, &[TWINS]);
    assert!(twins[0].ends_with("0 below 0.01"), "{twins:?}");
    assert_eq!(twins[1], "no difference where there is none");
    assert_eq!(row(&trust, &["blocks"])[0], "13 of 12");
    assert_eq!(row(&trust, &["the null proxy"])[0], "no relay in this run");
    assert_eq!(
        row(&trust, &["the rig's ceiling"])[0],
        "no capacity within 20% of it"
    );
    let stolen = row(&trust, &["CPU stolen by the hypervisor"]);
    assert_eq!(
        stolen[0],
        "0.0962% of all CPU time; at most 5.00% (block 2, slow)"
    );
    let ranking = section(&journal, "Ranking").expect("a section");
    assert_eq!(
        row(&ranking, &["capacity", "chat"]),
        ["reference > slow"],
        "controls are left out"
    );
    assert_eq!(
        row(&ranking, &["CPU a request", "chat"]),
        ["reference < slow"]
    );
    assert_eq!(row(&ranking, &["memory peak", "all"]), ["reference ~ slow"]);
}

#[test]
fn twins_that_differ_take_the_rank_away_where_they_do() {
    let rate = |name: &str| match name {
        "reference-twin" => 6_000.0,
        "slow" => 1_000.0,
        _ => 5_000.0,
    };
    let journal = journal(13, rate, |_| 50.0);
    let trust = section(&journal, TRUST).expect("a section");
    assert_eq!(row(&trust, &[TWINS])[1], "not ranked: capacity of chat");
    let near = row(&trust, &["the rig's ceiling"]);
    assert_eq!(
        near[0],
        "within 20% of it: reference (chat), reference-twin (chat)"
    );
    let ranking = section(&journal, "Ranking").expect("a section");
    assert_eq!(
        row(&ranking, &["capacity", "chat"]),
        ["not ranked: the twins differ"]
    );
    assert_eq!(row(&ranking, &["memory peak", "all"]), ["reference ~ slow"]);
}

#[test]
fn a_control_that_cannot_fail_says_so() {
    let journal = journal(6, |_| 5_000.0, |_| 50.0);
    let trust = section(&journal, TRUST).expect("a section");
    // Capacity and CPU of chat, and memory: 3 × 2 / 2⁹ is above 0.01.
    assert_eq!(
        row(&trust, &[TWINS])[1],
        "says nothing: with so many figures it cannot fail under 10 blocks"
    );
    assert_eq!(
        row(&trust, &["ranked"])[1],
        "all are ties: under 8 blocks no difference can be told from chance"
    );
}

#[test]
fn under_six_blocks_nothing_is_ranked() {
    let journal = journal(5, |_| 5_000.0, |_| 50.0);
    assert_eq!(section(&journal, "Ranking"), None);
    let trust = section(&journal, TRUST).expect("a section");
    assert_eq!(row(&trust, &["ranked"])[0], "nothing");
    assert_eq!(
        row(&trust, &[TWINS]),
        ["measured together in fewer than 6 blocks", "not controlled"]
    );
}

#[test]
fn a_run_without_twins_is_not_controlled() {
    let mut journal = journal(6, |_| 5_000.0, |_| 50.0);
    journal
        .run
        .entrants
        .retain(|one| one.name != "reference-twin");
    journal
        .samples
        .retain(|one| one.entrant != "reference-twin");
    journal.trials.retain(|one| one.entrant != "reference-twin");
    let trust = section(&journal, TRUST).expect("a section");
    assert_eq!(
        row(&trust, &[TWINS]),
        ["no reference-twin in this run", "not controlled"]
    );
}
